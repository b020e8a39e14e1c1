"""How many of 1,000 draws have a cluster, a casing or an accent pattern that their list never has.

    python -m benchmarks.well_formed [WEIGHTS ...]

For each model of a bundled list (all in `weights/`, if none is given), in per cent of names and beside each other: the
list itself, each half against the other; an n-gram of the list as it is; and what the model serves.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from model.artifact import model_file
from model.artifact.model_file import Artifact
from model.corpus.bundled import bundled, bundled_path
from model.corpus.checker import Checker, Rate, rate_within
from model.corpus.corpus import Corpus
from model.generation.options import Options
from model.generation.predictor import NgramPredictor, Predictor
from model.generation.sampling import draw
from model.generation.served import predictor_of
from model.ngram.automaton import ORDER, Automaton

DRAWS = 1000
WEIGHTS = Path(__file__).parents[1] / "weights"


def main() -> None:
    paths = [Path(path) for path in sys.argv[1:]] or sorted(WEIGHTS.glob("*.npz"))
    print("clusters, casing, accents in %".rjust(48))
    print(f"{'model':24}{'list':>16}{'n-gram':>16}{'served':>16}")
    for path in paths:
        model = model_file.load(path)
        if model.card.corpus.title in bundled():
            columns = rates(model, Corpus.read(bundled_path(model.card.corpus.title)))
            print(f"{path.stem:24}{''.join(map(_figures, columns))}", flush=True)


def rates(model: Artifact, corpus: Corpus) -> tuple[Rate, Rate, Rate]:
    """Rates of the list, of its n-gram and of what the model serves."""
    written = [corpus.casing.restore_case(name) for name in corpus.names]
    checker = Checker.of(written)
    automaton = Automaton.learn(corpus.names, corpus.vocabulary, ORDER)
    ngram = NgramPredictor(automaton, corpus.vocabulary, corpus.casing)
    return rate_within(written), checker.rate(_draws(ngram)), checker.rate(_draws(predictor_of(model)))


def _draws(predictor: Predictor[Any]) -> list[str]:
    return draw(predictor, DRAWS, Options(unique=False, max_length=64), np.random.default_rng(0)).names


def _figures(rate: Rate) -> str:
    return "".join(f"{100 * share:5.1f}" for share in (rate.clusters, rate.casing, rate.accents)).rjust(16)


if __name__ == "__main__":
    main()
