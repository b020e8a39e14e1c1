"""Where the capitals and apostrophes of words are."""

import pytest

from model.corpus.shapes import MANY, shape_patterns, shapes_of


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("Anna", {"^Xx"}),
        ("Jean-Luc", {"^Xx", "-Xx"}),
        ("van der Berg", {"^x", " x", " Xx"}),
        ("McKay", {"^XxXx"}),
        ("O'Brien", {"^X'Xx"}),
        ("J. R.", {"^Xx", " Xx"}),
        ("R2-D2", {"^Xx", "-Xx"}),
        ("SHallinge", {"^XXx"}),
        ("WelloryL", {"^XxX"}),
        ("春香", {"^o"}),
        ("தமிழ்", {"^o"}),
    ],
)
def test_each_word_has_a_shape(name: str, shapes: set[str]) -> None:
    assert shapes_of(name) == shapes


def test_a_shape_that_one_name_of_a_long_list_has_alone_is_a_slip() -> None:
    odd = ["Mary", "R2-D2", "O'B'ri", "McKay", "McVeigh"]
    assert shape_patterns(odd) == ("-Xx", "^X'X'x", "^Xx", "^XxXx")
    assert shape_patterns([*["Anna"] * MANY, *odd]) == ("^Xx", "^XxXx")
    assert shape_patterns([f"{name}{number}-D{number}" for number in range(9) for name in "RC" * 99]) == ("-Xx", "^Xx")
