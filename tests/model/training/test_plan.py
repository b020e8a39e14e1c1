from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.corpus.corpus import Corpus
from model.errors import InvalidOption
from model.training.hyperparameters import Hyperparameters
from model.training.loop import Training
from model.training.plan import resolve_plan
from model.training.presets import PRESETS
from model.training.start import Start
from tests.support.random_models import random_model

presets = st.sampled_from(sorted(PRESETS))


@given(presets, st.integers(1, 10**6))
def test_with_nothing_set_otherwise_a_plan_is_the_presets_own(preset: str, names: int) -> None:
    assert resolve_plan(preset, names) == PRESETS[preset](names)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_other_steps_spread_the_curve_and_the_warm_up_over_them(names: int, steps: int) -> None:
    plan = resolve_plan("default", names, overrides={"steps": steps})
    assert plan.steps == steps
    assert plan.warmup <= steps / 10
    assert min(steps, 100) <= steps / plan.point_every < 200  # points of the loss curve
    assert plan.report_every % plan.point_every == 0


def test_a_warm_up_that_is_given_stays() -> None:
    assert resolve_plan("default", 500, overrides={"steps": 20, "warmup": 15}).warmup == 15


@pytest.mark.parametrize(("epochs", "steps"), [(1, 4), (2.5, 10), (0.001, 1)])
def test_epochs_are_passes_over_the_names(epochs: float, steps: int) -> None:
    assert resolve_plan("default", 100, epochs=epochs).steps == steps  # batches of 32


def test_an_epoch_of_the_original_recipe_has_a_step_for_every_name() -> None:
    assert resolve_plan("seed", 100, epochs=3).steps == 300


@pytest.mark.parametrize(
    ("asked", "option"),
    [
        ({"preset": "good"}, "preset"),
        ({"overrides": {"colour": 1}}, "colour"),
        ({"overrides": {"preset": "seed"}}, "preset"),
        ({"overrides": {"hidden": 0}}, "hidden"),
        ({"overrides": {"learning_rate": math.nan}}, "learning_rate"),
        ({"overrides": {"steps": 10}, "epochs": 1}, "epochs"),
        ({"epochs": 0}, "epochs"),
        ({"epochs": math.nan}, "epochs"),
        ({"epochs": math.inf}, "epochs"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": math.nan}, "minutes"),
        ({"minutes": 7 * 24 * 60 + 1}, "minutes"),
        ({"start": Start.of(random_model("abc")), "overrides": {"hidden": 9}}, "hidden"),
    ],
)
def test_what_cannot_be_planned_is_refused_by_name(asked: dict[str, Any], option: str) -> None:
    with pytest.raises(InvalidOption) as refusal:
        resolve_plan(**{"preset": "default", "names": 100, **asked})
    assert refusal.value.option == option


def test_a_start_gives_its_architecture() -> None:
    start = Start.of(random_model("abc"))
    plan = resolve_plan("default", 100, start=start)
    assert (plan.cell, plan.layers, plan.hidden) == ("vanilla", 1, start.network.hidden) == ("vanilla", 1, 8)


def test_a_limit_in_minutes_that_does_not_bind_changes_nothing(corpus: Corpus) -> None:
    assert limited(corpus, minutes=60) == resolve_plan("default", len(corpus.split().train))


def test_a_limit_in_minutes_spreads_curve_reports_and_warm_up_over_the_steps_that_are_left(corpus: Corpus) -> None:
    plan = limited(corpus, minutes=0.01, overrides={"steps": 10**6})
    assert plan.steps < 100_000
    assert plan.warmup <= plan.steps / 10
    assert min(plan.steps / 5, 20) <= plan.steps / plan.report_every < 40
    assert plan.report_every % plan.point_every == 0


def limited(corpus: Corpus, *, minutes: float, **asked: Any) -> Hyperparameters:
    def trial(plan: Hyperparameters) -> Training:
        return Training(corpus, plan, 0)

    return resolve_plan("default", len(corpus.split().train), minutes=minutes, trial=trial, **asked)
