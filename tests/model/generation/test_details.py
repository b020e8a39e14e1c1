"""What there is to say of a name: letters that could stand instead, how usual it is, and listed names near to it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from model.corpus.vocabulary import END
from model.generation.details import (
    FEWEST_USUAL,
    LEAST_PROBABILITY,
    PURE,
    USUAL,
    USUAL_WORK,
    nearest,
    others,
    percentiles,
    usual_nats,
)
from model.generation.sampling import draw
from model.generation.scoring import score
from model.generation.served import predictor_of
from model.network.parameters import IntArray
from tests.support.random_models import random_model


def test_the_letters_named_are_the_most_probable_that_do_not_stand_there() -> None:
    predictor = predictor_of(random_model("abcdef"))
    found = others(predictor, ["fade", "b", ""])
    assert [len(name) for name in found] == [5, 2, 1]
    for name, places in zip(["fade", "b", ""], found, strict=True):
        state = predictor.start(1)
        for letter, named in zip([*predictor.vocabulary.encode(name), END], places, strict=True):
            odds = np.exp(predictor.log_probabilities(state)[:, 0])
            expected = [index for index in np.argsort(-odds) if index != letter][:3]
            assert [predictor.vocabulary.decode([index]) for index in expected] == [one.letter for one in named]
            assert [one.probability for one in named] == pytest.approx(odds[expected], rel=1e-5)
            state = predictor.advance(state, np.array([letter]))


def test_letters_that_never_stand_there_are_not_named() -> None:
    predictor = predictor_of(random_model("ab\u0301", attachments=("a", "a\u0301")))
    assert others(predictor, []) == []
    first, _ = others(predictor, ["b"])[0]
    assert "\u0301" not in [one.letter for one in first]
    assert all(one.probability >= LEAST_PROBABILITY for one in first)


def test_a_percentile_is_how_many_draws_of_a_hundred_are_less_probable_per_letter() -> None:
    predictor = predictor_of(random_model("abcdef", end=1.0))
    draws = draw(predictor, 4000, PURE, np.random.default_rng(1)).names
    nats = np.array([one.nats_per_letter for one in score(predictor, draws)])
    asked = [one.nats_per_letter for one in score(predictor, ["fade", "b", "aaaa", "cab"])]
    for percentile, own in zip(percentiles(predictor, asked), asked, strict=True):
        share = (nats > own + 1e-4).mean()
        error = math.sqrt(0.25 / 2000 + 0.25 / 4000)
        assert percentile == pytest.approx(100 * share, abs=100 * 4 * error)
    assert percentiles(predictor, [0.0, 99.0]) == [100, 0]
    with pytest.raises(ValueError, match="finite"):
        percentiles(predictor, [math.inf])


def test_the_draws_are_made_once_and_the_same_each_time() -> None:
    artifact = random_model("abcdef", end=1.0)
    first, second = predictor_of(artifact), predictor_of(artifact)
    assert usual_nats(first) is usual_nats(first)
    assert np.array_equal(usual_nats(first), usual_nats(second))


def test_the_larger_a_model_is_the_fewer_draws_are_made() -> None:
    artifact = random_model("abcdef", end=1.0)
    numbers = []
    for size in (0, 3 * 10**6, 10**9):
        predictor = predictor_of(artifact)
        predictor.size = size
        numbers.append(len(usual_nats(predictor)))
    assert USUAL >= numbers[0] > 2 * numbers[1]
    assert numbers[1] >= FEWEST_USUAL > numbers[2]
    assert percentiles(predictor, [1.0]) == [None]


def test_the_draws_take_a_bounded_work_however_many_of_them_are_in_vain() -> None:
    predictor = predictor_of(random_model("abcdef", fewest_letters=60, end=-1.0))
    predictor.size, read = 10**7, 0
    assert predictor.beginnings is not None
    advance = predictor.advance

    def counted(state: Any, letters: IntArray) -> Any:
        nonlocal read
        read += len(letters)
        return advance(state, letters)

    predictor.advance = counted  # type: ignore[method-assign]
    usual_nats(predictor)
    assert read * predictor.size < 4 * USUAL_WORK


def test_a_model_that_draws_no_name_has_no_percentiles() -> None:
    predictor = predictor_of(random_model("ab", fewest_letters=60, end=20.0))
    assert percentiles(predictor, [1.0]) == [None]


def test_the_nearest_names_are_those_of_the_least_edit_distance_whatever_their_case() -> None:
    found = nearest(["ANNA", "guðrúm", "Xyzzyxyzzy", ""], ["icelandic-girls"])
    assert found[0][0] == ("Anna", 0)
    assert found[1][0] == ("Guðrún", 1)
    assert found[2] == []
    assert all(len(near) <= 3 for near in found)
    assert [one.distance for one in found[0]] == sorted(one.distance for one in found[0])


def test_a_name_that_stands_in_two_lists_is_named_once() -> None:
    near = nearest(["Anna"], ["icelandic-girls", "swedish-girls"])[0]
    assert len({one.name for one in near}) == len(near) == 3
    assert nearest(["Anna"], []) == [[]]
