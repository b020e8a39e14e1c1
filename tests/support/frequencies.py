"""Whether names come up as often as a model makes them probable."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from model.generation.predictor import Predictor
from model.generation.scoring import score


def exact(model: Predictor[Any], longest: int) -> dict[str, float]:
    """The probability of every name of up to so many letters."""
    letters = model.vocabulary.letters
    names = ["".join(name) for n in range(1, longest + 1) for name in itertools.product(letters, repeat=n)]
    return {scored.name: math.exp(scored.log_probability) for scored in score(model, names)}


def chi_square(drawn: Sequence[str], probabilities: dict[str, float]) -> float:
    """Pearson's statistic, as standard deviations away from its mean, over names expected at least 8 times."""
    total = sum(probabilities.values())
    counts = Counter(drawn)
    expected = {name: len(drawn) * p / total for name, p in probabilities.items()}
    common = {name: n for name, n in expected.items() if n >= 8}
    rest = len(drawn) - sum(common.values())
    statistic = sum((counts[name] - n) ** 2 / n for name, n in common.items())
    if rest > 8:
        statistic += (len(drawn) - sum(counts[name] for name in common) - rest) ** 2 / rest
    freedom = len(common) - (rest <= 8)
    assert freedom > 10
    return (statistic - freedom) / math.sqrt(2 * freedom)
