"""What a list's names are put together from."""

from model.corpus.casing import Casing
from model.corpus.patterns import Patterns


def test_words_of_letters_alone_need_no_patterns() -> None:
    assert Patterns.of(["anna", "zoe"], Casing.TITLE) == Patterns((), (), ())
    assert Patterns.of(["anna", "groß"], Casing.TITLE) == Patterns((), (), ("^Xx",))
    assert Patterns.of(["שלום"] * 10, Casing.LOWER).finals == ("ם",)


def test_the_patterns_are_those_of_the_names_as_they_are_written() -> None:
    casing = Casing.of(["McKay", "O'Brien", "Άννα"])
    assert Patterns.of(["mckay", "o'brien", "άννα"], casing) == Patterns((), ("0", "1"), ("^X'Xx", "^Xx", "^XxXx"))
    assert Patterns.of(["தமிழ்"], Casing.LOWER) == Patterns(("மி", "ழ்"), (), ("^o",))
