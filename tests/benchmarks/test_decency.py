"""The benchmark of what the filter of slurs and obscenities leaves out, and with a part of it the filter itself."""

from __future__ import annotations

import pytest

from benchmarks import decency
from model.decency.languages import CODES, ENGLISH
from model.decency.patterns import entries
from model.decency.verdict import is_decent


@pytest.mark.parametrize("language", CODES)
def test_the_lists_are_left_out_in_all_spellings(language: str) -> None:
    words = [word for code in (ENGLISH, *CODES[language]) for word in entries(code)]
    spelled = [spelling for word in words for spelling in decency.spellings(word)]
    assert sum(is_decent(spelling, language) for spelling in spelled) <= 0.02 * len(spelled)


def test_a_word_is_spelled_in_many_ways() -> None:
    spelled = set(decency.spellings("bird"))
    assert {"BIRD", "Bird", "bïrd", "81rd", "b1rd", "bіrd", "bιrd", "ｂｉｒｄ", "biird", "bbiirrdd"} <= spelled
    assert "as" in decency.spellings("ås")


def test_it_reads_draws_of_us_for_stems() -> None:
    left_out, stems = decency.read_draws(20_000)
    assert left_out > 0
    assert stems == []


def test_the_most_frequent_names_of_a_list_come_first() -> None:
    assert decency.listed_names("icelandic-boys")[0] == "Aage"
