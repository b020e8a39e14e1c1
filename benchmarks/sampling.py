"""Drawing names from the bundled models; the plain network against the original's loop: a name at a time, one-hot."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.literal_recipe import LiteralRecipe
from benchmarks.timing import medians
from model.artifact import model_file
from model.artifact.model_file import Artifact
from model.corpus.vocabulary import END
from model.generation.options import Options
from model.generation.sampling import draw
from model.generation.served import predictor_of
from model.network.shape import Shape

WEIGHTS = Path(__file__).parent.parent / "weights"
COUNT = 1_000
ROUNDS = 7


def rows() -> list[tuple[str, str, float]]:
    """What ran, its speed in names a second, and how many times the literal loop's that is; NaN where there is none."""
    return [row for name in ("us-seed", "us") for row in _rows(name)]


def _rows(name: str) -> list[tuple[str, str, float]]:
    model = model_file.load(WEIGHTS / f"{name}.npz")
    rng = np.random.default_rng(0)
    options, predictor = Options(top_p=1, unique=False), predictor_of(model)
    literal = f"{name}: literal loop"
    contestants: dict[str, Callable[[], object]] = {}
    if model.network.shape == Shape("vanilla", model.vocabulary.size, model.network.hidden):
        contestants[literal] = lambda: _literal(model, rng)
    contestants |= {
        f"{name}: {COUNT:,} names at once": lambda: draw(predictor, COUNT, options, rng).names,
        f"{name}: {COUNT:,} names one by one": lambda: [
            draw(predictor, 1, options, rng).names[0] for _ in range(COUNT)
        ],
    }
    seconds = medians(contestants, ROUNDS)
    slowest = seconds.get(literal, math.nan)
    return [(what, f"{COUNT / taken:,.0f} names/s", slowest / taken) for what, taken in seconds.items()]


def _literal(model: Artifact, rng: np.random.Generator) -> list[str]:
    """The original's sampler: a distribution a letter, a draw from it, the letter fed back."""
    recipe = LiteralRecipe.of(model.network.parameters.arrays())
    size = model.vocabulary.size
    names = []
    for _ in range(COUNT):
        letters: list[int] = []
        hidden = np.zeros(model.network.hidden)
        letter = END if model.first_letters is None else int(rng.choice(size, p=model.first_letters))
        while len(letters) < 20:
            if letter != END:
                letters.append(letter)
            x = np.zeros(size)
            x[letter] = 1
            hidden = np.tanh(recipe.U @ x + recipe.W @ hidden + recipe.b)
            exponentials = np.exp((recipe.V @ hidden + recipe.c).astype(np.float64))
            letter = int(np.argmax(rng.multinomial(1, exponentials / exponentials.sum())))
            if letter == END:
                break
        names.append(model.casing.restore_case(model.vocabulary.decode(letters)))
    return names
