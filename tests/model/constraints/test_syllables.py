from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.constraints.alphabet import Alphabet
from model.constraints.syllables import MAX_SYLLABLES, bounds, count_syllables, syllables
from model.corpus.casing import Casing
from model.corpus.vocabulary import Vocabulary
from model.errors import InvalidOption


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("anna", 2), ("maya", 2), ("mary", 2), ("yves", 2), ("yolanda", 3), ("kyle", 2), ("joyce", 2), ("brzk", 0),
        ("jean-luc", 2), ("o'brien", 2), ("étienne", 3), ("søren", 2), ("zoë", 1), ("ayyub", 2), ("αλέξανδρος", 4),
        ("сергей", 2), ("майя", 2), ("юлия", 2), ("աննա", 2), ("ნინო", 2), ("a\u0301e", 1), ("joe", 1),
        ("지은", 2), ("きょうと", 3), ("サッポロ", 4), ("ガー", 2), ("キャサリン", 4), ("이anna", 3),
    ],
)  # fmt: skip
def test_syllables_are_counted_by_groups_of_vowels(name: str, count: int) -> None:
    assert count_syllables(name) == count
    vocabulary = Vocabulary.of([name])
    for asked in range(6):
        acceptor = syllables(str(asked), Alphabet(vocabulary, Casing.LOWER))
        assert acceptor.accepts(vocabulary.encode(name)) == (asked == count)
    assert syllables(f"{max(count - 1, 0)}\u2013 {count}", Alphabet(vocabulary, Casing.LOWER)).accepts(
        vocabulary.encode(name)
    )


@pytest.mark.parametrize("letter", ["א", "م", "क", "王", "ᄀ"])
def test_scripts_that_do_not_write_vowels_as_letters_are_refused(letter: str) -> None:
    with pytest.raises(InvalidOption, match=f"can't be counted in names with {letter!r}"):
        syllables("2", Alphabet(Vocabulary((letter,)), Casing.LOWER))


@given(st.text(st.sampled_from("0123456789-\u2013 ٣²")) | st.text())
def test_any_text_is_bounds_of_syllables_or_refused(text: str) -> None:
    try:
        least, most = bounds(text)
    except InvalidOption:
        return
    assert 0 <= least <= most <= MAX_SYLLABLES
