from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.corpus.vocabulary import Vocabulary
from model.network.backpropagation import Backpropagation
from model.network.batch import SHARED_LETTERS, Batch
from model.network.dropout import DropoutMasks
from model.network.network import Network
from model.network.shape import CELLS, Shape
from model.training.batches import Shuffled

LETTERS = Vocabulary(("a", "b", "c"))
NAMES = st.lists(st.text("abc", min_size=1, max_size=7), min_size=1, max_size=40, unique=True)


def packed(names: list[str], first_letter: bool) -> Batch:
    (batch,) = Shuffled(names, LETTERS, first_letter, max(2, len(names))).epoch(np.random.default_rng(0))
    return batch


@given(NAMES, st.booleans())
def test_names_that_begin_alike_have_one_row_for_each_of_their_first_letters(
    names: list[str], first_letter: bool
) -> None:
    batch = packed(names, first_letter)
    shared = batch.shared()
    read = ["." * first_letter + name for name in names]
    for letter, count in enumerate(shared.counts):
        reach = [name[: letter + 1] for name in read if len(name) > letter]
        assert count == (len(set(reach)) if letter < SHARED_LETTERS else len(reach))
    assert sum(shared.counts) == len(shared.inputs)
    assert shared.rows is not None
    np.testing.assert_array_equal(shared.inputs[shared.rows], batch.inputs)
    np.testing.assert_array_equal(shared.targets, batch.targets)


@pytest.mark.no_cover  # thousands of batches; every training runs the same lines
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
@given(names=NAMES, first_letter=st.booleans())
def test_rows_that_names_share_leave_loss_and_gradient_as_they_are(
    cell: str, layers: int, names: list[str], first_letter: bool
) -> None:
    batch = packed(names, first_letter)
    network = Network.initialise(Shape(cell, LETTERS.size, 5, layers), np.random.default_rng(0), np.float64)
    together, apart = Backpropagation(network), Backpropagation(network)
    of_each_name = DropoutMasks(output=np.ones((len(names), layers * 5)))  # masks belong to names, so none share
    assert together(batch, 0.5) == pytest.approx(apart(batch, 0.5, of_each_name), rel=1e-12)
    np.testing.assert_allclose(together.gradient.flat, apart.gradient.flat, rtol=0, atol=1e-11)


def test_a_batch_keeps_the_sums_of_its_rows_by_parent() -> None:
    step = next(packed(["ab", "ac", "ba", "b"], True).shared().steps())
    rows = np.arange(4.0).reshape(2, 2)
    np.testing.assert_array_equal(step.collect(rows), [[2, 4]])
    np.testing.assert_array_equal(step.spread(np.array([[5.0, 6.0]])), [[5, 6], [5, 6]])
