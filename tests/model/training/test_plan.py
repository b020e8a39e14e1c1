from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.corpus.corpus import Corpus
from model.errors import InvalidOption
from model.training.folds import begin, planned_steps
from model.training.hyperparameters import Hyperparameters
from model.training.loop import Training
from model.training.plan import OF_RANDOM_WEIGHTS, resolve_plan, wants_styles
from model.training.presets import PRESETS, SHORT_LIST, short_list
from model.training.start import Start
from tests.support.random_models import random_model
from tests.support.tiny import some, styled_start

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


@pytest.mark.no_cover
def test_a_limit_in_minutes_spreads_curve_reports_and_warm_up_over_the_steps_that_are_left(corpus: Corpus) -> None:
    plan = limited(corpus, minutes=0.05, overrides={"steps": 10**6})
    assert plan.steps < 100_000
    assert plan.warmup <= plan.steps / 10
    assert min(plan.steps, 20) <= plan.steps / plan.report_every < 40
    assert plan.report_every % plan.point_every == 0


def limited(corpus: Corpus, *, minutes: float, **asked: Any) -> Hyperparameters:
    def trial(plan: Hyperparameters) -> Training:
        return Training(corpus, plan, 0)

    return resolve_plan("default", len(corpus.split().train), minutes=minutes, trial=trial, **asked)


@given(st.integers(3, 10**6), presets)
def test_every_preset_has_a_plan_for_every_list(total: int, preset: str) -> None:
    learned = max(1, total * 8 // 10)
    plan = resolve_plan(preset, learned, total=total)
    assert plan.folds == 0
    assert plan.steps >= 1
    assert plan.warmup <= max(1, plan.steps / 10)
    assert plan.report_every % plan.point_every == 0


# From a network of many kinds


def of_styles(total: int, **asked: Any) -> Hyperparameters:
    """A plan for a list of so many names that starts from a network with styles."""
    return resolve_plan("default", max(1, total * 8 // 10), total=total, start=STYLED, **asked)


STYLED = styled_start(some(40))


@given(st.integers(3, 10**6))
def test_a_start_with_styles_is_trained_as_short_lists_are_with_its_architecture(total: int) -> None:
    plan, base = of_styles(total), short_list(total)
    assert (plan.cell, plan.layers, plan.hidden, plan.style_size) == ("gru", 1, 8, 3)
    assert (plan.folds, plan.epochs, plan.style_rate) == (base.folds, base.epochs, base.style_rate)
    assert plan.steps == planned_steps(total, plan)


@given(st.integers(3, 10**5), st.floats(0.1, 100))
def test_epochs_of_a_training_with_folds_are_the_most_that_a_fold_takes(total: int, epochs: float) -> None:
    plan = of_styles(total, epochs=epochs)
    assert plan.epochs == math.ceil(epochs)
    assert plan.steps == planned_steps(total, plan)


@given(st.integers(3, 10**5), st.integers(1, 10**6))
def test_steps_of_a_training_with_folds_bound_it_but_for_one_epoch(total: int, steps: int) -> None:
    plan = of_styles(total, overrides={"steps": steps})
    assert plan.steps == planned_steps(total, plan)
    assert plan.steps <= steps or plan.epochs == 1
    assert steps < planned_steps(total, plan) * (plan.epochs + 1) / plan.epochs  # and no epoch more would fit


@pytest.mark.no_cover
def test_a_limit_in_minutes_leaves_fewer_epochs_of_a_training_with_folds() -> None:
    corpus = some(40)
    start = styled_start(corpus)

    def plan(minutes: float) -> Hyperparameters:
        return resolve_plan(
            "default", 32, total=40, minutes=minutes, start=start, trial=lambda plan: begin(corpus, plan, 0, start)
        )

    assert plan(60) == of_styles(40)
    short = plan(0.002)
    assert 1 <= short.epochs < of_styles(40).epochs
    assert short.steps == planned_steps(40, short)


@pytest.mark.parametrize("preset", ["best", "seed"])
def test_presets_of_random_weights_do_not_fold(preset: str) -> None:
    assert not wants_styles(preset, 50, {})
    assert resolve_plan(preset, 50, total=60).folds == 0


def test_a_short_list_wants_styles_unless_it_is_asked_for_what_only_random_weights_can_have() -> None:
    assert wants_styles("default", SHORT_LIST, {})
    assert not wants_styles("default", SHORT_LIST + 1, {})
    assert wants_styles("default", 50, {"dropout": 0.5, "learning_rate": 0.01, "steps": 5, "ngram": False})
    for name in OF_RANDOM_WEIGHTS:
        assert not wants_styles("default", 50, {name: 1})


@pytest.mark.parametrize(
    ("option", "value"), [("cell", "vanilla"), ("layers", 2), ("hidden", 9), ("style_size", 4), ("style_size", 0)]
)
def test_another_architecture_than_the_starts_is_refused_by_name(option: str, value: Any) -> None:
    with pytest.raises(InvalidOption, match="leave it out") as refusal:
        of_styles(50, overrides={option: value})
    assert refusal.value.option == option


@given(st.integers(1, 10**6))
def test_every_training_has_twenty_reports_or_as_many_as_steps(steps: int) -> None:
    plan = resolve_plan("default", 100, overrides={"steps": steps})
    assert min(steps, 20) <= steps / plan.report_every < 40
    assert plan.report_every % plan.point_every == 0
