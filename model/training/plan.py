"""From a preset and what is asked for instead to the hyperparameters of one training."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from model.errors import InvalidOption
from model.training.folds import AnyTraining, planned_steps
from model.training.hyperparameters import Hyperparameters
from model.training.presets import PRESETS, SHORT_LIST, pauses, short_list
from model.training.start import Start
from model.training.time_limit import check_minutes, steps_within

OF_RANDOM_WEIGHTS = {"cell", "layers", "hidden", "optimizer", "batch", "first_letter", "precision"}
"""Hyperparameters that the network of many kinds leaves no choice about; asking for one means random weights."""

ONLY_IN_BATCHES = {"cell": "vanilla", "layers": 1, "dropout": 0, "recurrent_dropout": 0, "between_dropout": 0}
"""Hyperparameters that must have these values where a step learns from one name, as in the original recipe."""

OVERRIDABLE = tuple(field.name for field in fields(Hyperparameters) if field.name != "preset")


def resolve_plan(
    preset: str,
    names: int,
    *,
    total: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    epochs: float | None = None,
    minutes: float | None = None,
    start: Start | None = None,
    trial: Callable[[Hyperparameters], AnyTraining] | None = None,
) -> Hyperparameters:
    """Choose the hyperparameters of a training.

    Parameters
    ----------
    preset
        A name in `PRESETS`.
    names
        How many names there are to learn from.
    total
        How many names the list has, the held-out ones included; by default as many as there are to learn from.
    overrides
        Hyperparameters by the names of their fields.
    epochs
        Passes over the names, instead of `steps`.
    minutes
        Take fewer steps if they would last longer than this.
    start
        The network to start from, which sets the architecture; one with styles is trained as short lists are.
    trial
        Makes a training that is run for two seconds to measure its speed. Without it, `minutes` is checked but not
        applied.

    Raises
    ------
    InvalidOption
        There is no such preset or hyperparameter, a value is out of range, or the start has another architecture.
    """
    if preset not in PRESETS:
        raise InvalidOption("preset", f"must be one of {', '.join(PRESETS)}")
    asked = overrides = dict(overrides or {})
    for name in overrides:
        if name not in OVERRIDABLE:
            raise InvalidOption(name, f"is no hyperparameter; there are: {', '.join(OVERRIDABLE)}")
    total = names if total is None else total
    if start is not None:
        overrides = asked | start.architecture(asked)
    if start is not None and start.network.shape.styles and preset == "default":
        base = short_list(total)
    else:
        base = PRESETS[preset](names)
    try:
        plan = replace(base, **overrides)
    except InvalidOption as error:
        if error.option != "batch" or "batch" in asked:
            raise
        conflicting = next((name for name, value in ONLY_IN_BATCHES.items() if asked.get(name, value) != value), None)
        if conflicting is None:
            raise InvalidOption("preset", f"{preset} does not go with this: its batch {error.reason}") from error
        reason = f"goes with batches of more than one name, and the preset {preset} has one; give another preset"
        raise InvalidOption(conflicting, reason) from error
    if plan.folds:
        plan = _with_epochs(plan, total, plan.epochs)
    if epochs is not None:
        if "steps" in overrides:
            raise InvalidOption("epochs", "cannot be given beside steps: give one of them")
        if not 0 < epochs < math.inf:
            raise InvalidOption("epochs", "must be above 0")
        if plan.folds:
            plan = _with_epochs(plan, total, math.ceil(epochs))
        else:
            plan = _with_steps(plan, max(1, math.ceil(epochs * math.ceil(names / plan.batch))), overrides)
    elif "steps" in overrides:
        plan = _within(plan, overrides["steps"], total, overrides)
    if minutes is not None:
        check_minutes(minutes)
        # a limit that does not bind changes nothing
        if trial is not None and (steps := steps_within(minutes, trial(plan))) < plan.steps:
            plan = _within(plan, steps, total, overrides)
    return plan


def wants_styles(preset: str, total: int, overrides: Mapping[str, Any]) -> bool:
    """Whether a training on a list of so many names starts from the network of many kinds, if that knows its letters.

    It does for short lists, unless hyperparameters are asked for that only random weights can have.
    """
    return preset == "default" and total <= SHORT_LIST and not overrides.keys() & OF_RANDOM_WEIGHTS


def _within(plan: Hyperparameters, steps: int, total: int, overrides: Mapping[str, Any]) -> Hyperparameters:
    """The plan with this many steps; with folds, with as many epochs as fit into them, but at least one."""
    if plan.folds:
        return _with_epochs(plan, total, max(1, plan.epochs * steps // planned_steps(total, plan)))
    return _with_steps(plan, steps, overrides)


def _with_epochs(plan: Hyperparameters, total: int, epochs: int) -> Hyperparameters:
    """A plan with folds for a list of so many names, with at most this many epochs a fold."""
    plan = replace(plan, epochs=epochs)
    return replace(plan, steps=planned_steps(total, plan))


def _with_steps(plan: Hyperparameters, steps: int, overrides: Mapping[str, Any]) -> Hyperparameters:
    """The plan with this many steps, over which its warm-up, loss curve and reports are spread."""
    spread: dict[str, Any] = {"warmup": min(plan.warmup, steps // 10), **pauses(steps)}
    kept = {name: value for name, value in spread.items() if name not in overrides}
    return replace(plan, steps=steps, **kept)
