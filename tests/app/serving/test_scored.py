"""Details of names, as many as there is time for."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from app.schemas.sample import sample_query
from app.serving.answers import result_of
from app.serving.scored import score_in_time, score_names
from app.serving.source import Source
from app.settings import Settings
from model.generation.checkpoints import checked_by
from model.generation.drawn import Draw
from model.generation.served import predictor_of
from tests.support.random_models import random_model

NAMES = [first + second for first in "abcdefgh" for second in ("ab", "cd", "efg")]
MODEL = random_model("abcdefgh", end=-1, names=tuple(NAMES))


@pytest.fixture(scope="module")
def source() -> Source:
    return Source("m", 0, predictor_of(MODEL), (MODEL,))


def over_after(looks: int) -> Any:
    numbers = count(1)
    return lambda _: looks - next(numbers)


def test_scores_of_blocks_are_those_of_all_names(source: Source) -> None:
    whole = score_names(source, NAMES, is_admin=False, explained=10)
    found = score_in_time(source, NAMES, lambda _: 7, is_admin=False, explained=10)
    assert [one.score.name for one in found] == NAMES
    assert [one.others is None for one in found] == [one.others is None for one in whole] == [False] * 10 + [True] * 14
    for one, other in zip(found, whole, strict=True):
        assert one.score.log_probability == pytest.approx(other.score.log_probability)
        assert one.in_training_list is other.in_training_list is True


def test_out_of_time_there_are_scores_of_the_first_names(source: Source) -> None:
    score_names(source, NAMES, is_admin=False)  # makes what is made once
    sizes: list[int] = []

    def size(left: Any) -> int:
        sizes.append(len(left))
        return 0  # one at least

    with checked_by(over_after(30)):
        found = score_in_time(source, NAMES, size, is_admin=False)
    assert 0 < len(found) < len(NAMES)
    assert sizes == list(range(len(NAMES), len(NAMES) - len(found), -1))
    with checked_by(lambda _: -1.0):
        assert len(score_in_time(source, NAMES, lambda _: 4, is_admin=False)) == 4


@pytest.mark.parametrize("details", [True, False])
def test_an_answer_without_time_for_all_details_has_fewer_names_and_says_so(source: Source, details: bool) -> None:
    request = sample_query(Settings()).model_validate({"count": 1000, "details": details})
    names = NAMES * 100
    with checked_by(lambda _: -1.0):
        result = result_of(source, request, None, Draw(names, None), is_admin=False)
    if details:
        assert result.details is not None
        assert len(result.details) == len(result.names) < len(names)
        assert result.names == names[: len(result.names)]
        assert result.shortfall == (
            f"only {len(result.names):,} names came up in the time that one answer has; ask for fewer at once, shorter "
            "or less rare ones"
        )
    else:
        assert (result.names, result.shortfall) == (names, None)
