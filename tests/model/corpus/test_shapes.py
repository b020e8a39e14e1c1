"""Where the capitals and apostrophes of words are."""

import pytest

from model.corpus.shapes import shapes_of


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
