from __future__ import annotations

import itertools

import numpy as np
import pytest

from model.network import optimizers
from model.network.network import Network
from model.network.optimizers import BLOCK, Adam, Sgd, clip, constant, cosine, decay
from model.network.shape import Shape


def test_adam_follows_algorithm_1_of_its_paper() -> None:
    rng = np.random.default_rng(0)
    weights, expected = np.ones(5), np.ones(5)
    adam = Adam(5, np.dtype(np.float64))
    m, v = np.zeros(5), np.zeros(5)
    for t in range(1, 21):
        g = rng.normal(size=5)
        m = 0.9 * m + 0.1 * g
        v = 0.99 * v + 0.01 * g**2
        expected -= 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-8)
        adam.step(weights, g.copy(), 0.01)
    np.testing.assert_allclose(weights, expected, rtol=1e-12)


def test_adam_restored_from_its_state_goes_on_as_if_never_stopped() -> None:
    gradients = np.random.default_rng(0).normal(size=(10, 4))
    whole, halves = np.ones(4), np.ones(4)
    one, first, second = (Adam(4, np.dtype(np.float64)) for _ in range(3))
    for g in gradients:
        one.step(whole, g.copy(), 0.1)
    for g in gradients[:5]:
        first.step(halves, g.copy(), 0.1)
    second.restore(first.state(), first.steps)
    for g in gradients[5:]:
        second.step(halves, g.copy(), 0.1)
    assert whole.tolist() == halves.tolist()


def test_adam_with_a_rate_for_each_weight_is_one_adam_for_each_rate() -> None:
    gradients = np.random.default_rng(0).normal(size=(20, 6))
    factors = np.array([1.0, 30.0, 1.0, 0.5, 30.0, 1.0])
    weights = np.ones(6)
    adam = Adam(6, np.dtype(np.float64), factors=factors)
    for g in gradients:
        adam.step(weights, g.copy(), 0.01)
    for factor in (1.0, 30.0, 0.5):
        own = factors == factor
        alone, other = np.ones(own.sum()), Adam(own.sum(), np.dtype(np.float64))
        for g in gradients:
            other.step(alone, g[own], 0.01 * factor)
        np.testing.assert_allclose(weights[own], alone, rtol=1e-12)


@pytest.mark.parametrize("factors", [False, True], ids=["one rate", "a rate for each weight"])
@pytest.mark.parametrize("size", [BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 5])
def test_adam_in_blocks_makes_the_same_bits_as_in_one_pass(
    size: int, factors: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    start, gradients = rng.normal(size=size).astype(np.float32), rng.normal(size=(3, size)).astype(np.float32)
    rates = rng.uniform(1, 30, size).astype(np.float32) if factors else None
    results = []
    for block in (BLOCK, 3 * BLOCK):
        monkeypatch.setattr(optimizers, "BLOCK", block)
        weights, adam = start.copy(), Adam(size, start.dtype, factors=rates)
        for gradient in gradients:
            adam.step(weights, gradient.copy(), 0.01)
        results.append((weights.tobytes(), {name: array.tobytes() for name, array in adam.state().items()}))
    assert results[0] == results[1]


def test_sgd_goes_against_the_gradient() -> None:
    weights = np.array([1.0, 2.0])
    Sgd().step(weights, np.array([10.0, -10.0]), 0.1)
    assert weights.tolist() == [0.0, 3.0]


def test_clipping_keeps_the_direction_and_bounds_the_length() -> None:
    gradient = np.array([3.0, 4.0])
    clip(gradient, 1.0)
    np.testing.assert_allclose(gradient, [0.6, 0.8])
    clip(gradient, 2.0)
    np.testing.assert_allclose(gradient, [0.6, 0.8])


def test_decay_shrinks_matrices_and_leaves_biases() -> None:
    parameters = Network.initialise(Shape("vanilla", 3, 4), np.random.default_rng(0), np.float64).parameters
    parameters["b"][:] = parameters["c"][:] = 1
    before = parameters.copy()
    decay(parameters, 0.25)
    for name in "WUV":
        np.testing.assert_allclose(parameters[name], 0.75 * before[name])
    assert parameters["b"].tolist() == [1] * 4
    assert parameters["c"].tolist() == [1] * 3


def test_the_cosine_rises_over_the_warm_up_and_falls_to_zero() -> None:
    rates = [cosine(step, 1000, 100) for step in range(1001)]
    assert rates[0] == pytest.approx(1 / 101)
    assert rates[99] == pytest.approx(100 / 101)
    assert rates[100] == 1
    assert rates[550] == pytest.approx(0.5)
    assert rates[1000] == pytest.approx(0, abs=1e-12)
    assert all(later < earlier for earlier, later in itertools.pairwise(rates[100:]))
    assert [constant(step, 1000, 3) for step in range(5)] == [0.25, 0.5, 0.75, 1, 1]
