"""What there is to know about a list before training on it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.cli.report_text import CELLS, WIDTH, render
from model.corpus.checks import SMALL_LIST_NAMES, Advice
from model.corpus.corpus import Corpus
from model.corpus.report import Report, Skipped, report
from tests.support.bundled_lists import read_bundled

STEMS = [a + b + "x" for a in "bcdfghjklm" for b in "aeiouqrstvw"]
"""A hundred and ten names that there is nothing to say about."""

WORDS = (
    "Anna",
    "anna",
    "O'Brien",
    "Zoë",
    "春香",
    "R2&D2",
    "JosÃ©",
    "Аnna",
    "İpek",
    "Mary Ann",
    "n" * 30,
    "n" * 70,
    "-",
    "x,2",
)


TEXT = """\
list

names       4
distinct    3
duplicates  1
skipped     8
counts      7 in all; a name is learned once, whatever its count
casing      title: a capital begins each word

12 letters
  a   3    n   2    ␣   1    o   1    s   1    u   1    x   1    z   1
  å   1    ë   1    ◌\u0301   1    ◌\u0323   1

letters in fewer than 5 names
  a   2    ␣   1    n   1    o   1    s   1    u   1    x   1    z   1
  å   1    ë   1    ◌\u0301   1    ◌\u0323   1

lengths, in letters
  3  1  ##################################################
  4  1  ##################################################
  8  1  ##################################################

lines skipped
- a symbol that is not part of names (line 3)
- digits and no letter (7 lines: 6, 7, 8, 9, 10, ...)

warnings
- 3 distinct names are few: a model learns which letters follow each other but
    little of the style, and its figure on the test names is rough; some hundred
    do better, some thousand do well
- more lines are skipped than read: the names may stand in another column or
    another file"""


def report_on(*lines: str) -> Report:
    return report(Corpus.parse("\n".join(lines).encode(), "list"))


def texts(told: Report) -> str:
    return "; ".join(advice.text for advice in told.warnings)


def test_names_distinct_ones_and_duplicates_add_up() -> None:
    told = report_on("anna", "bob", "anna", "", "# note", "7")
    assert (told.names, told.distinct, told.duplicates) == (3, 2, 1)
    assert told.skipped == (Skipped("digits and no letter", 1, (6,)),)
    assert told.casing == "lower"


def test_letters_come_most_frequent_first_and_lengths_shortest_first() -> None:
    told = report_on("anna", "nan", "bo")
    assert told.letters == (("n", 4), ("a", 3), ("b", 1), ("o", 1))
    assert told.lengths == ((2, 1), (3, 1), (4, 1))


def test_a_letter_is_rare_by_the_names_it_stands_in_not_by_how_often() -> None:
    told = report_on("anna", "bonna", "canna", "danna", "zzzzz", "ono")
    assert told.rare_letters == (("a", 4), ("o", 2), ("b", 1), ("c", 1), ("d", 1), ("z", 1))


def test_counts_are_told_where_the_list_has_them() -> None:
    assert report_on("anna,5", "bob,2").bearers == 7
    assert report_on("anna", "bob").bearers is None


def test_there_is_nothing_to_warn_of_in_an_ordinary_list() -> None:
    assert report_on(*STEMS).warnings == ()


def test_a_small_list_is_told_what_to_expect() -> None:
    assert "are too few to train on: give at least 3" in texts(report_on(*STEMS[:2]))
    assert "99 distinct names are few" in texts(report_on(*STEMS[: SMALL_LIST_NAMES - 1]))
    assert texts(report_on(*STEMS[:SMALL_LIST_NAMES])) == ""


@pytest.mark.parametrize(
    ("line", "warning"),
    [
        ("josÃ©", "accents that became two odd characters: save the list again as UTF-8"),
        ("strauÃŸ", "accents that became two odd characters: save the list again as UTF-8"),
        ("n" * 26, "more than 25 letters or 5 words: are these names?"),
        ("this is a list of names", "more than 25 letters or 5 words: are these names?"),
        ("аnna", "letters of two scripts that look alike in one name: retype those names"),
    ],
)
def test_a_suspicious_line_is_warned_of_by_its_number(line: str, warning: str) -> None:
    told = report_on(*STEMS, line)
    assert Advice(warning, 1, (len(STEMS) + 1,)) in told.warnings


@pytest.mark.parametrize("name", ["n" * 25, "maria de los ángeles", "春香さくらキム", "анна", "zoë"])
def test_long_names_and_scripts_that_go_together_are_nothing_to_warn_of(name: str) -> None:
    assert report_on(*STEMS, name).warnings == ()


def test_a_file_of_another_kind_is_warned_of() -> None:
    assert "more lines are skipped than read" in texts(report_on(*STEMS, *["1,anna"] * (len(STEMS) + 1)))


def test_the_report_goes_through_json() -> None:
    told = report_on("anna", "bob,2", "7")
    read = json.loads(json.dumps(told.to_json()))
    assert read["distinct"] == told.distinct
    assert read["skipped"] == [{"reason": told.skipped[0].reason, "count": 1, "lines": [3]}]
    assert read["letters"][0] == ["a", 2]


def test_a_report_does_not_repeat_the_names() -> None:
    told = report_on(*STEMS[:50], "secretname", "SECRETNAME", "secret7", "secretÃŸ")
    assert "secret" not in (render(told) + json.dumps(told.to_json())).lower()


def test_the_text_is_what_a_reader_at_a_terminal_expects() -> None:
    assert render(report_on("Anna,3", "Zoe\u0308 X\u0323\u0301u,1", "Ann/\u0661", "Anna,2", "Åsa", *["7"] * 7)) == TEXT


@pytest.mark.no_cover
def test_the_text_on_the_us_list_tells_its_figures() -> None:
    us = read_bundled("us")
    lines = render(report(us)).splitlines()
    assert lines[0] == "us"
    assert "distinct    97,310" in lines
    assert "counts      348,120,517 in all; a name is learned once, whatever its count" in lines
    assert "26 letters" in lines


@given(st.lists(st.sampled_from(WORDS), min_size=1).filter(lambda lines: any(line[0].isalpha() for line in lines)))
def test_the_text_fits_a_terminal_whatever_the_list(lines: list[str]) -> None:
    told = report(Corpus.parse("\n".join([*lines, "Eve"]).encode(), "list"))
    assert all(len(line) <= WIDTH for line in render(told).splitlines())


def test_of_thousands_of_letters_the_most_frequent_are_told() -> None:
    told = report_on(*(chr(0x4E00 + i) + chr(0x4E01 + i) for i in range(2_000)))
    assert len(told.letters) == 2_001
    assert f"  and {2_001 - CELLS:,} more" in render(told).splitlines()


def test_lengths_beyond_the_usual_share_a_row() -> None:
    rows = render(report_on("n" * 20, "n" * 21, "n" * 22)).splitlines()
    assert "  > 20  2  " + "#" * 50 in rows
