"""Names for one story that can't be confused."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from model.errors import InvalidOption
from model.generation.cast import FAR_ENOUGH, MAX_CANDIDATES, Cast, candidates_for, choose_cast
from model.generation.distance import Traits, distances
from model.generation.options import Options
from model.generation.sequence import NameSequence
from model.generation.served import predictor_of
from tests.support.bundled_lists import read_bundled
from tests.support.random_models import random_model

GIRLS = [read_bundled("us-girls").casing.restore_case(name) for name in read_bundled("us-girls").names[::173]][:360]


def closest(names: list[str]) -> float:
    return min(float(distances(Traits.of([a]), Traits.of([b]))[0, 0]) for a, b in combinations(names, 2))


def names_of(cast: Cast) -> list[str]:
    return [member.name for member in cast.members]


def test_a_cast_has_different_initials_and_is_farther_apart_than_any_random_draw() -> None:
    cast = choose_cast(GIRLS, 12)
    names = names_of(cast)
    assert len({name[0] for name in names}) == len(names) == 12
    assert cast.shortfall is None
    rng = np.random.default_rng(0)
    random = max(closest(list(rng.choice(GIRLS, 12, replace=False))) for _ in range(50))
    assert closest(names) > random
    assert closest(names) >= FAR_ENOUGH - 1e-6


def test_each_name_tells_the_nearest_others_and_how_far_they_are() -> None:
    cast = choose_cast(GIRLS, 8, ["Anna", "Bertha"])
    everything = [*names_of(cast), "Anna", "Bertha"]
    for member in cast.members:
        others = [name for name in everything if name != member.name]
        row = distances(Traits.of([member.name]), Traits.of(others))[0]
        assert member.distance == pytest.approx(row.min(), abs=1e-3)
        assert set(member.apart_from) == {
            name for name, far in zip(others, row, strict=True) if far <= row.min() + 1e-6
        }


def test_existing_names_count_as_those_of_the_cast_do() -> None:
    existing = ["Anna", "Bella", "Clara", "Maya"]
    names = names_of(choose_cast([*existing, *GIRLS], 10, existing))
    assert len({name[0] for name in (*names, *existing)}) == 14
    assert not set(names) & set(existing)
    assert closest([*names, *existing][:10]) >= FAR_ENOUGH - 1e-6


@pytest.mark.no_cover
@settings(deadline=None, max_examples=150)
@example(pool=["aa", "ac", "ba"], count=2, existing=["aab"])
@given(
    pool=st.lists(st.text("abcdinorst", min_size=2, max_size=8), min_size=2, max_size=30, unique=True),
    count=st.integers(2, 10),
    existing=st.lists(st.text("abcdinorst", min_size=2, max_size=8), max_size=4),
)
def test_a_cast_is_chosen_from_the_pool_and_is_the_same_again(pool: list[str], count: int, existing: list[str]) -> None:
    cast = choose_cast(pool, count, existing)
    names = names_of(cast)
    assert set(names) <= set(pool) - set(existing)
    assert len(names) == len(set(names)) == min(count, len(set(pool) - set(existing)))
    assert cast == choose_cast(pool, count, existing)
    initials = {name[0] for name in pool if name not in existing} - {name[0] for name in existing}
    assert len({name[0] for name in names} - {name[0] for name in existing}) == min(len(initials), len(names))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text("aeiklmnrst", min_size=3, max_size=7), min_size=5, max_size=9, unique=True))
def test_a_small_pool_gives_nearly_the_best_that_there_is(pool: list[str]) -> None:
    same = ["x" + name for name in pool]  # whose initials do not matter
    best = max(closest(list(names)) for names in combinations(same, 3))
    assert closest(names_of(choose_cast(same, 3))) >= min(best, FAR_ENOUGH) / 2 - 1e-6


def test_too_many_names_are_as_far_apart_as_can_be_and_say_so() -> None:
    cast = choose_cast(["Anna", "Anne", "Anka", "Bert"], 4)
    assert sorted(names_of(cast)) == ["Anka", "Anna", "Anne", "Bert"]
    assert cast.shortfall is not None
    assert "3 of the names share their initial with another" in cast.shortfall
    assert "the smallest distance is 0, of Anna from Anne" in cast.shortfall
    few = choose_cast(["Anna", "Anna", "Zoltan"], 4)
    assert names_of(few) == ["Anna", "Zoltan"]
    assert few.shortfall == "only 2 different names came up; ask for fewer names, or loosen what they should be like"


def test_where_nothing_can_be_chosen_nothing_is() -> None:
    cast = choose_cast(["Anna"], 2, ["anna"])
    assert cast.members == []
    assert cast.shortfall is not None
    alone = choose_cast(["Anna"], 2)
    assert (alone.members[0].apart_from, alone.members[0].distance) == ((), 1.0)


def test_counts_are_bounded() -> None:
    for count in (1, 51):
        with pytest.raises(InvalidOption, match="count of a cast must be from 2 to 50"):
            choose_cast(GIRLS, count)
    with pytest.raises(InvalidOption, match="existing must be at most 200 names"):
        choose_cast(GIRLS, 2, GIRLS[:201])
    assert (candidates_for(2), candidates_for(50)) == (60, MAX_CANDIDATES)


def test_a_model_gives_the_same_cast_for_the_same_seed() -> None:
    model = predictor_of(random_model("abcdefgh", end=-1))
    casts = [choose_cast(NameSequence(model, Options(), "7").page(0, 120).names, 4) for _ in range(2)]
    assert casts[0] == casts[1]
