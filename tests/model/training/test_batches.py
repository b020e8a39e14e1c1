from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from model.corpus.vocabulary import END, Vocabulary
from model.network.batch import Batch
from model.training.batches import OneByOne, Shuffled, by_length, padded

LETTERS = Vocabulary(("a", "b", "c"))
NAMES = st.lists(st.text("abc", min_size=1, max_size=6), min_size=1, max_size=40, unique=True)


def unpacked(batch: Batch) -> list[tuple[str, str]]:
    """What each name of a batch reads and predicts, END as a dot."""
    starts = np.cumsum([0, *batch.counts])
    spelling = ("." + "".join(LETTERS.letters)).__getitem__
    names = []
    for name in range(batch.counts[0]):
        rows = [starts[t] + name for t, going in enumerate(batch.counts) if name < going]
        read, follow = ("".join(map(spelling, letters[rows])) for letters in (batch.inputs, batch.targets))
        names.append((read, follow))
    return names


@given(NAMES, st.integers(2, 9), st.booleans())
def test_an_epoch_has_every_name_once(names: list[str], size: int, first_letter: bool) -> None:
    batches = Shuffled(names, LETTERS, first_letter, size)
    epoch = list(batches.epoch(np.random.default_rng(0)))
    assert len(epoch) == len(batches)
    assert all(batch.counts[0] <= size for batch in epoch)
    assert all(sum(batch.counts) == len(batch.inputs) == len(batch.targets) for batch in epoch)
    read = sorted(pair for batch in epoch for pair in unpacked(batch))
    expected = [("." + name, name + ".") if first_letter else (name, name[1:] + ".") for name in names]
    assert read == sorted(expected)


def test_names_of_a_batch_fall_in_length() -> None:
    (batch,) = Shuffled(["a", "abc", "ab", "ba"], LETTERS, True, 4).epoch(np.random.default_rng(0))
    assert batch.counts == [4, 4, 3, 1]
    assert [len(read) for read, _ in unpacked(batch)] == [4, 3, 3, 2]


def test_orders_differ_from_epoch_to_epoch_and_agree_for_a_seed() -> None:
    batches = Shuffled([a + b + c for a in "abc" for b in "abc" for c in "abc"], LETTERS, True, 4)
    rng = np.random.default_rng(1)
    first, second = ([unpacked(batch) for batch in batches.epoch(rng)] for _ in range(2))
    assert first != second
    assert first == [unpacked(batch) for batch in batches.epoch(np.random.default_rng(1))]


def test_a_start_symbol_makes_the_first_letter_a_target() -> None:
    ((inputs, targets),) = by_length(["abc"], LETTERS, first_letter=True)
    assert inputs.T.tolist() == [[END, 1, 2, 3]]
    assert targets.T.tolist() == [[1, 2, 3, END]]


def test_without_it_the_first_letter_is_given() -> None:
    ((inputs, targets),) = by_length(["abc"], LETTERS, first_letter=False)
    assert inputs.T.tolist() == [[1, 2, 3]]
    assert targets.T.tolist() == [[2, 3, END]]


def test_the_recipe_draws_names_with_replacement() -> None:
    names = [a + b for a in "abc" for b in "abc"]
    drawn = [unpacked(batch)[0][0] for batch in OneByOne(names, LETTERS, False).epoch(np.random.default_rng(0))]
    assert len(drawn) == len(names)
    assert set(drawn) < set(names)


@given(st.lists(st.text("abc", min_size=1, max_size=7), max_size=30), st.integers(1, 9))
def test_padded_names_are_those_of_equal_lengths_with_nothing_used_beyond_their_ends(
    names: list[str], size: int
) -> None:
    pieces = padded(names, LETTERS, size)
    assert [piece.inputs.shape[1] for piece in pieces] == [
        min(size, len(names) - start) for start in range(0, len(names), size)
    ]
    read = [column for piece in pieces for column in zip(piece.inputs.T, piece.targets.T, piece.used.T, strict=True)]
    expected = [
        column for group in by_length(names, LETTERS, True) for column in zip(*(a.T for a in group), strict=True)
    ]
    for (inputs, targets, used), (own_inputs, own_targets) in zip(read, expected, strict=True):
        assert used.tolist() == [place < len(own_targets) for place in range(len(used))]
        np.testing.assert_array_equal(inputs[used], own_inputs)
        np.testing.assert_array_equal(targets[used], own_targets)
