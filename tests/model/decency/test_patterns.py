from __future__ import annotations

from pathlib import Path

import pytest

from model.corpus.bundled import catalogue
from model.decency import patterns
from model.decency.languages import CODES, ENGLISH, patterns_for
from model.decency.patterns import LONG, Pattern, entries, parse, patterns_of, spell_out
from model.errors import InvalidOption

WORDS = sorted((patterns.FOLDER / "words").glob("*.txt"))
RULES = sorted((patterns.FOLDER / "rules").glob("*.txt"))


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [("bird", True, True), ("*bird", False, True), ("bird*", True, False), ("*bird*", False, False)],
)
def test_stars_say_where_a_word_counts(text: str, begins: bool, ends: bool) -> None:
    assert parse([text]) == [Pattern("bird", begins, ends)]


def test_braces_spell_several_words() -> None:
    assert list(spell_out("b{i,y}rd{,s}")) == ["bird", "birds", "byrd", "byrds"]


def test_a_word_is_read_as_a_name_is() -> None:
    assert parse(["Bírd 1"], harmless=True) == [Pattern("bird i", harmless=True)]


@pytest.mark.parametrize("text", ["", "*", "**", "-", "{,}"])
def test_a_word_without_a_letter_is_refused(text: str) -> None:
    with pytest.raises(InvalidOption, match="no letter"):
        parse([text])


def test_long_entries_count_within_words_and_phrases_are_left_aside() -> None:
    english = {pattern for pattern in patterns_of(ENGLISH) if not pattern.harmless}
    assert Pattern("swinger", begins=False, ends=False) in english  # LONG letters
    assert Pattern("escort") in english
    assert all(" " not in entry for entry in entries(ENGLISH))
    assert len("swinger") == LONG


@pytest.mark.parametrize("path", WORDS, ids=lambda path: path.stem)
def test_each_list_tells_its_source_and_licence_and_has_an_effect(path: Path) -> None:
    header = path.read_text("utf-8").splitlines()[:3]
    assert all(line.startswith("# ") for line in header)
    assert "LDNOOBW" in header[1]
    assert "CC BY 4.0" in header[2]
    assert len(patterns_of(path.stem)) >= len(entries(path.stem)) > 0


def test_every_file_belongs_to_a_language_and_every_language_has_one() -> None:
    known = {code for codes in CODES.values() for code in codes}
    assert {path.stem for path in [*WORDS, *RULES]} == known


def test_languages_are_called_as_the_cards_of_the_models_call_them() -> None:
    without_lists = {"Esperanto", "Kabyle", "Klingon"}
    assert set(CODES) - {entry.language for entry in catalogue().values()} == without_lists


def test_a_language_has_its_own_words_and_those_of_english() -> None:
    assert set(patterns_for("Finnish")) == {*patterns_of("en"), *patterns_of("fi")}
    assert set(patterns_for("Elvish")) == set(patterns_of("en"))


def test_where_the_language_is_unknown_words_in_other_scripts_count() -> None:
    unknown = set(patterns_for(""))
    assert set(patterns_of("en")) | set(patterns_of("ko")) | set(patterns_of("th")) <= unknown
    assert not (set(patterns_of("fi")) - set(patterns_of("en"))) & unknown


def test_no_list_is_there_for_an_unknown_code() -> None:
    assert patterns_of("xx") == ()
