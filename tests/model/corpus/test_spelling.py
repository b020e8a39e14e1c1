"""What is part of a name, in the scripts of the world, and what is tidied."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.corpus.spelling import (
    LONGEST_RAW,
    Fault,
    begins_a_name,
    fault,
    is_name,
    may_stand_in_a_name,
    tidy,
    tidy_start,
)


@pytest.mark.parametrize(
    "name",
    [
        "St. Ives",
        "J. R.",
        "J.R.R. Tolkien",
        "Saint-Martin-d'Hères",
        "J.-P. Rameau",
        "M.ª José",
        "R2-D2",
        "Area 51",
        "2Pac",
        "Land O' Lakes",
        "'t Hooft",
        "in 't Veld",
        "'s-Hertogenbosch",
        "Rock 'n' Roll",
        "Antigua & Barbuda",
        "Gal·la",
        "Ka\u02bbiulani",
        "O\u02bcodham",
        "ג׳ורג׳",
        "ג'ורג'",
        "צה״ל",
        'צה"ל',
        "בת־שבע",
        "علی\u200cرضا",
        "क्\u200dष",
        "নাম\u09cd\u200c\u09a4",
        "നവീന്\u200d",
        "ශ්\u200dරී",
        "བསྟན་འཛིན་",
        "ジャン・リュック",
        "佐々木",
        "Đặng Thị Ánh",
        "Àṣà-ọ́ba",
    ],
)
def test_these_are_names_as_they_stand(name: str) -> None:
    assert is_name(unicodedata.normalize("NFC", name))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Biel/Bienne", Fault.SYMBOL),
        ("Frankfurt (Oder)", Fault.SYMBOL),
        ("anna@example.org", Fault.SYMBOL),
        ("a_b", Fault.SYMBOL),
        ('Dwayne "Rock" J', Fault.SYMBOL),
        ("Anna\ue000", Fault.SYMBOL),
        ("51", Fault.NUMBER),
        ("1-2", Fault.NUMBER),
        ("B&B", Fault.DIVIDER),
        (".", Fault.DIVIDER),
        (".Anna", Fault.DIVIDER),
        ("Anna..", Fault.DIVIDER),
        ("Anna ·", Fault.DIVIDER),
        ("1\u0301", Fault.DIVIDER),
        ("׳א", Fault.DIVIDER),
    ],
)
def test_these_are_no_names_for_a_reason(line: str, reason: Fault) -> None:
    assert fault(tidy(line)) is reason


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("\u200eשרה\u200f", "שרה"),
        ("\u202bשרה\u202c", "שרה"),
        ("\u2067Anna\u2069", "Anna"),
        ("An\u00adna", "Anna"),
        ("An\u200bna", "Anna"),
        ("\ufeffAnna", "Anna"),
        ("An\u200dna", "Anna"),
        ("Anna\u200c", "Anna"),
        ("علی\u200c\u200cرضا", "علی\u200cرضا"),
        ("علی\u200c", "علی"),
        ("علی \u200cرضا", "علی رضا"),
        ("Baden\u2013Baden", "Baden-Baden"),
        ("O`Brien", "O'Brien"),
        ("O´Brien", "O'Brien"),
        ("Gal\u2219la", "Gal·la"),
    ],
)
def test_what_can_not_be_seen_goes_and_look_alikes_become_one(written: str, name: str) -> None:
    assert tidy(written) == name
    assert is_name(name)


@given(st.text(st.characters() | st.sampled_from(" -'.&·\u200c\u200d\u0301\u094dक׳")))
def test_tidying_twice_is_tidying_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert tidy_start(tidy_start(text)) == tidy_start(text)


@given(st.text(st.characters() | st.sampled_from(" -'.&·\u200c\u200d\u0301\u094dक׳"), max_size=12))
def test_the_letters_of_names_may_stand_in_names_and_each_beginning_begins_one(text: str) -> None:
    name = tidy(text)
    if fault(name) is None:
        assert all(map(may_stand_in_a_name, name))
        assert all(
            begins_a_name(name[:length]) for length in (1, len(name)) if name[:length] != "'" and name[-1] != "&"
        )


@pytest.mark.parametrize("line", ["a" + "\u0301\u0323" * 200_000, " " * 400_000 + "a", "e\u0301" * 200_000])
def test_a_line_of_marks_is_cut(line: str) -> None:  # what is quadratic would take an hour
    name = tidy(line)
    assert len(name) <= LONGEST_RAW
    assert (fault(name) is None) == (name == "a")


def test_a_name_whose_letters_take_four_code_points_each_is_read_whole() -> None:
    name = "\u1f82" * 64
    assert len(unicodedata.normalize("NFD", name)) == 4 * 64
    assert tidy(unicodedata.normalize("NFD", name)) == name
    assert fault(name) is None


def rows_of_the_page(heading: str) -> list[tuple[str, str]]:
    page = (Path(__file__).parents[3] / "docs/lists.md").read_text("utf-8").partition(f"## {heading}\n")[2]
    lines = [line for line in page.partition("\n## ")[0].splitlines() if line.startswith("| ")][1:]
    return [(cells[1].strip(), cells[2].strip()) for cells in (line.split("|") for line in lines)]


def test_the_examples_on_the_page_are_true() -> None:
    rows = rows_of_the_page("What is a name")
    assert len(rows) > 15
    for written, said in rows:
        name = tidy(written.strip("`"))
        found = fault(name)
        assert said == (f"`{name}`" if found is None else found.value)
