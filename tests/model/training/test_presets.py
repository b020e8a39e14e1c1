from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import InvalidOption
from model.training.hyperparameters import Hyperparameters
from model.training.presets import FOLD_EPOCHS, FOLD_LIMIT, MIN_EPOCHS, PRESETS, short_list

PLAN = Hyperparameters(preset="made", hidden=8, steps=10, batch=4, optimizer="adam", learning_rate=0.01)
RECIPE = dataclasses.replace(PLAN, batch=1, optimizer="sgd")
NAN = float("nan")


def test_the_seed_preset_is_the_original_recipe() -> None:
    plan = PRESETS["seed"](90_000)
    assert (plan.hidden, plan.steps, plan.batch, plan.optimizer, plan.learning_rate) == (100, 100_000, 1, "sgd", 0.0005)
    assert (plan.point_every, plan.report_every) == (500, 5_000)
    assert plan.schedule == "constant"
    assert plan.precision == "float32"
    assert plan.patience is None  # to the last step
    assert not plan.first_letter  # it is given, never predicted
    assert not any((plan.dropout, plan.recurrent_dropout, plan.weight_decay, plan.clip))
    assert PRESETS["seed"](1) == plan


@given(names=st.integers(1, 10**6))
def test_every_preset_has_a_plan_for_any_number_of_names_and_bears_its_name(names: int) -> None:
    assert {preset: choose(names).preset for preset, choose in PRESETS.items()} == {name: name for name in PRESETS}


def test_a_few_hundred_names_take_a_fraction_of_the_work_that_many_take() -> None:
    few, many = PRESETS["default"](300), PRESETS["default"](90_000)
    assert few.steps * few.batch * few.hidden**2 <= many.steps * many.batch * many.hidden**2 / 10


@pytest.mark.parametrize(
    ("option", "values"),
    [
        ("hidden", [0, -1]),
        ("steps", [0, -1]),
        ("batch", [0, -1]),
        ("point_every", [0]),
        ("report_every", [0, 150]),
        ("learning_rate", [0.0, -0.1, 11.0, NAN, float("inf")]),
        ("dropout", [-0.1, 1.0, NAN]),
        ("recurrent_dropout", [-0.1, 1.0, NAN]),
        ("optimizer", ["newton", ""]),
        ("schedule", ["sawtooth"]),
        ("precision", ["float16", "int64"]),
        ("clip", [0.0, -1.0, NAN]),
        ("weight_decay", [-0.1, NAN]),
        ("warmup", [-1]),
        ("patience", [0, -1]),
        ("cell", ["lstm", ""]),
        ("layers", [0, -1, 5]),
        ("between_dropout", [-0.1, 1.0, NAN]),
        ("style_size", [-1]),
        ("style_rate", [0.0, -1.0, 1001.0, NAN, float("inf")]),
        ("folds", [-1, 2]),  # two without epochs
        ("epochs", [-1]),
    ],
)
def test_what_is_out_of_range_is_refused_by_name(option: str, values: list[Any]) -> None:
    for value in values:
        with pytest.raises(InvalidOption, match=option) as refusal:
            dataclasses.replace(PLAN, **{option: value})
        assert refusal.value.option == option


@pytest.mark.parametrize(
    "extra",
    [
        {"optimizer": "adam"},
        {"dropout": 0.1},
        {"recurrent_dropout": 0.1},
        {"weight_decay": 0.1},
        {"clip": 1.0},
        {"cell": "gru"},
        {"layers": 2},
        {"between_dropout": 0.1},
        {"style_size": 3},
    ],
    ids=str,
)
def test_one_name_a_step_goes_with_plain_sgd_only(extra: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption, match="batch of 1 goes with plain sgd only"):
        dataclasses.replace(RECIPE, **extra)


@pytest.mark.parametrize("without", [{"epochs": 0}, {"first_letter": False}, {"batch": 1, "optimizer": "sgd"}], ids=str)
def test_folds_go_with_epochs_batches_and_first_letters(without: dict[str, Any]) -> None:
    dataclasses.replace(PLAN, folds=2, epochs=3)
    with pytest.raises(InvalidOption, match="folds go with epochs"):
        dataclasses.replace(PLAN, **{"folds": 2, "epochs": 3, **without})


@given(names=st.integers(3, 10**6))
def test_a_short_list_has_no_more_folds_than_names_and_a_longer_one_a_single_fold(names: int) -> None:
    plan = short_list(names)
    assert plan.folds == (min(4, names) if names < FOLD_LIMIT else 1)
    assert MIN_EPOCHS <= plan.epochs <= FOLD_EPOCHS


def test_a_plan_does_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        PLAN.steps = 5  # type: ignore[misc]
