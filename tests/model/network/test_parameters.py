from __future__ import annotations

import numpy as np

from model.network.parameters import NAMES, Parameters, initialise, shapes, size


def test_the_arrays_are_windows_on_the_flat_vector() -> None:
    parameters = Parameters.over(np.arange(size(3, 4), dtype=np.float64), 3, 4)
    assert np.concatenate([getattr(parameters, name).ravel() for name in NAMES]).tolist() == parameters.flat.tolist()
    assert {name: array.shape for name, array in parameters.arrays().items()} == shapes(3, 4)
    parameters.c[:] = -1
    assert parameters.flat[-3:].tolist() == [-1, -1, -1]


def test_the_stacked_matrices_are_the_arrays_one_behind_the_other() -> None:
    parameters = initialise(3, 4, np.random.default_rng(0))
    p = parameters
    np.testing.assert_array_equal(p.into_state, np.vstack([p.W, p.b, p.U]))
    np.testing.assert_array_equal(p.into_logits, np.vstack([p.V, p.c]))


def test_the_recurrent_weights_start_orthogonal() -> None:
    W = initialise(27, 64, np.random.default_rng(0), dtype=np.float64).W
    np.testing.assert_allclose(W @ W.T, 0.36 * np.eye(64), atol=1e-12)


def test_both_precisions_start_from_the_same_draws() -> None:
    single, double = (initialise(5, 8, np.random.default_rng(7), dtype=kind) for kind in (np.float32, np.float64))
    np.testing.assert_array_equal(single.flat, double.flat.astype(np.float32))


def test_a_copy_shares_nothing() -> None:
    parameters = initialise(3, 4, np.random.default_rng(0))
    other = parameters.copy()
    other.flat[:] = 0
    assert np.abs(parameters.W).max() > 0
