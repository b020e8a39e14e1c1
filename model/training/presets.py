"""Presets: hyperparameters chosen by the number of names to learn from."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from model.training.hyperparameters import Hyperparameters


def seed(_names: int) -> Hyperparameters:
    """The original recipe to the letter, for any number of names: 100,000 steps of one random name each."""
    return Hyperparameters(
        preset="seed",
        hidden=100,
        steps=100_000,
        batch=1,
        optimizer="sgd",
        learning_rate=0.0005,
        first_letter=False,
        point_every=500,
        report_every=5_000,
        ngram=False,
    )


class _Size(NamedTuple):
    """What suits lists of up to so many training names."""

    names: float
    hidden: int
    batch: int
    dropout: float
    recurrent_dropout: float


SIZES = (
    _Size(1_000, hidden=64, batch=32, dropout=0.3, recurrent_dropout=0.2),
    _Size(5_000, hidden=128, batch=64, dropout=0.3, recurrent_dropout=0.2),
    _Size(20_000, hidden=192, batch=64, dropout=0.4, recurrent_dropout=0.2),
    _Size(math.inf, hidden=256, batch=128, dropout=0.4, recurrent_dropout=0.2),
)
"""The vanilla network's sizes of record 11, larger for long lists, with the dropout that a GRU takes."""

DEFAULT_NAMES = 1_050_000
"""Names that the preset `default` reads in all its epochs, on lists that need fewer than `MAX_EPOCHS` for that."""

MAX_EPOCHS, MIN_EPOCHS = 40, 8


def default(names: int) -> Hyperparameters:
    """A GRU of one layer, larger for longer lists: some minutes of one core for the longest.

    Short lists do better from a network of many kinds, see `short_list`.
    """
    size = next(size for size in SIZES if names <= size.names)
    return _gru(
        "default",
        names,
        epochs=max(MIN_EPOCHS, min(MAX_EPOCHS, DEFAULT_NAMES // names)),
        batch=size.batch,
        hidden=size.hidden,
        dropout=size.dropout,
        recurrent_dropout=size.recurrent_dropout,
    )


BEST_NAMES = 1_300_000
"""Names that the preset `best` reads in all its epochs; see `docs/experiments.md`."""


def best(names: int) -> Hyperparameters:
    """Two layers, strong dropout and many epochs: what the bundled models of long lists are trained with."""
    return _gru(
        "best",
        names,
        epochs=max(12, min(48, BEST_NAMES // names)),
        batch=128,
        layers=2,
        hidden=288,
        dropout=0.5,
        recurrent_dropout=0.35,
        between_dropout=0.4,
        weight_decay=0.02,
    )


def _gru(preset: str, names: int, epochs: int, batch: int, **others: Any) -> Hyperparameters:
    """AdamW with a cosine to zero over the epochs; the weights at its end are kept."""
    steps = epochs * math.ceil(names / batch)
    return Hyperparameters(
        preset=preset,
        cell="gru",
        steps=steps,
        batch=batch,
        optimizer="adam",
        learning_rate=8e-3,
        schedule="cosine",
        warmup=min(100, steps // 10),
        clip=1.0,
        **pauses(steps),
        **{"weight_decay": 0.01, **others},
    )


POINTS, REPORTS = 100, 20
"""Points of the loss curve, and reports, of a training; fewer where there are fewer steps."""


def pauses(steps: int) -> dict[str, Any]:
    """`point_every` and `report_every`: points and reports spread over a training's steps."""
    every = max(1, steps // POINTS)
    return {"point_every": every, "report_every": every * max(1, min(POINTS // REPORTS, steps // (REPORTS * every)))}


SHORT_LIST = 5_000
"""Most names of a list that a training starts from the network of many kinds for."""

FOLD_LIMIT = 400
"""From this many names on a seventh is enough to find the number of epochs; below, there are four folds."""

FAST_LIMIT = 900
"""From this many names on there is more to learn than the epochs allow at the usual rate."""

FOLD_EPOCHS = 90
"""Most epochs of a fold; the best are often fewer than 30, and more than 60 for names unlike those of any list."""

FOLD_NAMES, SINGLE_FOLD_NAMES = 15_000, 60_000
"""Names that a fold reads in all its epochs at most: some 30 and 60 seconds' work, with its siblings and all names."""


def short_list(names: int) -> Hyperparameters:
    """From a network of many kinds, which sets the architecture: all weights are trained, the style faster.

    `model.training.folds` finds the number of epochs.
    """
    is_very_short = names < FOLD_LIMIT
    return Hyperparameters(
        preset="default",
        hidden=256,
        cell="gru",
        steps=1,  # `resolve_plan` counts them
        batch=32,
        optimizer="adam",
        learning_rate=1e-3 if names < FAST_LIMIT else 2e-3,
        warmup=10,
        clip=1.0,
        dropout=0.5,
        recurrent_dropout=0.5,
        style_size=64,
        style_rate=30.0,
        folds=min(4, names) if is_very_short else 1,
        epochs=max(MIN_EPOCHS, min(FOLD_EPOCHS, (FOLD_NAMES if is_very_short else SINGLE_FOLD_NAMES) // names)),
        point_every=1,
        report_every=1,
    )


PRESETS: dict[str, Callable[[int], Hyperparameters]] = {"default": default, "best": best, "seed": seed}
"""Each takes the number of training names."""
