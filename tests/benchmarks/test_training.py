from __future__ import annotations

from statistics import mode

import numpy as np
import pytest

from benchmarks import peers_training
from benchmarks.training import products, sample
from model.corpus.corpus import Corpus
from model.network.batch import Batch
from model.network.network import Network
from model.network.shape import CELLS, Shape
from model.training.hyperparameters import Hyperparameters
from model.training.updates import make_update
from tests.support.bundled_lists import read_bundled


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return read_bundled("us")


@pytest.mark.parametrize("framework", ["torch", "jax"])
@pytest.mark.parametrize("cell", CELLS)
def test_a_peer_learns_what_ours_learns(cell: str, framework: str, corpus: Corpus) -> None:
    pytest.importorskip(framework)
    _, equal = sample(corpus)
    length = mode(len(batch.inputs) for batch in equal)
    alike = [
        batch for batch in equal if len(batch.inputs) == length
    ]  # JAX takes seconds to compile a step for a length
    assert len(alike) == 3
    network = Network.initialise(Shape(cell, corpus.vocabulary.size, 16), np.random.default_rng(0))
    make = peers_training.pytorch if framework == "torch" else peers_training.jax
    runs = make(cell, network.parameters.copy().arrays(), 0.01)
    update = make_update(network, Hyperparameters("", 16, 3, 128, "adam", 0.01, cell=cell), np.random.default_rng(0))
    ours = [update(Batch(x.ravel(), y.ravel(), [x.shape[1]] * len(x)), 0.01) / x.size for x, y in alike]
    for losses in (run(alike) for run in runs.values()):
        assert losses == pytest.approx(ours, rel=1e-5)


def test_both_kinds_of_batches_hold_the_same_letters(corpus: Corpus) -> None:
    names, equal = sample(corpus)
    assert sum(len(name) + 1 for name in names) == sum(batch.inputs.size for batch in equal)


def test_the_operations_of_one_name_are_those_of_its_letters() -> None:
    alone = Batch(np.array([0, 1, 2]), np.array([1, 2, 0]), [1, 1, 1])
    assert products(Shape("gru", 5, 4), [alone]) == 3 * 2 * (2 * 4 * 12 + 3 * 4 * 5)
