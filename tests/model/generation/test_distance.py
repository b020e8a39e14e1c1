"""How hard it is to confuse two names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.generation.distance import Traits, distances

NAMES = st.lists(st.text("abcdeéklmnorstuvzδиヤ ", min_size=1, max_size=10), min_size=1, max_size=6)


def distance(first: str, second: str) -> float:
    return float(distances(Traits.of([first]), Traits.of([second]))[0, 0])


@given(NAMES)
def test_distances_are_from_nothing_to_one_and_the_same_both_ways(names: list[str]) -> None:
    traits = Traits.of(names)
    table = distances(traits, traits)
    assert table.shape == (len(names), len(names))
    assert (table >= 0).all()
    assert (table <= 1 + 1e-6).all()
    np.testing.assert_allclose(table, table.T, atol=1e-6)
    np.testing.assert_allclose(np.diag(table), 0, atol=1e-6)


@pytest.mark.parametrize(
    ("alike", "apart"),
    [
        (("Jon", "John"), ("Jon", "Rickon")),  # in sound
        (("Kathryn", "Catherine"), ("Kathryn", "Melisandre")),  # in sound, with other letters
        (("Sauron", "Saruman"), ("Sauron", "Gandalf")),  # in letters
        (("Boromir", "Faramir"), ("Boromir", "Legolas")),  # in their ends
        (("Bodo", "Lima"), ("Bodo", "Ilse")),  # in rhythm
        (("Μαρία", "Μαρίνα"), ("Μαρία", "Ευγενία")),
    ],
)
def test_names_that_are_alike_are_nearer(alike: tuple[str, str], apart: tuple[str, str]) -> None:
    assert distance(*alike) < distance(*apart) - 0.03


def test_names_of_every_script_are_compared_as_they_are_read() -> None:
    assert distance("José", "jose") == 0
    assert distance("Иван", "Ivan") == 0
    assert distance("サトウ", "Sato") == 0


def test_the_figures_are_those_of_the_formula() -> None:
    # letters 2 of 3, sound (KT, TK) 2 of 2, rhythm 0, initials differ
    assert distance("kat", "tak") == pytest.approx(0.75 * 2 / 3 + 0.1)


def test_only_the_beginnings_of_very_long_names_are_compared() -> None:
    assert distance("ma" * 24 + "x", "ma" * 24 + "yz") == 0
    assert distance("ma" * 23 + "x", "ma" * 23 + "yz") > 0
