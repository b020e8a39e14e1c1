"""Letters and their indices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.corpus.vocabulary import END, Vocabulary
from model.errors import UnknownLetter

LISTS = st.lists(st.text(min_size=1), min_size=1)


@given(LISTS)
def test_decoding_gives_back_what_was_encoded(names: list[str]) -> None:
    vocabulary = Vocabulary.of(names)
    assert [vocabulary.decode(vocabulary.encode(name)) for name in names] == names


@given(LISTS)
def test_indices_run_from_1_to_below_the_size_and_leave_0_to_the_end_token(names: list[str]) -> None:
    vocabulary = Vocabulary.of(names)
    used = {index for name in names for index in vocabulary.encode(name)}
    assert used == set(range(END + 1, vocabulary.size))


@given(LISTS)
def test_the_order_of_the_names_does_not_matter(names: list[str]) -> None:
    assert Vocabulary.of(names) == Vocabulary.of(reversed(names))


def test_letters_are_sorted_by_code_point() -> None:
    assert Vocabulary.of(["ßa", "Zé"]).letters == ("Z", "a", "ß", "é")


def test_the_end_token_spells_nothing() -> None:
    assert Vocabulary(("a", "n")).decode([1, 2, 2, 1, END]) == "anna"


def test_a_name_with_unknown_letters_is_refused_naming_each_of_them_once_and_in_order() -> None:
    with pytest.raises(UnknownLetter) as refusal:
        Vocabulary.of(["anna"]).encode("zazoé")
    assert refusal.value.letters == ("z", "o", "é")
    assert refusal.value.known == ("a", "n")


def test_unknown_is_empty_for_a_name_that_can_be_encoded() -> None:
    assert Vocabulary.of(["anna"]).unknown("nana") == ()


@pytest.mark.parametrize("letters", [("b", "a"), ("a", "a"), ("a", "bc"), ("",)])
def test_letters_that_are_unsorted_repeated_or_not_single_are_refused(letters: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="single code points, sorted, each once"):
        Vocabulary(letters)


def test_a_vocabulary_of_no_names_knows_the_end_token_alone() -> None:
    assert Vocabulary.of([]).size == 1
