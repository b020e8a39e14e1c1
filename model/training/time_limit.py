"""What a limit in minutes is worth on this machine: read once, before a training begins."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

from model.errors import InvalidOption
from model.training.loop import Training
from model.training.presets import Hyperparameters

MAX_MINUTES = 7 * 24 * 60
"""Minutes."""

SECONDS = 2.0
"""How long the pace is measured, validation included."""


def plan_within(minutes: float, scratch: Training) -> Hyperparameters:
    """The plan of a training that is then thrown away, with fewer steps if they would last longer than `minutes`."""
    plan, steps = scratch.plan, steps_within(minutes, scratch)
    if steps >= plan.steps:  # a limit that does not bind changes nothing
        return plan
    return replace(plan, steps=steps, warmup=min(plan.warmup, steps // 10))


def steps_within(minutes: float, scratch: Training) -> int:
    """Steps that fit into `minutes`, judged by the pace of a training that is then thrown away."""
    if not 0 < minutes <= MAX_MINUTES:
        raise InvalidOption("--minutes", f"must be above 0 and at most {MAX_MINUTES:,} (a week)")
    points = scratch.run()
    next(points)  # the first steps are slower: memory is fetched and code is warmed up
    first, began = scratch.step, time.perf_counter()
    for _ in itertools.takewhile(lambda _: time.perf_counter() - began < SECONDS, points):
        pass
    if scratch.step == first:
        return scratch.step
    pace = (scratch.step - first) / (time.perf_counter() - began)
    return max(1, int(pace * minutes * 60))
