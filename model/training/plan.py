"""From a preset and what is asked otherwise to the hyperparameters of one training."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from model.errors import InvalidOption
from model.training.presets import PRESETS, Hyperparameters

POINTS = 100
"""Points of the loss curve where the number of steps is given."""

POINTS_A_REPORT = 5


def make_plan(
    preset: str, names: int, *, overrides: Mapping[str, Any] | None = None, epochs: float | None = None
) -> Hyperparameters:
    """The hyperparameters that a preset chooses for so many training names, with some of them set otherwise.

    Parameters
    ----------
    preset
        A name in `PRESETS`.
    names
        How many names there are to learn from.
    overrides
        Hyperparameters by the names of their fields; with other `steps`, the curve, the looks at the validation names
        and the warm-up are spread over them.
    epochs
        Passes over the names, instead of `steps`.

    Raises
    ------
    InvalidOption
        There is no such preset or hyperparameter, or a value is out of range.
    """
    if preset not in PRESETS:
        raise InvalidOption("preset", f"must be one of {', '.join(PRESETS)}")
    overrides = overrides or {}
    known = [field.name for field in fields(Hyperparameters) if field.name != "preset"]
    for name in overrides:
        if name not in known:
            raise InvalidOption(name, f"is no hyperparameter; there are: {', '.join(known)}")
    plan = replace(PRESETS[preset](names), **overrides)
    if epochs is not None:
        if "steps" in overrides:
            raise InvalidOption("epochs", "cannot be given beside steps: give one of them")
        if not 0 < epochs < math.inf:
            raise InvalidOption("epochs", "must be above 0")
        plan = replace(plan, steps=max(1, math.ceil(epochs * math.ceil(names / plan.batch))))
    elif "steps" not in overrides:
        return plan
    every = max(1, plan.steps // POINTS)
    spread: dict[str, Any] = {
        "warmup": min(plan.warmup, plan.steps // 10),
        "point_every": every,
        "report_every": every * POINTS_A_REPORT,
    }
    return replace(plan, **{name: value for name, value in spread.items() if name not in overrides})
