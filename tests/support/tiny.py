"""Lists, trainings and networks of many kinds that take a fraction of a second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from model.artifact.styles_file import Styles
from model.corpus.bundled import bundled_path
from model.corpus.corpus import Corpus
from model.training.folds import AnyTraining, FoldedTraining
from model.training.hyperparameters import Hyperparameters
from model.training.pretraining import Pretraining, PretrainingPlan
from model.training.start import Start
from model.training.styles import finish_styles

SHORTEST = ("icelandic-places", "macedonian-girls", "polish-girls")
"""Bundled lists of some fifty names, in two scripts."""

NAMES = [
    a + b + c for a in ("ma", "an", "li", "jo", "re") for b in ("ri", "na", "se", "l") for c in ("a", "", "ne", "o")
]

FOLDED = Hyperparameters(
    preset="test", hidden=8, steps=1, batch=16, optimizer="adam", learning_rate=0.03, warmup=3, clip=1.0, dropout=0.1,
    recurrent_dropout=0.1, cell="gru", point_every=1, report_every=1, folds=3, epochs=4,
)  # fmt: skip
"""A training with folds, without a start."""

PRETRAINING = PretrainingPlan(hidden=8, style_size=3, epochs=2, batch=32, names_per_list=40, warmup=2)


def some(count: int) -> Corpus:
    """A list of so many names."""
    return Corpus.of(NAMES[::3][:count] if count <= len(NAMES[::3]) else NAMES[:count], "made")


def lists() -> dict[str, Corpus]:
    """The shortest bundled lists."""
    return {name: Corpus.read(bundled_path(name)) for name in SHORTEST}


def pretrained(plan: PretrainingPlan = PRETRAINING, seed: int = 0) -> Pretraining:
    """A network of three kinds after its last epoch."""
    pretraining = Pretraining(lists(), plan, seed)
    for _ in pretraining.run():
        pass
    return pretraining


def styles_of(pretraining: Pretraining) -> Styles:
    """The same with the card of each style."""
    return Styles(pretraining.network, pretraining.vocabulary, dict(finish_styles(pretraining)))


def styled_start(corpus: Corpus, cell: str = "gru", **size: Any) -> Start:
    """An untrained network with styles over some letters, adapted to a list."""
    plan = PretrainingPlan(**{"hidden": 8, "style_size": 3, "cell": cell, **size})
    pretraining = Pretraining({"made": some(40)}, plan, 1)
    return Start.of_styles(Styles(pretraining.network, pretraining.vocabulary, {})).adapt(corpus.vocabulary.letters)


def ended(training: AnyTraining) -> AnyTraining:
    """The training after its last step."""
    for _ in training.run():
        pass
    return training


def bits(training: AnyTraining) -> dict[str, Any]:
    """What a training leaves, to be compared bit for bit."""
    left: dict[str, Any] = {
        "step": training.step,
        "history": np.array(training.history).tobytes(),
        "weights": training.network.parameters.flat.tobytes(),
        "result": training.result().parameters.flat.tobytes(),
        "letters": training.vocabulary.letters,
        "parent": training.parent,
        "plan": training.plan,
    }
    if isinstance(training, FoldedTraining):
        left["curves"] = training.state().curves.tobytes()
    return left


def instants(
    begin: Callable[[], AnyTraining], pack: Callable[[AnyTraining], bytes], every: int
) -> Iterator[tuple[int, bytes]]:
    """Checkpoints of a training along its way: before the first step and after every few."""
    training = begin()
    yield 0, pack(training)
    for _ in training.run_in_pieces(every):
        yield training.step, pack(training)
