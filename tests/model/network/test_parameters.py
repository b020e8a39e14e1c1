from __future__ import annotations

import numpy as np
import pytest

from model.network.parameters import Parameters, size

LAYOUT = {"W": (4, 4), "b": (4,), "U": (3, 4), "V": (4, 3), "c": (3,)}


def test_the_arrays_are_windows_on_the_flat_vector_in_the_order_of_the_layout() -> None:
    parameters = Parameters(np.arange(size(LAYOUT), dtype=np.float64), LAYOUT)
    arrays = parameters.arrays()
    assert np.concatenate([array.ravel() for array in arrays.values()]).tolist() == parameters.flat.tolist()
    assert {name: array.shape for name, array in arrays.items()} == LAYOUT
    parameters["c"][:] = -1
    assert parameters.flat[-3:].tolist() == [-1, -1, -1]


def test_neighbours_stack_to_one_matrix_that_is_a_window_too() -> None:
    p = Parameters(np.arange(size(LAYOUT), dtype=np.float64), LAYOUT)
    np.testing.assert_array_equal(p.stack("W", "b", "U"), np.vstack([p["W"], p["b"], p["U"]]))
    np.testing.assert_array_equal(p.stack("V", "c"), np.vstack([p["V"], p["c"]]))
    p.stack("V", "c")[-1] = 7
    assert p["c"].tolist() == [7, 7, 7]


def test_arrays_that_are_no_neighbours_do_not_stack() -> None:
    with pytest.raises(ValueError, match="W, U are no neighbours"):
        Parameters.zeros(LAYOUT).stack("W", "U")


@pytest.mark.parametrize("missing", [-1, 1])
def test_a_vector_of_another_size_than_the_layout_is_refused(missing: int) -> None:
    with pytest.raises(ValueError, match="the layout has"):
        Parameters(np.zeros(size(LAYOUT) + missing), LAYOUT)


def test_the_matrices_are_all_but_the_biases() -> None:
    assert [matrix.shape for matrix in Parameters.zeros(LAYOUT).matrices()] == [(4, 4), (3, 4), (4, 3)]


def test_a_copy_shares_nothing() -> None:
    parameters = Parameters(np.ones(size(LAYOUT)), LAYOUT)
    parameters.copy().flat[:] = 0
    assert parameters["W"].min() == 1
