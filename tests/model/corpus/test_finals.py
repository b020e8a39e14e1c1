"""Letters that stand only at ends of words."""

import pytest

from model.corpus.finals import MIN_COUNT, ends_words_alone, finals_of


def test_a_letter_without_case_that_ends_words_alone_is_final_from_ten_times_on() -> None:
    assert finals_of(["שלום"] * MIN_COUNT) == ("ם",)
    assert finals_of(["שלום"] * (MIN_COUNT - 1)) == ()
    assert finals_of([*["שלום"] * MIN_COUNT, "םש"]) == ()  # it stands elsewhere once
    assert finals_of(["max"] * MIN_COUNT) == ()  # by chance, in an alphabet that has no such letters


@pytest.mark.parametrize("names", ["אברהם בן", "אברהם-שם", "אברהם'"])
def test_a_word_ends_where_no_letter_and_no_mark_follows(names: str) -> None:
    assert "ם" in finals_of([names] * MIN_COUNT)


@pytest.mark.parametrize(
    ("name", "right"), [("אברהם", True), ("אברהם שם", True), ("אםר", False), ("ם", True), ("", True)]
)
def test_a_name_is_right_where_such_letters_end_its_words(name: str, right: bool) -> None:
    assert ends_words_alone(name, frozenset("ם")) is right
