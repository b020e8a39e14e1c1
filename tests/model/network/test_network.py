from __future__ import annotations

import tracemalloc
from threading import Barrier, Lock, Thread

import numpy as np
import pytest

from model.network.network import Network
from model.network.shape import Shape


def network(vocabulary: int, hidden: int, seed: int = 0, dtype: type = np.float64) -> Network:
    return Network.initialise(Shape("vanilla", vocabulary, hidden), np.random.default_rng(seed), dtype)


def test_the_sizes_are_those_it_was_made_with() -> None:
    made = network(27, 64)
    assert (made.vocabulary, made.hidden) == (27, 64)
    assert {name: array.shape for name, array in made.parameters.arrays().items()} == made.shape.layout()


def test_the_recurrent_weights_start_orthogonal() -> None:
    W = network(27, 64).parameters["W"]
    np.testing.assert_allclose(W @ W.T, 0.36 * np.eye(64), atol=1e-12)


def test_both_precisions_start_from_the_same_draws() -> None:
    single, double = (network(5, 8, 7, kind).parameters.flat for kind in (np.float32, np.float64))
    np.testing.assert_array_equal(single, double.astype(np.float32))


def test_other_weights_in_the_same_architecture_share_nothing_with_the_first() -> None:
    made = network(3, 4)
    other = made.with_weights(made.parameters.flat.copy())
    other.parameters.flat[:] = 0
    assert np.abs(made.parameters["W"]).max() > 0
    assert other.parameters.layout == made.parameters.layout


@pytest.mark.parametrize("shape", [Shape("vanilla", 5, 300), Shape("gru", 5, 120, layers=2)], ids=["vanilla", "gru"])
def test_names_are_read_in_blocks_as_each_is_by_itself(shape: Shape) -> None:
    rng = np.random.default_rng(0)
    network = Network.initialise(shape, rng, np.float64)
    hidden = rng.normal(size=(50, shape.layers * shape.hidden))
    letters, rows = rng.integers(0, 5, 500), rng.integers(0, 50, 500)
    together = network.read(letters, hidden, rows)
    alone = [network.step(letters[place : place + 1], hidden[rows[place : place + 1]])[0] for place in range(500)]
    np.testing.assert_allclose(together, alone, atol=1e-12)


def test_threads_that_read_in_turn_share_the_buffers() -> None:
    network = Network.initialise(Shape("gru", 27, 64, 2), np.random.default_rng(0))
    letters, hidden = np.zeros(192, int), network.start(192)
    turn, all_have_read = Lock(), Barrier(8)

    def read() -> None:
        with turn:
            network.step(letters, hidden)
        all_have_read.wait(60)

    network.step(letters, hidden)
    threads = [Thread(target=read) for _ in range(8)]
    tracemalloc.start()
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * hidden.nbytes  # what the threads return, and no buffers of their own, of some times the size
