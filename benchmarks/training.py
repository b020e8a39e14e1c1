"""Training with the default preset against the literal gradient of a network of the same size, name by name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.literal_recipe import LiteralRecipe
from benchmarks.timing import medians
from model.corpus.bundled import bundled_path
from model.corpus.corpus import Corpus
from model.network.batch import Batch
from model.network.network import Network
from model.training.batches import OneByOne, Shuffled
from model.training.presets import default
from model.training.updates import make_update

NAMES = 1_280
ROUNDS = 5


def rows() -> list[tuple[str, str, float]]:
    """What ran, its speed in names a second, and how many times the literal transcription's that is."""
    corpus = Corpus.read(bundled_path("us"))
    train = corpus.split().train
    plan = default(len(train))
    batches = list(Shuffled(train[:NAMES], corpus.vocabulary, True, plan.batch).epoch(np.random.default_rng(0)))
    single = list(OneByOne(train[:NAMES], corpus.vocabulary, True).epoch(np.random.default_rng(0)))
    network = Network.initialise(plan.shape(corpus.vocabulary.size), np.random.default_rng(0), np.float64)
    literal = LiteralRecipe.of(network.parameters.arrays())
    single_precision = network.with_weights(network.parameters.flat.astype(plan.precision))
    step = make_update(single_precision, plan, np.random.default_rng(0))
    contestants: dict[str, Callable[[], object]] = {
        f"{plan.hidden} hidden units, literal gradients, float64": lambda: _literal(literal, single),
        f"default preset, {plan.hidden} hidden units, steps and all": lambda: [
            step(batch, plan.learning_rate) for batch in batches
        ],
    }
    seconds = medians(contestants, ROUNDS)
    slowest = next(iter(seconds.values()))
    return [(what, f"{NAMES / taken:,.0f} names/s", slowest / taken) for what, taken in seconds.items()]


def _literal(recipe: LiteralRecipe, names: list[Batch]) -> None:
    for name in names:
        recipe.gradient(name.inputs.tolist(), name.targets.tolist())
