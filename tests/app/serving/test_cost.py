"""What requests are estimated to cost, against what they took."""

from __future__ import annotations

from typing import Any

import pytest

from app.schemas.sample import sample_query, sample_request
from app.serving.cost import (
    MAX_EXPLANATION,
    MOST,
    Speed,
    most_explained,
    names_scored_in,
    seconds_to_explain,
    seconds_to_sample,
    seconds_to_score,
    weights_of,
)
from app.serving.source import Source
from app.settings import Settings
from model.generation.served import predictor_of
from tests.support.random_models import random_model

SampleRequest = sample_request(sample_query(Settings()))
ONE = random_model("abcdefghijklmnopqrstuvwxyz", end=1.0)
SOURCE = Source("m", 0, predictor_of(ONE), (ONE,))


def seconds(ahead: int = 0, **fields: Any) -> float:
    return seconds_to_sample(SampleRequest(**fields), [SOURCE], ahead)


def test_the_weights_are_those_that_are_read_for_each_name() -> None:
    assert weights_of([SOURCE]) == ONE.network.parameters.flat.size
    assert weights_of([SOURCE, SOURCE]) == 2 * weights_of([SOURCE])


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ({"count": 5}, {"count": 50}),
        ({"count": 50}, {"count": 50, "min_length": 50, "max_length": 64}),
        ({"count": 50, "max_length": 20}, {"count": 50, "max_length": 64, "temperature": 100}),
        ({"count": 50}, {"count": 50, "pattern": "*q*"}),
        ({"count": 50}, {"count": 50, "details": True}),
        ({"count": 50}, {"count": 50, "novel": True}),
        ({"count": 50}, {"count": 50, "cast": True}),
        ({"count": 50}, {"keys": list(map(str, range(50)))}),
    ],
)
def test_what_takes_longer_is_estimated_to_take_longer(less: dict[str, Any], more: dict[str, Any]) -> None:
    assert seconds(**less) < seconds(**more)


def test_names_before_a_page_are_counted() -> None:
    assert seconds(ahead=10_000, count=5, seed="s") > 100 * seconds(count=5, seed="s")


def test_odd_names_are_bounded_as_their_draws_are() -> None:
    assert seconds(count=1, min_length=60, max_length=64) < seconds(count=1000, min_length=60, max_length=64) / 10


def test_long_names_take_longer_to_score() -> None:
    assert seconds_to_score(["a" * 60] * 100, SOURCE) > seconds_to_score(["a" * 6] * 100, SOURCE)
    assert seconds_to_score([], SOURCE) >= 0


def test_so_many_names_are_scored_in_a_time_and_one_more_is_not() -> None:
    names = ["abcdefgh"] * 1000
    most = names_scored_in(0.1, names, SOURCE)
    assert 0 < most < 1000
    assert seconds_to_score(names[:most], SOURCE) <= 0.1 < seconds_to_score(names[: most + 1], SOURCE)
    assert names_scored_in(100, names, SOURCE) == 1000


def test_so_many_letters_are_explained_in_a_time_and_have_room_in_an_answer() -> None:
    most = most_explained(0.005, SOURCE)
    assert seconds_to_explain(most, SOURCE) <= 0.005 < seconds_to_explain(most + 1, SOURCE)
    each = 8 + 2 * 27
    most = most_explained(1000, SOURCE)
    assert (most + 1) * each <= MAX_EXPLANATION < (most + 2) * each
    assert most_explained(0, SOURCE) == 0


def test_the_speed_of_a_machine_is_the_median_of_what_work_took() -> None:
    speed = Speed()
    for used in (0.02, 0.025, 9.0) * 100:  # of work that was estimated to take 0.01 s
        speed.observe(0.01, used)
    assert 0.02 < speed.expected(0.01) < 0.03


def test_no_measurement_leads_astray() -> None:
    speed = Speed()
    speed.observe(1.0, 1e9)
    assert speed.factor < 1.1
    for _ in range(10_000):
        speed.observe(1.0, 1e9)
    assert speed.factor == MOST
    for _ in range(10_000):
        speed.observe(1.0, 0)
    assert speed.factor == 1 / MOST
