"""What a list's names are put together from."""

from model.corpus.casing import Casing
from model.corpus.patterns import Patterns
from model.corpus.places import places_of


def test_words_of_letters_alone_need_no_patterns() -> None:
    assert Patterns.of(["anna", "zoe"], Casing.TITLE) == Patterns(fewest_letters=4)
    assert Patterns.of(["anna", "groß"], Casing.TITLE) == Patterns(shapes=("^Xx",), fewest_letters=4)


def test_the_places_of_letters_are_among_the_patterns() -> None:
    patterns = Patterns.of(["שלום", "מרים"], Casing.LOWER)
    assert (patterns.finals, patterns.nonfinals) == (("ם",), ("מ",))
    assert patterns.places == places_of(["שלום", "מרים"])


def test_the_patterns_are_those_of_the_names_as_they_are_written() -> None:
    casing = Casing.of(["McKay", "O'Brien", "Άννα"])
    assert Patterns.of(["mckay", "o'brien", "άννα"], casing) == Patterns(
        accents=("1",), shapes=("^X'Xx", "^Xx", "^XxXx"), fewest_letters=5
    )
    assert Patterns.of(["தமிழ்"], Casing.LOWER) == Patterns(("மி", "ழ்"), shapes=("^o",), fewest_letters=5)


def test_the_fewest_letters_are_those_of_the_second_shortest_name() -> None:
    assert Patterns.of(["x", "ann", "anna"], Casing.TITLE).fewest_letters == 3
    assert Patterns.of([], Casing.TITLE).fewest_letters == 0
