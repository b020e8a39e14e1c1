"""A limit in minutes, turned into a number of steps on this machine before the training begins."""

from __future__ import annotations

import itertools
import time

from model.errors import InvalidOption
from model.training.folds import AnyTraining

MAX_MINUTES = 7 * 24 * 60

MEASURED_SECONDS = 2.0
"""How long the speed is measured."""

STEPS_PER_LOOK = 20
"""Steps between two looks at the clock."""


def check_minutes(minutes: float) -> None:
    """Raise InvalidOption for a limit that is out of range."""
    if not 0 < minutes <= MAX_MINUTES:
        raise InvalidOption("minutes", f"must be above 0 and at most {MAX_MINUTES:,} (a week)")


def steps_within(minutes: float, trial: AnyTraining) -> int:
    """Steps that fit into `minutes` at the speed of `trial`, which is of no use afterwards."""
    pieces = trial.run_in_pieces(STEPS_PER_LOOK)
    next(pieces)  # the first steps are slower: memory is fetched and code is warmed up
    first, began = trial.step, time.perf_counter()
    for _ in itertools.takewhile(lambda _: time.perf_counter() - began < MEASURED_SECONDS, pieces):
        pass
    if trial.step == first:
        return trial.step
    steps_per_second = (trial.step - first) / (time.perf_counter() - began)
    return max(1, int(steps_per_second * minutes * 60))
