"""Names of lists, and which drawn names come near to them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from model.generation.listed import ListedNames, Traits, read_list

NAMES = st.lists(st.text("abéßžд𐐷'- ", min_size=1, max_size=7), max_size=8)


@given(NAMES, NAMES, st.integers(1, 2))
def test_near_names_are_those_within_the_distance(listed: list[str], drawn: list[str], distance: int) -> None:
    names = [name.casefold() for name in drawn]
    one = ListedNames.of(listed)
    nearest = [min((Levenshtein.distance(name, each) for each in one.folded), default=99) for name in names]
    assert one.near(names, distance) == [least <= distance for least in nearest]


def test_traits_are_bits_of_letters_and_of_pairs_with_the_ends() -> None:
    found = Traits.of(["ab", "b", "é"])
    a, b, accented = map(ord, "abé")
    assert found.lengths.tolist() == [2, 1, 1]
    assert found.letters.tolist() == [1 << a % 64 | 1 << b % 64, 1 << b % 64, 1 << accented % 64]
    pairs = [[(0, a), (a, b), (b, 0)], [(0, b), (b, 0)], [(0, accented), (accented, 0)]]
    bits = [np.bitwise_or.reduce([1 << (31 * first + second) % 64 for first, second in each]) for each in pairs]
    assert [int(one) for one in found.pairs] == [int(one) & (2**64 - 1) for one in bits]


def test_a_list_is_read_as_it_is_written_and_without_case() -> None:
    us = read_list("us")
    assert {"Emma", "Liam"} <= set(us.written)
    assert {"emma", "liam"} <= us.found
    assert not any("," in name or name.startswith("#") for name in us.written)
    assert read_list("us") is us


@pytest.mark.parametrize("name", ["emma", "emmma", "emm"])
def test_a_name_is_near_to_itself_and_to_what_one_edit_makes_of_it(name: str) -> None:
    assert ListedNames.of(["Emma", ""]).near([name, "qqqqq"], 1) == [True, False]
