import json
from typing import get_args
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from app.jobs.errors import InvalidOrder
from app.jobs.list_check_process import check_list
from app.jobs.order import HYPERPARAMETERS, Draft
from app.schemas.fields import LONGEST_MODEL_NAME, is_model_name
from app.schemas.jobs import JOB, NEW_JOB, JobAnswer
from app.schemas.train import (
    MAX_LAYERS,
    Cell,
    Optimizer,
    Preset,
    TrainFields,
    TrainRequestFields,
    check_published_name,
)
from app.settings import Settings
from app.store.records import STATES, State
from model.network import shape
from model.network.shape import CELLS
from model.training.plan import resolve_plan
from model.training.presets import PRESETS
from tests.support.admin import NAMES


def test_the_words_of_requests_are_those_of_the_model_and_of_the_store() -> None:
    assert get_args(Preset) == tuple(PRESETS)
    assert get_args(Cell) == tuple(CELLS)
    assert MAX_LAYERS == shape.MAX_LAYERS
    assert get_args(State) == STATES
    for optimizer in get_args(Optimizer):
        resolve_plan("default", 100, overrides={"optimizer": optimizer})
    assert set(HYPERPARAMETERS) <= set(TrainRequestFields.model_fields)


@given(st.text(max_size=LONGEST_MODEL_NAME))
def test_whatever_is_published_can_be_asked_for(name: str) -> None:
    try:
        name = check_published_name(name)
    except PydanticCustomError:
        return
    assert is_model_name(name, is_file=True)


def test_the_example_of_a_job_is_one() -> None:
    example = {name: field.examples[0] for name, field in JobAnswer.model_fields.items() if field.examples}
    assert JobAnswer.model_validate(example).model_dump(by_alias=True, include=set(JOB)) == JOB
    assert JobAnswer.model_validate(NEW_JOB).model_dump(by_alias=True) == NEW_JOB


@pytest.mark.parametrize("name", ["Zoe\u0308", "\u212bsa", "\u0958"])
def test_names_that_look_alike_are_published_as_one(name: str) -> None:
    assert check_published_name(name) == normalize("NFC", name) != name
    with pytest.raises(PydanticCustomError, match="shorter"):
        check_published_name("\u0958" * LONGEST_MODEL_NAME)


@pytest.mark.parametrize("blank", [b"", b"\n \t\n# a comment\r\n"])
def test_a_file_of_too_many_lines_is_refused_unread_whatever_they_hold(blank: bytes) -> None:
    asked, settings = TrainFields.model_validate({"model": "elves"}), Settings(max_train_names=3)
    Draft.of(asked, b"Anna\nAnna\n" + blank + b"1\n", "us").check_length(settings)
    with pytest.raises(InvalidOrder, match="more than 3 lines are too many"):
        Draft.of(asked, b"Anna\nAnna\n" + blank + b"1\n;", "us").check_length(settings)


@pytest.mark.parametrize(
    ("asked", "is_warned"),
    [
        ({}, False),
        ({"preset": "seed"}, False),
        ({"from": "none"}, False),
        ({"preset": "best"}, True),
        ({"from": "us"}, True),
    ],
)
def test_the_report_says_where_the_default_would_do_better(asked: dict[str, object], is_warned: bool) -> None:
    checked = check_list("names", "elves", json.dumps(NAMES).encode())
    before = len(checked.report["warnings"])
    warnings = draft(**asked).report(checked, Settings())["warnings"]
    assert len(checked.report["warnings"]) == before
    assert ["does better with the preset default" in one["text"] for one in warnings[before:]] == [True] * is_warned


def draft(**asked: object) -> Draft:
    return Draft.of(TrainRequestFields.model_validate({"model": "elves", "names": NAMES} | asked), None, "us")


@pytest.mark.parametrize(
    "other",
    [
        {"model": "orcs"},
        {"names": NAMES[1:]},
        {"names": NAMES[::-1]},
        {"seed": 1},
        {"hidden": 7},
        {"from": "us"},
        {"cell": "gru"},
    ],
)
def test_two_requests_have_one_fingerprint_if_they_ask_for_the_same(other: dict[str, object]) -> None:
    assert draft().fingerprint == draft(seed=0, cell=None, publish="unless_worse", **{"from": None}).fingerprint
    assert draft().fingerprint != draft(**other).fingerprint


def test_a_file_is_not_a_list_of_names() -> None:
    asked = TrainRequestFields.model_validate({"model": "elves", "names": NAMES})
    assert Draft.of(asked, draft().content, "us").fingerprint != draft().fingerprint


def test_the_private_names_stand_in_the_content_alone() -> None:
    asked = draft()
    assert asked.content is not None
    checked = check_list(asked.source, asked.corpus, asked.content)
    order = asked.to_order(checked, None, Settings())
    for name in NAMES:
        assert name not in repr(order)
        assert name not in repr(checked.report)
