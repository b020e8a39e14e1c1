"""What is a name, how often it stands there, and which lines are neither."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.corpus.parsing import LISTED_LINES, Entry, Lines, Listing, read_table
from model.corpus.spelling import LONGEST_NAME_LETTERS, Fault, fault, tidy
from model.corpus.tables import Row


def listing(text: str) -> Listing:
    return Listing.of(read_table(text).rows)


@pytest.mark.parametrize(
    "name",
    [
        "Anna",
        "Jean-Luc",
        "Mary Ann",
        "O'Brien",
        "Þórður",
        "Αθηνά",
        "தமிழ்",  # a virama, which is a combining mark
        "נֹעָה",
        "春香",
        "Kaʻiulani",  # the ʻokina is a letter
        "Ṩa\u0323\u0302",
        "x",
        "n" * LONGEST_NAME_LETTERS,
    ],
)
def test_names_of_any_script_are_names(name: str) -> None:
    assert fault(tidy(name)) is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("R2/D2", Fault.SYMBOL),
        ("anna@example", Fault.SYMBOL),
        ("Ⅻ", Fault.SYMBOL),
        ("Anna\u2028Bob", Fault.SYMBOL),
        ("Anna\x07", Fault.SYMBOL),
        ("\ud800", Fault.SYMBOL),
        ("-Anna", Fault.DIVIDER),
        ("Anna'", Fault.DIVIDER),
        ("Jean--Luc", Fault.DIVIDER),
        ("Jean - Luc", Fault.DIVIDER),
        ("\u0301a", Fault.DIVIDER),
        ("Jean-\u0301Luc", Fault.DIVIDER),
        ("", Fault.DIVIDER),
        ("n" * (LONGEST_NAME_LETTERS + 1), Fault.TOO_LONG),
    ],
)
def test_other_lines_are_not_names_for_a_reason(line: str, reason: Fault) -> None:
    assert fault(tidy(line)) is reason


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("  Anna \t", "Anna"),
        ("Mary \u00a0\u3000 Ann", "Mary Ann"),
        ("Jean\u2010Luc", "Jean-Luc"),
        ("Jean\u2011Luc", "Jean-Luc"),
        ("O\u2019Brien", "O'Brien"),
        ("O\u2018Brien", "O'Brien"),
        ("Zoe\u0308", "Zoë"),
    ],
)
def test_one_name_has_one_spelling(written: str, name: str) -> None:
    assert listing(written + "\n").entries == (Entry(name, 1, 1),)


@given(st.text())
def test_tidying_twice_is_tidying_once_and_gives_composed_letters(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert unicodedata.is_normalized("NFC", tidy(text))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_system_and_are_numbered_from_1(end: str) -> None:
    text = end.join(["# made by hand", "Anna", "", "  ", "\t# more", "Bob"])
    assert listing(text).entries == (Entry("Anna", 1, 2), Entry("Bob", 1, 6))


def test_a_count_may_follow_a_comma_or_a_tab_and_further_columns_are_left_alone() -> None:
    found = listing("Anna,5\nBob\t7\nCleo , 3 ,girls,x\nDora,\nEve\t2\ta,b\n")
    assert [entry.count for entry in found.entries] == [5, 7, 3, 1, 2]
    assert found.counted


def test_a_list_without_counts_is_not_counted() -> None:
    assert not listing("Anna\nBob,\n").counted


@pytest.mark.parametrize(
    "header", ["name,count", "Name\tBearers", "# a comment\n\nname,count,sex", "NAME", '"name"', "surname;"]
)
def test_a_header_is_recognised_in_the_first_line_that_says_anything(header: str) -> None:
    found = listing(f"{header}\nAnna,5\n")
    assert [entry.name for entry in found.entries] == ["Anna"]
    assert [reason for reason, _ in found.skipped] == [Fault.HEADER]


@pytest.mark.parametrize(
    ("count", "reason"),
    [
        ("x", Fault.COUNT),
        ("-1", Fault.COUNT),
        ("1.5", Fault.COUNT),
        ("٣", Fault.COUNT),
        ("9" * 5000, Fault.COUNT),
        ("0", Fault.ZERO),
        ("000", Fault.ZERO),
    ],
)
def test_a_line_with_an_unusable_count_is_skipped(count: str, reason: Fault) -> None:
    found = listing(f"Anna,1\nBob,{count}\n")
    assert [entry.name for entry in found.entries] == ["Anna"]
    assert found.skipped == ((reason, Lines(1, (2,))),)


def test_a_negative_count_in_the_first_line_is_no_header() -> None:
    assert listing("Anna,-5\nBob,1\n").skipped == ((Fault.COUNT, Lines(1, (1,))),)


def test_of_many_skipped_lines_all_are_counted_and_the_first_are_told() -> None:
    found = listing("Anna\n" + "R2/D2\n" * 40)
    assert found.skipped == ((Fault.SYMBOL, Lines(40, tuple(range(2, 2 + LISTED_LINES)))),)


def test_garbled_lines_are_noted_whether_they_are_names_or_not() -> None:
    found = listing("JosÃ©\nStrauÃŸ\nAnna\n")
    assert found.garbled == Lines(2, (1, 2))
    assert [entry.name for entry in found.entries] == ["StrauÃŸ", "Anna"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=30))
def test_every_row_is_either_a_name_or_skipped(names: list[str]) -> None:
    found = Listing.of(Row(place, name) for place, name in enumerate(names))
    assert len(found.entries) + sum(lines.count for _, lines in found.skipped) == len(names)
    assert all(fault(entry.name) is None for entry in found.entries)


@pytest.mark.parametrize(
    "text",
    [
        "Anna,5\nJean-Luc,2\n",
        "Anna;5\nJean-Luc;2;x\n",
        '"Anna","5"\n"Jean-Luc","2","x"\n',
        '"Anna";5\n"Jean-Luc";"2"\n',
        'Anna\t"5"\n"Jean-Luc"\t2\n',
    ],
)
def test_a_spreadsheet_is_read_however_it_was_saved(text: str) -> None:
    found = listing(text)
    assert found.entries == (Entry("Anna", 5, 1), Entry("Jean-Luc", 2, 2))
    assert not found.skipped


@pytest.mark.parametrize("line", ['"Smith, Anna",3', '"Anna', 'Dwayne "Rock" J', '""', '"' * 200_000, '"a\rb"'])
def test_quotation_marks_make_no_name_of_what_is_none(line: str) -> None:
    assert all(entry.name == "Zoe" for entry in listing(f"Zoe\n{line}\n").entries)


def test_only_the_first_line_can_be_a_header() -> None:
    assert [entry.name for entry in listing("Anna\nName\n").entries] == ["Anna", "Name"]
