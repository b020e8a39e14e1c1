"""One name for one key, whatever other keys there are."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.constraints.constraints import Constraints
from model.corpus.casing import Casing
from model.errors import InvalidOption
from model.generation.filters import avoiding
from model.generation.keys import draw_for_keys
from model.generation.options import Options
from model.generation.sampling import draw
from model.generation.sequence import generator_of
from model.generation.served import predictor_of
from tests.support.random_models import random_model, random_predictor

MODEL = predictor_of(random_model("abcdefgh", casing=Casing.TITLE, end=-1))

WAYS = {
    "free": Options(max_length=9),
    "rejection": Options(constraints=Constraints(contains="a")),
    "particles": Options(constraints=Constraints(pattern="?*hgf*?e")),
    "scores": Options(constraints=Constraints(pattern="a?")),
}


@pytest.mark.no_cover
@settings(deadline=None, max_examples=40)
@given(way=st.sampled_from([*WAYS]), keys=st.lists(st.text(max_size=5), min_size=1, max_size=9))
def test_a_key_has_its_name_whatever_else_is_asked(way: str, keys: list[str]) -> None:
    drawn = draw_for_keys(MODEL, keys, WAYS[way])
    assert drawn.names == [draw_for_keys(MODEL, [key], WAYS[way]).names[0] for key in keys]
    assert all(drawn.names)
    assert drawn.shortfall is None
    assert drawn.exact == (drawn.effective_sample_size is None)


@pytest.mark.no_cover
def test_names_of_keys_are_as_frequent_as_those_of_draws() -> None:
    options = Options(max_length=3)
    keyed = Counter(draw_for_keys(MODEL, [str(number) for number in range(8_000)], options).names)
    drawn = Counter(draw(MODEL, 80_000, replace(options, unique=False), generator_of("s")).names)
    assert sum(abs(keyed[name] / 8_000 - drawn[name] / 80_000) for name in keyed | drawn) / 2 < 0.08
    common = [(count / 10, keyed[name]) for name, count in drawn.items() if count >= 200]
    assert len(common) > 20
    statistic = sum((seen - expected) ** 2 / (1.1 * expected) for expected, seen in common)
    assert statistic < len(common) + 4 * (2 * len(common)) ** 0.5


def test_a_key_without_a_name_leaves_its_place_empty_and_says_why() -> None:
    model = random_predictor("abc")
    nothing = avoiding("abc", model, "avoid", "to avoid them")
    drawn = draw_for_keys(model, ["x", "y"], Options(max_length=1), [nothing])
    assert drawn.names == ["", ""]
    assert drawn.shortfall is not None
    assert drawn.shortfall.startswith("there is no name for 2 of the keys: no name of 1 letter came up in 4,096 draws")
    assert drawn.left_out["avoid"] > 1000


def test_so_many_keys_that_it_would_take_too_long_are_refused() -> None:
    model = random_predictor("abc", end=-80)
    with pytest.raises(InvalidOption, match=r"keys are too many: .* so rare that only \d+ keys"):
        draw_for_keys(model, [str(number) for number in range(100)], Options())
