"""Letters that stand only at ends of words, and letters that never do."""

import pytest

from model.corpus.word_ends import misplaced, word_ends_of

ARABIC = ["فاطمة", "عائشة", "خديجة", "سمية", "أميرة", "سارة", "نادية", "سعاد", "مريم", "زينب"]


def test_a_letter_without_case_that_ends_words_too_often_for_chance_is_final() -> None:
    assert word_ends_of(ARABIC) == (("ة",), ())
    assert word_ends_of([*ARABIC, "ةب"]) == ((), ())  # it stands elsewhere once


@pytest.mark.parametrize(
    "names",
    [
        [],
        ARABIC[4:],
        ["anax", "belax", "corax", "dorax", "elax", "forax", "gorax"],  # x has a capital, and may begin a word
        ["수원", "창원", "노원", "남원", "철원"],  # every other syllable is at an end
        ["कि", "सि", "ति"] * 9,  # a mark is no letter
    ],
)
def test_nothing_is_learned_from_chance_from_capitals_and_from_marks(names: list[str]) -> None:
    assert word_ends_of(names) == ((), ())


def test_a_hebrew_final_form_is_final_however_rare_and_its_plain_form_ends_no_word() -> None:
    assert word_ends_of(["מרים", "יוסף"]) == (("ם", "ף"), ("מ", "פ"))
    assert word_ends_of(["מרים", "יוסף", "פיליפ"]) == (("ם", "ף"), ("מ",))
    assert word_ends_of(["מרים", "יוסף", "אםר"]) == (("ף",), ("פ",))


def test_a_letter_alone_ends_no_word() -> None:
    assert word_ends_of(["מרים", "מ חיים"]) == (("ם",), ("מ",))
    assert word_ends_of([*ARABIC, "ة بيت"]) == ((), ())


@pytest.mark.parametrize("name", ["אברהם בן", "אברהם-שם", "אברהם'", "אברהם׳", "אברהם.", "אברהם־שם"])
def test_a_word_ends_before_what_divides_it_from_the_next_one(name: str) -> None:
    assert word_ends_of([name])[0][0] == "ם"
    assert not misplaced(name, {"ם"}, {"מ"})


@pytest.mark.parametrize(("name", "letters"), [("צ'רלי", ()), ("ריצ'", ("צ",)), ("ריץ'", ()), ("ץ'רלי", ("ץ",))])
def test_an_apostrophe_belongs_to_the_letter_before_it(name: str, letters: tuple[str, ...]) -> None:
    assert misplaced(name, {"ץ"}, {"צ"}) == set(letters)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("אברהם", ""),
        ("מרים חיים", ""),
        ("אםר", "ם"),
        ("אברהמ-חיים", "מ"),
        ("םמ", "םמ"),
        ("ם", "ם"),
        ("מ חיים", ""),
        ("", ""),
    ],
)
def test_letters_out_of_place_are_found(name: str, letters: str) -> None:
    assert misplaced(name, {"ם"}, {"מ"}) == set(letters)
