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
from model.generation.options import Options
from model.generation.sampling import draw
from model.generation.served import predictor_of
from model.training.loop import Training
from model.training.presets import default

WEIGHTS = Path(__file__).parents[1] / "weights"
COUNT = 1_000
SINGLE = 200
"""Names that are drawn one by one in a turn."""

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
    seconds = turns(variants, 2, process_time)
    best = min(seconds, key=lambda variant: median(seconds[variant]))
    listed = Corpus.read(bundled_path("us")).names
    contestants: dict[str, Callable[[], object]] = {
        "": lambda: draw(predictor, COUNT, MODEL, rng).names,
        f"JAX ({best})": variants[best],
        "PyTorch": peers.torch_rnn(model, COUNT),
        "literal loop": peers.literal(model, COUNT, rng),
        "Faker first_name()": peers.faker(COUNT),
        "Mimesis first_name()": peers.mimesis(COUNT),
        "markovify, 3 letters": peers.markovify(listed, COUNT),
    }
    targets = {"JAX": 4.0, "Faker": 12.0}
    yield from _compared(f"drawing, RNN 128, {COUNT:,} names at once", contestants, targets, COUNT, rounds)


def _one_by_one(model: Artifact, rounds: int) -> Iterator[Figure]:
    predictor, rng = predictor_of(model), np.random.default_rng(0)
    contestants: dict[str, Callable[[], object]] = {
        "": lambda: [draw(predictor, 1, MODEL, rng).names[0] for _ in range(SINGLE)],
        "literal loop": peers.literal(model, SINGLE, rng),
    }
    yield from _compared("drawing, RNN 128, one name", contestants, {"literal loop": 4.0}, SINGLE, rounds)


def _bundled(rounds: int) -> Iterator[Figure]:
    """The bundled models as they are served by default, and `us` against its matrix products alone."""
    rng = np.random.default_rng(0)
    for name in ("us", "us-seed"):
        predictor = predictor_of(model_file.load(WEIGHTS / f"{name}.npz"))
        for what, options in (("", MODEL), (", no slurs, no name twice", Options())):
            contestants: dict[str, Callable[[], object]] = {"": _drawn(predictor, options, rng)}
            yield from _compared(f"drawing, {name}, {COUNT:,} names at once{what}", contestants, {}, COUNT, rounds)


def _drawn(predictor: Any, options: Options, rng: np.random.Generator) -> Callable[[], object]:
    return lambda: draw(predictor, COUNT, options, rng).names


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
