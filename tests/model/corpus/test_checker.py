"""What a name has that no name of a list has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.corpus.checker import Checker, Novelty, Rate, rate_within


@pytest.mark.parametrize(
    ("names", "name", "novelty"),
    [
        (["Anna", "Bob"], "Abba", Novelty()),
        (["Anna", "Bob"], "AnnA", Novelty(casing=("^XxX",))),
        (["Anna", "Bob"], "Zan", Novelty(clusters=("z",))),
        (["தமிழ்", "கதி"], "தமீழ்", Novelty(clusters=("மீ",))),
        (["Γιώργος", "Μαρία"], "Μάρία", Novelty(clusters=("ά",), accents=("2",))),
        (["Γιώργος", "Μαρία"], "Μαρια", Novelty(accents=("0",))),
        (["Trần", "Nguyễn"], "Trần", Novelty()),
        (["מרים", "חיים"], "חיםמ", Novelty(places=("ם", "מ"))),
        (["Μαρία"] * 200 + ["Μαρια"], "Ριμαα", Novelty(accents=("0",))),
        (["Anna", "Bob"], "An", Novelty(lengths=(2,))),
    ],
)
def test_what_is_new_in_a_name_is_found(names: list[str], name: str, novelty: Novelty) -> None:
    assert Checker.of(names).check(name) == novelty
    assert bool(novelty) == (novelty != Novelty())


@given(st.lists(st.text(st.sampled_from("aAbéκά '-.\u0301มิםמ"), min_size=1), max_size=49))
def test_nothing_is_new_in_a_name_of_the_list(names: list[str]) -> None:
    assert not any(map(Checker.of(names).check, names))
    assert Checker.of(names).rate(names).any == 0


def test_the_rate_is_a_share_of_the_names_by_kind() -> None:
    rate = Checker.of(["Anna", "Bob"]).rate(["Abba", "Zan", "anna", "An"])
    assert rate == Rate(clusters=0.25, casing=0.25, lengths=0.25, any=0.75)


def test_the_halves_of_a_list_of_one_kind_have_next_to_nothing_new_for_each_other() -> None:
    ordinary = [(a + b + c).capitalize() for a in "bcdfg" for b in "aeiou" for c in "lmnrs"]
    assert rate_within(ordinary).any == 0
    assert rate_within([*ordinary, "McQueen"]).any == pytest.approx(1 / 126)
