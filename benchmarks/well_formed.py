"""How many of 1,000 draws have a cluster, casing, accent pattern, place of a letter or length that their list has not.

    python -m benchmarks.well_formed [MODEL ...]

For each bundled model, or for those that are named, in per cent of names and beside each other: the list itself, each
half against the other; an n-gram of the list as it is; and what the model serves. Below them, the worst rates of what
is served, and the models with any such draw; there should be none, and where there are, the status is 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from model.artifact.bundled_models import bundled_models
from model.artifact.model_file import Artifact
from model.corpus.bundled import bundled, bundled_path
from model.corpus.checker import KINDS, Checker, Rate, rate_within
from model.corpus.corpus import Corpus
from model.generation.options import Options
from model.generation.predictor import NgramPredictor, Predictor
from model.generation.sampling import draw
from model.generation.served import predictor_of
from model.ngram.automaton import ORDER, Automaton

DRAWS = 1000
WEIGHTS = Path(__file__).parents[1] / "weights"
WIDTH = 6 * len(KINDS)  # of a column


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; the status of the program."""
    models = {name: one for name, one in bundled_models(WEIGHTS).items() if one.card.corpus.title in bundled()}
    parser = argparse.ArgumentParser(prog="python -m benchmarks.well_formed", description="Draws against their lists.")
    parser.add_argument("models", nargs="*", metavar="MODEL", help="a bundled model; all of them without any")
    names: list[str] = parser.parse_args(arguments).models or list(models)
    if unknown := sorted(set(names) - models.keys()):
        parser.error(f"there are no bundled models called {', '.join(unknown)}")

    print(f"{', '.join(KINDS)} in %".rjust(28 + WIDTH))
    print(f"{'model':28}{'list':>{WIDTH}}{'n-gram':>{WIDTH}}{'served':>{WIDTH}}")
    served: dict[str, Rate] = {}
    for name in names:
        model = models[name].load()
        columns = rates(model, Corpus.read(bundled_path(model.card.corpus.title)))
        print(f"{name:28}{''.join(map(_figures, columns))}", flush=True)
        served[name] = columns[-1]
    print(summary(served))
    return 1 if any(rate.any for rate in served.values()) else 0


def rates(model: Artifact, corpus: Corpus) -> tuple[Rate, Rate, Rate]:
    """Rates of the list, of its n-gram and of what the model serves."""
    written = [corpus.casing.restore_case(name) for name in corpus.names]
    checker = Checker.of(written)
    automaton = Automaton.learn(corpus.names, corpus.vocabulary, ORDER)
    ngram = NgramPredictor(automaton, corpus.vocabulary, corpus.casing)
    return rate_within(written), checker.rate(_draws(ngram)), checker.rate(_draws(predictor_of(model)))


def summary(served: dict[str, Rate]) -> str:
    """How many models and draws there were, the worst rates, and the models with a rate above 0."""
    worst = ", ".join(f"{kind} {100 * max(getattr(rate, kind) for rate in served.values()):.1f} %" for kind in KINDS)
    found = ", ".join(name for name, rate in served.items() if rate.any)
    return (
        f"{len(served)} models, {len(served) * DRAWS:,} draws; the worst served: {worst}\n"
        f"models with any: {found or 'none'}"
    )


def _draws(predictor: Predictor[Any]) -> list[str]:
    return draw(predictor, DRAWS, Options(top_p=1, unique=False, max_length=64), np.random.default_rng(0)).names


def _figures(rate: Rate) -> str:
    return "".join(f"{100 * getattr(rate, kind):6.1f}" for kind in KINDS)


if __name__ == "__main__":
    sys.exit(main())
