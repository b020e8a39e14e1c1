"""Drawing names from the bundled models; the plain network against the original's loop: a name at a time, one-hot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.comparison_table import Figure
from benchmarks.literal_recipe import LiteralRecipe
from benchmarks.timing import ratios, turns
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


def figures(quick: bool) -> Iterator[Figure]:
    """Names a second; a plain network's also as so many times the literal loop's."""
    for name in ("us-seed", "us"):
        yield from _figures(name, 3 if quick else ROUNDS)


def _figures(name: str, rounds: int) -> Iterator[Figure]:
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
    seconds = turns(contestants, rounds)
    theirs = seconds.pop(literal, [])
    for what, taken in seconds.items():
        yield Figure(
            what,
            COUNT / median(taken),
            "names/s",
            literal if theirs else "",
            ratios(theirs, taken) if theirs else (),
        )


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
