"""The names of a seed: the same whatever is asked for at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.constraints.constraints import Constraints
from model.corpus.casing import Casing
from model.errors import InvalidOption
from model.generation.filters import avoiding
from model.generation.options import Options
from model.generation.sampling import Drawing
from model.generation.sequence import NameSequence, generator_of, stream
from model.generation.served import predictor_of
from tests.support.random_models import random_model, random_predictor

MODEL = predictor_of(random_model("abcdefgh", casing=Casing.TITLE, end=-1))

WAYS = {
    "free": Options(max_length=9),
    "with repeats": Options(max_length=4, unique=False),
    "rejection": Options(constraints=Constraints(contains="a")),
    "particles": Options(constraints=Constraints(pattern="?*hgf*?e")),
    "particles with repeats": Options(constraints=Constraints(pattern="?*hgf*?e"), unique=False),
    "scores": Options(constraints=Constraints(pattern="a?")),
    "scores with repeats": Options(constraints=Constraints(pattern="a?"), unique=False),
}


@pytest.mark.no_cover
@settings(deadline=None, max_examples=60)
@given(
    way=st.sampled_from([*WAYS]),
    seed=st.text(),
    pages=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), min_size=1, max_size=5),
)
def test_a_page_is_a_slice_of_the_sequence(way: str, seed: str, pages: list[tuple[int, int]]) -> None:
    options = WAYS[way]
    whole = NameSequence(MODEL, options, seed).page(0, 120).names
    sequence = NameSequence(MODEL, options, seed)
    for offset, count in pages:
        page = sequence.page(offset, count)
        assert page.names == whole[offset : offset + count]
        assert (page.shortfall is None) == (len(page.names) == count)
        assert page == NameSequence(MODEL, options, seed).page(offset, count)
    if options.unique:
        assert len(set(whole)) == len(whole)


def test_other_seeds_give_other_names() -> None:
    names = {tuple(NameSequence(MODEL, Options(), seed).page(0, 5).names) for seed in ("", "7", "8", "ü", "world")}
    assert len(names) == 5


def test_a_seed_is_hashed_as_text() -> None:
    assert generator_of("7").random() == generator_of("7").random() != generator_of(" 7").random()


def test_where_there_are_no_more_names_every_later_page_says_so() -> None:
    sequence = NameSequence(random_predictor("abc"), Options(max_length=1), "s")
    first, second = sequence.page(0, 2), sequence.page(2, 2)
    assert sorted(first.names + second.names) == ["a", "b", "c"]
    assert first.shortfall is None
    assert second.shortfall == sequence.page(5, 1).shortfall is not None
    assert second.shortfall
    assert second.shortfall.startswith("only 3 distinct names of 1 letter came up")
    assert sequence.page(5, 1).names == []


def test_what_is_to_be_avoided_is_not_drawn_and_counted() -> None:
    earlier = NameSequence(MODEL, Options(max_length=4), "s").page(0, 50).names
    avoided = avoiding([name.upper() for name in earlier], MODEL, "avoid", "to avoid them")
    drawn = NameSequence(MODEL, Options(max_length=4), "s", [avoided]).page(0, 50)
    assert not set(earlier) & set(drawn.names)
    assert len(drawn.names) == 50
    assert drawn.left_out == {"decent": 0, "avoid": drawn.left_out["avoid"]}
    assert drawn.left_out["avoid"] >= 50


def test_threads_see_one_sequence() -> None:
    sequence = NameSequence(MODEL, Options(), "threads")
    with ThreadPoolExecutor(8) as threads:
        pages = list(threads.map(partial(_page, sequence), range(0, 400, 20)))
    assert [name for page in pages for name in page] == NameSequence(MODEL, Options(), "threads").page(0, 400).names


def _page(sequence: NameSequence, offset: int) -> list[str]:
    return sequence.page(offset, 20).names


@pytest.mark.parametrize(("numbers", "option"), [((-1, 5), "offset"), ((0, 0), "count")])
def test_numbers_out_of_range_are_refused(numbers: tuple[int, int], option: str) -> None:
    with pytest.raises(InvalidOption, match=option):
        NameSequence(MODEL, Options(), "s").page(*numbers)


def test_names_are_the_same_whatever_else_the_sequence_was_asked_for() -> None:
    wanted: dict[str, Any] = {"offset": 30, "count": 10}
    asked_before = NameSequence(MODEL, Options(), "s")
    asked_before.page(0, 300)
    assert asked_before.page(**wanted) == NameSequence(MODEL, Options(), "s").page(**wanted)


@pytest.mark.no_cover
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("offset", "count"), [(0, 1), (0, 100), (7, 1), (8, 24), (90, 600), (10_000, 3)])
def test_a_stream_has_the_names_and_figures_of_the_page(way: str, offset: int, count: int) -> None:
    page = NameSequence(MODEL, WAYS[way], "w").page(offset, count)
    batches = list(stream(Drawing(MODEL, WAYS[way], generator_of("w")), offset, count))
    assert [name for batch in batches for name in batch.names] == page.names
    assert replace(batches[-1], names=page.names) == page
    assert all(batch.shortfall is None for batch in batches[:-1])
