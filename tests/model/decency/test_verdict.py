from __future__ import annotations

import re
import tracemalloc

import numpy as np
import pytest

from model.corpus.bundled import bundled_path, catalogue
from model.decency.languages import CODES, patterns_for
from model.decency.verdict import is_decent
from model.errors import InvalidOption
from tests.support.bundled_lists import read_bundled

HARMLESS = (
    "Analise Analia Annaliese Assunta Cassandra Cockburn Cumberland Dick Dickens Dickinson Essex Fanny Fukuda Hancock",
    "Hitchcock Kuntz Lightwater Lipshitz Lolita Matsushita Montenegro Nazir Nigel Niger Nigeria Nwankwo Penistone Phuc",
    "Phuket Sapphire Scunthorpe Sextus Shiitake Shota Sussex Takeshita Titian Titus Wankel",
)

REFUSED = ["Anal", "Cuntra", "Fuckia", "Niggar", "Shithia"]

SPELLED = [
    "ANAL",
    "Ánàl",
    "Ａｎａｌ",
    "Аnаl",  # the first and the third letter are Cyrillic
    "4n@1",
    "Annaall",
    "Mary-Anal",
    "An'al",
    "Fu-ckia",
    "F uckia",
    "Phuckia",
    "Shytt",
]


@pytest.mark.parametrize("name", " ".join(HARMLESS).split())
def test_a_name_that_only_looks_like_a_word_lives(name: str) -> None:
    assert is_decent(name, "English")


@pytest.mark.parametrize("name", REFUSED + SPELLED)
def test_slurs_and_obscenities_are_refused_in_every_spelling(name: str) -> None:
    assert not is_decent(name, "English")
    assert not is_decent(name, "Icelandic")
    assert not is_decent(name)


def test_a_word_of_another_language_is_an_ordinary_name() -> None:
    finnish, turkish = "perkele", "götü"
    assert not is_decent(finnish, "Finnish")
    assert not is_decent(turkish, "Turkish")
    assert is_decent(finnish, "Turkish")
    assert is_decent(turkish, "Finnish")
    assert is_decent(finnish)


def test_a_language_without_words_of_its_own_shares_those_of_english() -> None:
    without = sorted({one.language for one in catalogue().values()} - {"", *CODES})
    assert "Icelandic" in without
    assert {patterns_for(language) for language in without} == {patterns_for("English")}
    is_decent("Anna", "English")
    tracemalloc.start()
    try:
        assert all(is_decent("Anna", language) for language in without)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_further_words_are_left_out_as_rules_are_written() -> None:
    assert is_decent("Voldemort", "English")
    for extra in (["voldemort"], ["*demo*"], ["vol*", "x"]):
        assert not is_decent("Vóldemort", "English", extra)
    assert is_decent("Voldemorta", "English", ["voldemort"])
    with pytest.raises(InvalidOption, match="no letter"):
        is_decent("Anna", "English", ["**"])


@pytest.mark.no_cover
@pytest.mark.parametrize("title", [title for title in catalogue() if not re.fullmatch("us(-boys|-girls)?", title)])
def test_the_first_names_of_the_bundled_lists_live(title: str) -> None:
    lines = (line.strip() for line in bundled_path(title).read_text("utf-8").splitlines())
    names = [line for line in lines if line and not line.startswith("#")][:25]
    assert [name for name in names if not is_decent(name, catalogue()[title].language)] == []


def test_the_frequent_names_of_a_list_live() -> None:
    corpus = read_bundled("us-surnames")
    frequent = np.argsort(corpus.counts)[-1000:]
    assert [corpus.names[place] for place in frequent if not is_decent(corpus.names[place], "English")] == []
