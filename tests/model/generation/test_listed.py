"""Names of lists, and which drawn names come near to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from model.generation.listed import COMPARED_AT_ONCE, ListedNames, read_list

NAMES = st.lists(st.text("abéßžд𐐷'- ", min_size=1, max_size=7), max_size=8)


@given(NAMES, NAMES, st.integers(1, 2))
def test_near_names_are_those_within_the_distance(listed: list[str], drawn: list[str], distance: int) -> None:
    names = [name.casefold() for name in drawn]
    one = ListedNames.of(listed)
    nearest = [min((Levenshtein.distance(name, each) for each in one.folded), default=99) for name in names]
    assert one.near(names, distance) == [least <= distance for least in nearest]


def test_a_list_is_read_as_it_is_written_and_without_case() -> None:
    us = read_list("us")
    assert {"Emma", "Liam"} <= set(us.written)
    assert {"emma", "liam"} <= us.found
    assert not any("," in name or name.startswith("#") for name in us.written)
    assert read_list("us") is us


@pytest.mark.parametrize("name", ["emma", "emmma", "emm"])
def test_a_name_is_near_to_itself_and_to_what_one_edit_makes_of_it(name: str) -> None:
    assert ListedNames.of(["Emma", ""]).near([name, "qqqqq"], 1) == [True, False]


def test_names_are_compared_with_all_blocks_of_a_list() -> None:
    listed = ListedNames.of(f"x{number:06d}" for number in range(2 * COMPARED_AT_ONCE + 1))
    drawn = ["x000000", f"x{COMPARED_AT_ONCE:06d}", f"x{2 * COMPARED_AT_ONCE:06d}", "y"]
    assert listed.near(drawn, 1) == [True, True, True, False]
    assert [len(block) for block in listed.blocks()] == [COMPARED_AT_ONCE, COMPARED_AT_ONCE, 1]
