"""Axes:  b names in the batch   t letters along a name   v vocabulary   h hidden units."""

from __future__ import annotations

import numpy as np
import pytest

from model import cells
from model.network import Backpropagation, Dropout, IntArray, log_probabilities
from model.parameters import NAMES, FloatArray, Parameters, initialise
from tests.literal_recipe import LiteralRecipe

V, H, T, B = 7, 5, 4, 3
STEP = 1e-6


def network(seed: int = 0) -> Parameters:
    """Float64 weights with nothing at nought, biases included."""
    rng = np.random.default_rng(seed)
    parameters = initialise(V, H, rng, dtype=np.float64)
    parameters.flat[:] += rng.normal(0, 0.3, parameters.flat.size)
    return parameters


def batch(seed: int = 1, times: int = T, names: int = B) -> tuple[IntArray, IntArray]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, V, (times, names)), rng.integers(0, V, (times, names))


def masks(seed: int = 2) -> Dropout:
    rng = np.random.default_rng(seed)
    return Dropout(*(np.where(rng.random((B, H)) < 0.4, 0, 1 / 0.6) for _ in range(2)))


@pytest.mark.parametrize("dropout", [None, masks()], ids=["whole", "dropout"])
@pytest.mark.parametrize("weight", NAMES)
def test_backward_agrees_with_central_differences(weight: str, dropout: Dropout | None) -> None:
    parameters, (inputs, targets) = network(), batch()
    backpropagate = Backpropagation(parameters)
    backpropagate(inputs, targets, 0.5, dropout)
    gradient = getattr(backpropagate.gradient, weight).copy()

    weights: FloatArray = getattr(parameters, weight)
    numeric = np.empty_like(gradient)
    for place in np.ndindex(*weights.shape):
        kept = weights[place]
        weights[place] = kept + STEP
        above = backpropagate(inputs, targets, 0.5, dropout)
        weights[place] = kept - STEP
        below = backpropagate(inputs, targets, 0.5, dropout)
        weights[place] = kept
        numeric[place] = 0.5 * (above - below) / (2 * STEP)

    assert np.linalg.norm(gradient) > 0.01
    assert np.linalg.norm(gradient - numeric) <= 1e-6 * np.linalg.norm(numeric)


def test_a_batch_of_one_has_the_loss_and_gradient_of_the_literal_transcription() -> None:
    parameters, (inputs, targets) = network(), batch(names=1)
    backpropagate = Backpropagation(parameters)
    loss = backpropagate(inputs, targets, 1.0)
    p, g = parameters, backpropagate.gradient
    literal = LiteralRecipe(p.U.T.copy(), p.W.T.copy(), p.V.T.copy(), p.b.copy(), p.c.copy())
    expected, d = literal.gradient(inputs[:, 0].tolist(), targets[:, 0].tolist())
    assert loss == pytest.approx(expected, rel=1e-13)
    for name, ours in g.arrays().items():
        np.testing.assert_allclose(ours.T, d[name], rtol=0, atol=1e-13)


def test_a_batch_is_the_sum_of_its_names() -> None:
    parameters, (inputs, targets) = network(), batch()
    backpropagate = Backpropagation(parameters)
    whole = backpropagate(inputs, targets, 1.0)
    gradient = backpropagate.gradient.flat.copy()
    alone, total = 0.0, np.zeros_like(gradient)
    for name in range(B):
        alone += backpropagate(inputs[:, name : name + 1], targets[:, name : name + 1], 1.0)
        total += backpropagate.gradient.flat
    assert whole == pytest.approx(alone, rel=1e-13)
    np.testing.assert_allclose(gradient, total, rtol=0, atol=1e-12)


def test_the_loss_is_the_negative_sum_of_the_log_probabilities() -> None:
    parameters, (inputs, targets) = network(), batch()
    loss = Backpropagation(parameters)(inputs, targets, 1.0)
    assert loss == pytest.approx(-log_probabilities(parameters, inputs, targets).sum(), rel=1e-13)


def test_memory_kept_from_a_larger_batch_does_not_leak_into_a_smaller_one() -> None:
    parameters = network()
    used, fresh = Backpropagation(parameters), Backpropagation(parameters)
    used(*batch(seed=5, times=9, names=11), 1.0, None)
    small = batch(seed=6, times=1, names=2)
    assert used(*small, 1.0) == fresh(*small, 1.0)
    np.testing.assert_array_equal(used.gradient.flat, fresh.gradient.flat)


@pytest.mark.parametrize("shift", [1e4, -1e4])
def test_logits_beyond_the_range_of_exp_lose_nothing(shift: float) -> None:
    plain, shifted = network(), network()
    shifted.c[:] += shift
    inputs, targets = batch()
    assert Backpropagation(shifted)(inputs, targets, 1.0) == pytest.approx(
        Backpropagation(plain)(inputs, targets, 1.0), rel=1e-9
    )


def test_float32_agrees_with_float64_to_its_own_precision() -> None:
    double, (inputs, targets) = network(), batch()
    single = double.copy(np.float32)
    ours, theirs = Backpropagation(single), Backpropagation(double)
    assert ours(inputs, targets, 1.0) == pytest.approx(theirs(inputs, targets, 1.0), rel=1e-6)
    np.testing.assert_allclose(ours.gradient.flat, theirs.gradient.flat, rtol=0, atol=1e-5)
    assert ours.gradient.flat.dtype == np.float32


def test_the_cell_is_the_equation() -> None:
    rng = np.random.default_rng(3)
    W, inputs = rng.normal(size=(H, H)), rng.normal(size=(2, B, H))
    states = np.zeros((3, B, H))
    cells.forward(states, states[:-1], inputs, W, None)
    np.testing.assert_allclose(states[1], np.tanh(inputs[0]))
    np.testing.assert_allclose(states[2], np.tanh(inputs[1] + states[1] @ W))
