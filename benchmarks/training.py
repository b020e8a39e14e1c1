"""Training beside PyTorch and JAX, and how near it comes to what the machine's matrix products allow.

All learn the same names with the same cell, width, batch size, precision and optimiser, and read the loss of each step.
Ours goes through the batches of a training, names of any lengths in random order; the others read names of equal length
together, as their users would, since that is quickest for them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median

import numpy as np

from benchmarks import peers_training as peers
from benchmarks.comparison_table import Figure
from benchmarks.timing import matrix_rate, ratios, turns
from model.corpus.bundled import bundled_path
from model.corpus.corpus import Corpus
from model.corpus.vocabulary import Vocabulary
from model.network.batch import Batch
from model.network.network import Network
from model.network.shape import Shape
from model.training.batches import EqualLengths, Shuffled, by_length
from model.training.hyperparameters import Hyperparameters
from model.training.updates import make_update

BATCH, BATCHES = 128, 10
RATE = 1e-3
ROUNDS = 9

AIMS = {
    ("vanilla", 128): {"JAX": 1.8, "PyTorch": 3.5},
    ("vanilla", 256): {"JAX": 1.8, "PyTorch": 3.5},
    ("gru", 256): {"JAX": 1.35},
}
"""Least ratios to the peers, by cell and units."""

PRODUCT_SHARE = 0.75
"""Least share of the machine's matrix-product rate that the GRU's products make up, all else a step does included."""


def figures(quick: bool) -> Iterator[Figure]:
    """Names a second of each cell and width, against each way of writing it in PyTorch and JAX."""
    corpus = Corpus.read(bundled_path("us"))
    names, equal = sample(corpus)
    batches = list(Shuffled(names, corpus.vocabulary, True, BATCH).epoch(np.random.default_rng(0)))
    for (cell, hidden), aims in AIMS.items():
        yield from _beside_peers(cell, hidden, batches, equal, corpus.vocabulary, aims, 2 if quick else ROUNDS)


def sample(corpus: Corpus) -> tuple[list[str], list[EqualLengths]]:
    """Names by chance, and the same ones in full batches of equal length."""
    rng = np.random.default_rng(0)
    groups: dict[int, list[str]] = {}
    for name in rng.permutation(np.array(corpus.split().train)).tolist():
        groups.setdefault(len(name), []).append(name)
    full = [group[start : start + BATCH] for group in groups.values() for start in range(0, len(group), BATCH)]
    full = [full[place] for place in rng.permutation(len(full)) if len(full[place]) == BATCH][:BATCHES]
    equal = [pairs for some in full for pairs in by_length(some, corpus.vocabulary, True)]
    return [name for some in full for name in some], [EqualLengths(*map(np.ascontiguousarray, each)) for each in equal]


def _beside_peers(
    cell: str,
    hidden: int,
    batches: list[Batch],
    equal: list[EqualLengths],
    vocabulary: Vocabulary,
    aims: dict[str, float],
    rounds: int,
) -> Iterator[Figure]:
    """Ours and the peers in turns."""
    network = Network.initialise(Shape(cell, vocabulary.size, hidden), np.random.default_rng(0))
    weights = network.parameters.copy().arrays()
    contestants: dict[str, Callable[[], object]] = {"ours": lambda: [update(batch, RATE) for batch in batches]}
    plan = Hyperparameters("default", hidden, len(batches), BATCH, "adam", RATE, cell=cell)
    update = make_update(network, plan, np.random.default_rng(0))
    for framework, make in (("PyTorch", peers.pytorch), ("JAX", peers.jax)):
        for variant, run in make(cell, weights, RATE).items():
            contestants[f"{framework}, {variant}"] = partial(run, equal)
    rates: list[float] = []
    contestants["matrix products"] = lambda: rates.append(matrix_rate(0.05, time.process_time))
    seconds = turns(contestants, rounds, time.process_time)
    ours = seconds.pop("ours")
    seconds.pop("matrix products")
    names = BATCH * len(equal)
    subject = f"training, {'RNN' if cell == 'vanilla' else 'GRU'} {hidden}, batch {BATCH}"
    for peer, theirs in seconds.items():
        aim = aims.get(peer.partition(",")[0])
        yield Figure(subject, names / median(ours), "names/s", peer, ratios(theirs, ours), aim)
    reached = [products(network.shape, batches) / taken / 1e9 for taken in ours]
    yield Figure(
        f"{subject}: its products",
        median(reached),
        "GFLOP/s",
        "matrix products of the same run",
        ratios(reached, rates[1:]),
        PRODUCT_SHARE if cell == "gru" else None,
    )


def products(shape: Shape, batches: list[Batch]) -> float:
    """Floating-point operations of the matrix products that steps on these batches need.

    Three of the recurrent matrix with the rows that go on, and three of the output layer with all rows.
    """
    h, v, gates = shape.hidden, shape.vocabulary, 1 if shape.cell == "vanilla" else 3
    shared = [batch.shared() for batch in batches]
    return sum(6 * batch.going_on * h * gates * h + 6 * len(batch.inputs) * h * v for batch in shared)
