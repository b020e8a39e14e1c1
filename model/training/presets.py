"""Presets: hyperparameters chosen by the number of names to learn from."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

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
    )


class _Size(NamedTuple):
    """What suits lists of up to so many training names."""

    names: float
    hidden: int
    steps: int
    batch: int
    dropout: float
    recurrent_dropout: float


SIZES = (
    _Size(1_000, hidden=64, steps=600, batch=32, dropout=0.3, recurrent_dropout=0.2),
    _Size(5_000, hidden=128, steps=1_500, batch=64, dropout=0.3, recurrent_dropout=0.2),
    _Size(20_000, hidden=256, steps=2_500, batch=64, dropout=0.2, recurrent_dropout=0.1),
    _Size(math.inf, hidden=384, steps=6_000, batch=128, dropout=0.1, recurrent_dropout=0.0),
)
"""Chosen on validation names of samples of the US list; `docs/decisions/0011-the-default-preset.md` has the figures."""


def default(names: int) -> Hyperparameters:
    """Adam with warm-up and cosine, dropout, and the best weights on validation; larger networks for longer lists.

    A second for some hundred names, a minute and a half of one core for many thousand.
    """
    size = next(size for size in SIZES if names <= size.names)
    return Hyperparameters(
        preset="default",
        hidden=size.hidden,
        steps=size.steps,
        batch=size.batch,
        optimizer="adam",
        learning_rate=3e-3,
        schedule="cosine",
        warmup=100,
        weight_decay=0.01,
        clip=1.0,
        dropout=size.dropout,
        recurrent_dropout=size.recurrent_dropout,
        point_every=size.steps // 100,
        report_every=size.steps // 20,
        patience=10,
    )


PRESETS: dict[str, Callable[[int], Hyperparameters]] = {"default": default, "seed": seed}
"""Each takes the number of training names."""
