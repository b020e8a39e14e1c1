from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import InvalidOption
from model.training.plan import make_plan
from model.training.presets import PRESETS

presets = st.sampled_from(sorted(PRESETS))


@given(presets, st.integers(1, 10**6))
def test_with_nothing_set_otherwise_a_plan_is_the_presets_own(preset: str, names: int) -> None:
    assert make_plan(preset, names) == PRESETS[preset](names)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_other_steps_spread_the_curve_and_the_warm_up_over_them(names: int, steps: int) -> None:
    plan = make_plan("default", names, overrides={"steps": steps})
    assert plan.steps == steps
    assert plan.warmup <= steps / 10
    assert min(steps, 100) <= steps / plan.point_every < 200  # points of the loss curve
    assert plan.report_every % plan.point_every == 0


def test_a_warm_up_that_is_given_stays() -> None:
    assert make_plan("default", 500, overrides={"steps": 20, "warmup": 15}).warmup == 15


@pytest.mark.parametrize(("epochs", "steps"), [(1, 4), (2.5, 10), (0.001, 1)])
def test_epochs_are_passes_over_the_names(epochs: float, steps: int) -> None:
    assert make_plan("default", 100, epochs=epochs).steps == steps  # batches of 32


def test_an_epoch_of_the_original_recipe_has_a_step_for_every_name() -> None:
    assert make_plan("seed", 100, epochs=3).steps == 300


@pytest.mark.parametrize(
    ("asked", "option"),
    [
        ({"preset": "best"}, "preset"),
        ({"overrides": {"colour": 1}}, "colour"),
        ({"overrides": {"preset": "seed"}}, "preset"),
        ({"overrides": {"hidden": 0}}, "hidden"),
        ({"overrides": {"learning_rate": math.nan}}, "learning_rate"),
        ({"overrides": {"steps": 10}, "epochs": 1}, "epochs"),
        ({"epochs": 0}, "epochs"),
        ({"epochs": math.nan}, "epochs"),
        ({"epochs": math.inf}, "epochs"),
    ],
)
def test_what_cannot_be_planned_is_refused_by_name(asked: dict[str, Any], option: str) -> None:
    with pytest.raises(InvalidOption) as refusal:
        make_plan(**{"preset": "default", "names": 100, **asked})
    assert refusal.value.option == option
