"""How many accents the words of a list have."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.corpus.accents import accent_patterns, accents_of


@pytest.mark.parametrize(
    ("name", "patterns"),
    [
        ("Anna", {"0"}),
        ("Ann", set()),
        ("Γιώργος", {"1"}),
        ("Ζωή", {"1"}),
        ("Φως", set()),
        ("Νίκός", {"2"}),
        ("Ευαγγελία-Μαρία", {"1"}),
        ("Ευαγγελία-Μαρια", {"0", "1"}),
        ("Nguyễn Thị Ánh", {"1"}),
        ("Đặng Lê", {"1"}),
        ("Hélène", {"2"}),
        ("Zoë", set()),
        ("Αϊδίνι", {"1"}),
    ],
)
def test_the_accents_of_each_word_are_counted(name: str, patterns: set[str]) -> None:
    assert accents_of(unicodedata.normalize("NFC", name)) == patterns


def test_a_list_knows_what_its_words_have() -> None:
    assert accent_patterns(["γιώργος", "άννα", "ζωή", "φως"]) == ("1",)
    assert accent_patterns(["anna", "zoë"]) == ()


@given(st.lists(st.text(st.sampled_from("aáàãêế -"), min_size=1)))
def test_every_name_of_the_list_has_its_patterns(names: list[str]) -> None:
    patterns = set(accent_patterns(names))
    assert not patterns or all(accents_of(name) <= patterns for name in names)
