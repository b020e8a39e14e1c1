"""The seed recipe's steps against a literal transcription of its equations, on the bundled list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median

import numpy as np

from benchmarks.comparison_table import Figure
from benchmarks.literal_recipe import LiteralRecipe
from benchmarks.timing import ratios, turns
from model.corpus.bundled import bundled_path
from model.corpus.corpus import Corpus
from model.network.batch import Batch
from model.network.network import Network
from model.network.parameters import Parameters
from model.network.shape import Shape
from model.training.loop import Training
from model.training.presets import seed
from model.training.seed_step import SeedStep

STEPS = 2_000
ROUNDS = 7
TARGET = 4.5


def figures(quick: bool) -> Iterator[Figure]:
    """Steps a second, and how many times the literal transcription's that is."""
    training = Training(Corpus.read(bundled_path("us")), seed(0), 0)
    names = [name for name, _ in zip(training.batches.epoch(np.random.default_rng(0)), range(STEPS), strict=False)]
    literal = "the literal transcription"
    contestants = {
        literal: _literal(names, training.vocabulary.size),
        "seed recipe, float64": _ours(names, training.vocabulary.size, "float64"),
        "seed recipe, float32": _ours(names, training.vocabulary.size, "float32"),
    }
    seconds = turns(contestants, 3 if quick else ROUNDS)
    theirs = seconds.pop(literal)
    for name, taken in seconds.items():
        target = TARGET if "float64" in name else None
        yield Figure(name, STEPS / median(taken), "steps/s", literal, ratios(theirs, taken), target)


def _literal(names: list[Batch], vocabulary: int) -> Callable[[], None]:
    recipe = LiteralRecipe.of(_weights(vocabulary, "float64").arrays())
    pairs = [(name.inputs.tolist(), name.targets.tolist()) for name in names]

    def run() -> None:
        for letters, targets in pairs:
            recipe.step(letters, targets)

    return run


def _ours(names: list[Batch], vocabulary: int, precision: str) -> Callable[[], None]:
    step = SeedStep(_weights(vocabulary, precision))

    def run() -> None:
        for name in names:
            step(name.inputs, name.targets, 0.0005)

    return run


def _weights(vocabulary: int, precision: str) -> Parameters:
    return Network.initialise(Shape("vanilla", vocabulary, 100), np.random.default_rng(0), precision).parameters
