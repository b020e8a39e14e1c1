"""Drawing names: against the literal loop, JAX and PyTorch, libraries that look names up, and the matrix products."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import numpy as np

from benchmarks import sampling_peers as peers
from benchmarks.comparison_table import Figure
from benchmarks.timing import ratios, turns
from model.artifact import model_file
from model.artifact.model_file import Artifact
from model.corpus.bundled import bundled_path
from model.corpus.corpus import Corpus
from model.generation.beginnings import NONE
from model.generation.options import Options
from model.generation.predictor import Predictor
from model.generation.sampling import draw
from model.generation.served import predictor_of
from model.network.parameters import IntArray
from model.training.loop import Training
from model.training.presets import default

WEIGHTS = Path(__file__).parents[1] / "weights"
COUNT = 1_000
SINGLE = 200
"""Names that are drawn one by one in a turn."""

STOCK = 4_096
"""Names that are drawn at once where they are drawn ahead of requests."""

EPOCHS = 2
"""After which names of the network have about the length of the list's."""

MODEL = Options(top_p=1, unique=False, decent=False)
"""The model itself, as the peers draw."""


def figures(quick: bool) -> Iterator[Figure]:
    """Names a second, strings included."""
    rounds = 5 if quick else 15
    model = rnn_128()
    yield from _at_once(model, rounds)
    yield from _one_by_one(model, rounds)
    yield from _bundled(rounds)


def rnn_128() -> Artifact:
    """A plain network of 128 units, trained on the US names for a few seconds; the rest is as in a bundled model."""
    corpus = Corpus.read(bundled_path("us"))
    plan = default(len(corpus.split().train))
    steps = EPOCHS * -(-len(corpus.split().train) // plan.batch)
    plan = replace(plan, cell="vanilla", hidden=128, steps=steps, report_every=steps, point_every=steps, dropout=0.0)
    training = Training(corpus, replace(plan, recurrent_dropout=0.0), 0)
    for _ in training.run():
        pass
    bundled = model_file.load(WEIGHTS / "us-seed.npz")
    return replace(bundled, network=training.result(), vocabulary=training.vocabulary, first_letters=None)


def _at_once(model: Artifact, rounds: int) -> Iterator[Figure]:
    predictor, rng = predictor_of(model), np.random.default_rng(0)
    variants = peers.jax_variants(model, COUNT)
    seconds = turns(variants, 3, process_time)
    best = min(seconds, key=lambda variant: median(seconds[variant]))
    plain = min(
        (variant for variant in seconds if "scan, categorical" in variant), key=lambda one: median(seconds[one])
    )
    listed = Corpus.read(bundled_path("us")).names
    contestants: dict[str, Callable[[], object]] = {
        "": lambda: draw(predictor, COUNT, MODEL, rng).names,
        f"JAX ({plain})": variants[plain],
        f"JAX at its best ({best})": variants[best],
        "PyTorch": peers.torch_rnn(model, COUNT),
        "literal loop": peers.literal(model, COUNT, rng),
        "Faker first_name()": peers.faker(COUNT),
        "Mimesis first_name()": peers.mimesis(COUNT),
        "markovify, 3 letters": peers.markovify(listed, COUNT),
    }
    targets = {"JAX (": 4.0, "Faker": 12.0}
    yield from _compared(f"drawing, RNN 128, {COUNT:,} names at once", contestants, targets, COUNT, rounds)


def _one_by_one(model: Artifact, rounds: int) -> Iterator[Figure]:
    predictor, rng = predictor_of(model), np.random.default_rng(0)
    contestants: dict[str, Callable[[], object]] = {
        "": lambda: [draw(predictor, 1, MODEL, rng).names[0] for _ in range(SINGLE)],
        "literal loop": peers.literal(model, SINGLE, rng),
    }
    yield from _compared("drawing, RNN 128, one name", contestants, {"literal loop": 4.0}, SINGLE, rounds)


def _bundled(rounds: int) -> Iterator[Figure]:
    """The bundled models: `us` against its matrix products alone, and both as they are served by default."""
    rng = np.random.default_rng(0)
    for name in ("us", "us-seed"):
        model = model_file.load(WEIGHTS / f"{name}.npz")
        predictor = predictor_of(model)
        contestants = {"": _drawn(predictor, COUNT, MODEL, rng)}
        if name == "us":
            contestants |= _products(model, predictor, rng)
        targets = {"its matrix products": 0.7}
        yield from _compared(f"drawing, {name}, {COUNT:,} names at once", contestants, targets, COUNT, rounds)
        served = {"": _drawn(predictor, COUNT, Options(), rng)}
        yield from _compared(f"the same, no slurs, no name twice ({name})", served, {}, COUNT, rounds)
        stock = {"": _drawn(predictor, STOCK, Options(unique=False), rng)}
        yield from _compared(f"the same, {STOCK:,} at once, no slurs ({name})", stock, {}, STOCK, rounds)


def _drawn(predictor: Predictor[Any], names: int, options: Options, rng: np.random.Generator) -> Callable[[], object]:
    return lambda: draw(predictor, names, options, rng).names


def _products(model: Artifact, predictor: Predictor[Any], rng: np.random.Generator) -> dict[str, Callable[[], object]]:
    """The matrix products that as many names need: of every letter, and of those that are not looked up."""
    names = draw(predictor, COUNT, MODEL, rng).names
    letters = [np.array(model.vocabulary.encode(model.fold(name))) for name in names]
    lengths: IntArray = np.array([len(each) for each in letters])
    looked_up = [
        max(n for n in range(len(each) + 1) if predictor.beginnings.find(each[:n]) != NONE) for each in letters
    ]
    return {
        "its matrix products alone": _multiply(model, lengths),
        "its matrix products beyond the first letters": _multiply(model, lengths - looked_up),
    }


def _multiply(model: Artifact, steps: IntArray) -> Callable[[], object]:
    """The products of a step for the names that take it, step by step; `steps` (b,) are how many each takes."""
    shape, parameters = model.network.shape, model.network.parameters
    hidden, top = shape.hidden, shape.layers * shape.hidden
    matrices = [
        parameters.layer(layer)[name] for layer in range(shape.layers) for name in ("W", "U")[: 1 + (layer > 0)]
    ]
    states = np.random.default_rng(0).random((len(steps), top), np.float32)
    out = np.empty((len(steps), matrices[0].shape[1]), np.float32)
    rows = [int((steps >= step).sum()) for step in range(1, int(steps.max()) + 1)]
    below = np.ascontiguousarray(states[:, :hidden])

    def run() -> None:
        for count in rows:
            for matrix in matrices:
                np.matmul(below[:count], matrix, out=out[:count])
            np.matmul(states[:count], parameters["V"])

    return run


def _compared(
    subject: str, contestants: dict[str, Callable[[], object]], targets: dict[str, float], names: int, rounds: int
) -> Iterator[Figure]:
    """The first contestant, without a name, against each of the others."""
    seconds = turns(contestants, rounds, process_time)
    ours = seconds.pop("")
    speed = names / median(ours)
    if not seconds:
        yield Figure(subject, speed, "names/s")
    for peer, theirs in seconds.items():
        target = next((aim for name, aim in targets.items() if peer.startswith(name)), None)
        yield Figure(subject, speed, "names/s", peer, ratios(theirs, ours), target)
