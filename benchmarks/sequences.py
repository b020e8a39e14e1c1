"""Whether names of keys are draws from the model, how often two keys meet, and whether pages of a seed repeat a name.

python -m benchmarks.sequences [keys]
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from dataclasses import replace
from typing import Any

from model.artifact.bundled_models import find_model
from model.generation.keys import draw_for_keys
from model.generation.options import Options
from model.generation.predictor import Predictor
from model.generation.sampling import draw
from model.generation.sequence import NameSequence, generator_of
from model.generation.served import predictor_of

MODELS = ("us", "italian-girls", "finnish-places")
KEYS = 100_000
AT_ONCE = 1_000
DRAWS_FOR_EACH = 10
"""Draws that the names of keys are compared with, for each key."""

LEAST_EXPECTED = 8
PAGES = (1_000, 777)
NAMES = 100_000


def names_of_keys(predictor: Predictor[Any], keys: int) -> list[str]:
    names: list[str] = []
    for first in range(0, keys, AT_ONCE):
        names += draw_for_keys(predictor, [str(key) for key in range(first, first + AT_ONCE)], Options()).names
    return names


def chi_square(keyed: Counter[str], drawn: Counter[str]) -> tuple[float, int]:
    """Pearson's statistic for two samples, over names that are frequent in the larger, and its degrees of freedom."""
    share = keyed.total() / drawn.total()
    common = {name: count for name, count in drawn.items() if count * share >= LEAST_EXPECTED}
    rest = (keyed.total() - sum(keyed[name] for name in common), drawn.total() - sum(common.values()))
    pairs = [*((keyed[name], count) for name, count in common.items()), rest]
    statistic = sum((few - many * share) ** 2 / ((few + many) * share) for few, many in pairs)
    return statistic, len(pairs) - 1


def main(keys: int) -> None:
    for name in MODELS:
        predictor = predictor_of(find_model(name))
        keyed = names_of_keys(predictor, keys)
        free = replace(Options(), unique=False)
        rng = generator_of("compared")
        drawn = Counter(
            name for _ in range(DRAWS_FOR_EACH * keys // AT_ONCE) for name in draw(predictor, AT_ONCE, free, rng).names
        )
        statistic, freedom = chi_square(Counter(keyed), drawn)
        away = (statistic - freedom) / math.sqrt(2 * freedom)
        print(f"{name}: {keys:,} keys, chi-square {statistic:.0f}, {freedom} degrees of freedom ({away:+.1f} sigma)")
        for few in (100, 1_000, 10_000):
            counts = Counter(keyed[:few])
            shared = sum(count for count in counts.values() if count > 1)
            print(f"{name}: of {few:,} keys {shared:,} share their name ({shared / few:.1%})")
        again = names_of_keys(predictor_of(find_model(name)), AT_ONCE) == keyed[:AT_ONCE]
        print(f"{name}: the first {AT_ONCE:,} keys have the same names in a predictor of their own: {again}")
        pages = [
            [one for first in range(0, NAMES, size) for one in sequence.page(first, min(size, NAMES - first)).names]
            for size, sequence in ((size, NameSequence(predictor, Options(), "world")) for size in PAGES)
        ]
        same = pages[0] == pages[1]
        print(f"{name}: {len(set(pages[0])):,} distinct names of a seed, the same in pages of {PAGES}: {same}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else KEYS)
