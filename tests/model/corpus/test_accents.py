"""How many accents the words of a list have."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.corpus.accents import MANY, accent_patterns, accents_of, allowed_accents


@pytest.mark.parametrize(
    ("name", "patterns"),
    [
        ("Anna", {"0"}),
        ("Ann", set()),
        ("Strom", set()),
        ("Γιώργος", {"1"}),
        ("Ζωή", {"1s"}),
        ("Φως", set()),
        ("Εσα", {"0"}),
        ("Μια", set()),
        ("Νίκός", {"2"}),
        ("Ευαγγελία-Μαρία", {"1"}),
        ("Ευαγγελία-Μαρια", {"0", "1"}),
        ("Nguyễn Thị Ánh", {"1s"}),
        ("Phướtưan", {"1"}),
        ("Đặng Lê", {"1s"}),
        ("Hélène", {"2"}),
        ("Zoë", set()),
        ("Αϊδίνι", {"1"}),
    ],
)
def test_the_accents_of_each_word_are_counted(name: str, patterns: set[str]) -> None:
    assert accents_of(unicodedata.normalize("NFC", name)) == patterns


def test_a_list_knows_what_its_words_have() -> None:
    assert accent_patterns(["γιώργος", "άννα", "ζωή", "φως"]) == ("1", "1s")
    assert accent_patterns(["anna", "zoë"]) == ()
    assert accent_patterns(["nguyễn", "minh", "trần"]) == ("1s",)


@pytest.mark.parametrize(("names", "slips", "patterns"), [(1430, 5, ("1",)), (95, 5, ("0", "1")), (60, 1, ("1",))])
def test_what_few_names_have_is_a_slip(names: int, slips: int, patterns: tuple[str, ...]) -> None:
    assert accent_patterns(["μαρία"] * names + ["μαρια"] * slips) == patterns


def test_in_a_very_short_list_one_name_is_enough() -> None:
    assert accent_patterns(["μαρία"] * (MANY - 2) + ["μαρια"]) == ("0", "1")


def test_a_list_with_hardly_any_accents_has_single_ones() -> None:
    assert accent_patterns(["anna"] * 500 + ["rené", "hélène"]) == ("0", "1", "1s")


def test_what_a_card_of_before_allows_holds_for_words_of_every_length() -> None:
    assert allowed_accents(()) == frozenset()
    assert allowed_accents(("0", "1")) == {"0", "0s", "1", "1s"}
    assert allowed_accents(("0", "1", "1s")) == {"0", "1", "1s"}
    assert allowed_accents(("1s",)) == {"1s"}


@given(st.lists(st.text(st.sampled_from("aáàãêế -"), min_size=1), max_size=MANY - 1))
def test_every_name_of_a_short_list_has_its_patterns(names: list[str]) -> None:
    patterns = set(accent_patterns(names))
    assert not patterns or all(accents_of(name) <= patterns for name in names)
