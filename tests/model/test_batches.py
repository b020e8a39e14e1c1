from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from model.batches import OneByOne, Shuffled, by_length, pairs
from model.vocabulary import END, Vocabulary

LETTERS = Vocabulary(("a", "b", "c"))
NAMES = st.lists(st.text("abc", min_size=1, max_size=6), min_size=1, max_size=40, unique=True)


def spelled(targets: np.ndarray) -> list[str]:
    return [LETTERS.decode(column) for column in targets.T.tolist()]


@given(NAMES, st.integers(2, 9), st.booleans())
def test_an_epoch_has_every_name_once_in_batches_of_one_length(names: list[str], size: int, first_letter: bool) -> None:
    batches = Shuffled(names, LETTERS, first_letter, size)
    epoch = list(batches.epoch(np.random.default_rng(0)))
    assert len(epoch) == len(batches)
    assert all(inputs.shape == targets.shape and targets.shape[1] <= size for inputs, targets in epoch)
    read = [name for inputs, _ in epoch for name in spelled(inputs)]
    assert sorted(read) == sorted(names)


def test_orders_differ_from_epoch_to_epoch_and_agree_for_a_seed() -> None:
    batches = Shuffled([a + b + c for a in "abc" for b in "abc" for c in "abc"], LETTERS, True, 4)
    rng = np.random.default_rng(1)
    first, second = ([spelled(inputs) for inputs, _ in batches.epoch(rng)] for _ in range(2))
    assert first != second
    assert first == [spelled(inputs) for inputs, _ in batches.epoch(np.random.default_rng(1))]


def test_a_start_symbol_makes_the_first_letter_a_target() -> None:
    (letters,) = by_length(["abc"], LETTERS)
    inputs, targets = pairs(letters, first_letter=True)
    assert inputs.T.tolist() == [[END, 1, 2, 3]]
    assert targets.T.tolist() == [[1, 2, 3, END]]


def test_without_it_the_first_letter_is_given() -> None:
    (letters,) = by_length(["abc"], LETTERS)
    inputs, targets = pairs(letters, first_letter=False)
    assert inputs.T.tolist() == [[1, 2, 3]]
    assert targets.T.tolist() == [[2, 3, END]]


def test_the_recipe_draws_names_with_replacement() -> None:
    names = [a + b for a in "abc" for b in "abc"]
    drawn = [spelled(inputs)[0] for inputs, _ in OneByOne(names, LETTERS, False).epoch(np.random.default_rng(0))]
    assert len(drawn) == len(names)
    assert set(drawn) < set(names)
