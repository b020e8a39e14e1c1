"""Training against the literal gradient of a plain network, name by name; and with the default preset's gated one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from statistics import median

import numpy as np

from benchmarks.comparison_table import Figure
from benchmarks.literal_recipe import LiteralRecipe
from benchmarks.timing import ratios, turns
from model.corpus.bundled import bundled_path
from model.corpus.corpus import Corpus
from model.network.batch import Batch
from model.network.network import Network
from model.training.batches import OneByOne, Shuffled
from model.training.hyperparameters import Hyperparameters
from model.training.presets import default
from model.training.updates import Update, make_update

NAMES = 1_280
ROUNDS = 5


def figures(quick: bool) -> Iterator[Figure]:
    """Names a second; a plain network's also as so many times the literal transcription's."""
    corpus = Corpus.read(bundled_path("us"))
    train = corpus.split().train
    gated = default(len(train))
    plan = replace(gated, cell="vanilla")
    batches = list(Shuffled(train[:NAMES], corpus.vocabulary, True, plan.batch).epoch(np.random.default_rng(0)))
    single = list(OneByOne(train[:NAMES], corpus.vocabulary, True).epoch(np.random.default_rng(0)))
    network = Network.initialise(plan.shape(corpus.vocabulary.size), np.random.default_rng(0), np.float64)
    literal = LiteralRecipe.of(network.parameters.arrays())
    steps = {kind.cell: _steps(kind, corpus.vocabulary.size) for kind in (plan, gated)}
    contestants: dict[str, Callable[[], object]] = {
        f"{plan.hidden} hidden units, literal gradients, float64": lambda: _literal(literal, single),
        f"the same cell, {plan.hidden} hidden units, steps and all": lambda: [
            steps["vanilla"](batch, plan.learning_rate) for batch in batches
        ],
        f"default preset, GRU, {plan.hidden} hidden units": lambda: [
            steps["gru"](batch, plan.learning_rate) for batch in batches
        ],
    }
    seconds = turns(contestants, 2 if quick else ROUNDS)
    peer, theirs = next(iter(seconds.items()))
    for what, taken in seconds.items():
        compared = what != peer and "GRU" not in what
        yield Figure(
            what,
            NAMES / median(taken),
            "names/s",
            peer if compared else "",
            ratios(theirs, taken) if compared else (),
        )


def _steps(plan: Hyperparameters, vocabulary: int) -> Update:
    """The step of a training from random weights."""
    rng = np.random.default_rng(0)
    return make_update(Network.initialise(plan.shape(vocabulary), rng, plan.precision), plan, rng)


def _literal(recipe: LiteralRecipe, names: list[Batch]) -> None:
    for name in names:
        recipe.gradient(name.inputs.tolist(), name.targets.tolist())
