"""A training on some names of a list, and how well it predicts test names that it never saw.

The training is that of ``python -m model train --from START.npz``. Its yardstick is the n-gram of the kind that
predicts the names best that the training held out, learned from all the names that it was given.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.short_lists import ShortList
from benchmarks.timing import matrix_rate
from model.artifact import styles_file
from model.artifact.styles_file import Styles
from model.corpus.bundled import bundled, bundled_path
from model.corpus.corpus import Corpus
from model.corpus.spelling import tidy
from model.errors import InvalidOption
from model.generation.predictor import NetworkPredictor, NgramPredictor, Predictor
from model.generation.scoring import evaluate
from model.generation.served import mixture_of, predictor_of
from model.training.finish import finish
from model.training.folds import FoldedTraining, begin
from model.training.plan import resolve_plan
from model.training.start import Start
from model.training.yardstick import candidates


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a training; losses are nats per letter of the test names."""

    list: str
    size: int  # training names
    ngram: float
    network: float
    mixture: float
    served: float  # the mixture, kept to the clusters of the training names
    gain: float  # of the mixture over the n-gram
    drawn_again: float  # share of raw draws that stand among the training names
    expected_again: float  # the same of as many names that were held out
    epochs: int  # on all training names, as chosen on the held-out ones
    cpu_seconds: float  # from the names to the model
    matrix_rate: float  # GFLOP/s right before and after, by the same clock
    test: int  # test names that were predicted
    unspellable: int  # test names left out for a letter that the training names lack
    overlap: int | None  # test names that stand in a list that the start learned; None where nobody said


class BenchmarkStart:
    """A network of many kinds to start from, and the names that it learned.

    Parameters
    ----------
    path
        Its file.

    Raises
    ------
    InvalidWeights
        It is not a network of many kinds.
    """

    def __init__(self, path: Path) -> None:
        styles: Styles = styles_file.load(path)
        self.start = Start.of_styles(styles)
        self.learned = frozenset(styles.learned or styles.cards)
        self.known = bool(styles.learned)  # whether the file says all lists that it learned
        self._names = {_plain(name) for one in self.learned & set(bundled()) for name in _names(bundled_path(one))}

    def check(self, lists: list[ShortList]) -> None:
        """Raise InvalidOption if it has seen one of these lists, or one in the same language."""
        for one in lists:
            if seen := one.left_out & self.learned:
                raise InvalidOption(
                    "START.npz",
                    f"learned {', '.join(sorted(seen))}, which {one.name} leaves out: pretrain it with "
                    '--without "$(python -m benchmarks.short_lists --left-out)"',
                )

    def overlap(self, one: ShortList) -> int | None:
        """How many test names of a list stand in a list that it learned, in whatever case."""
        return sum(_plain(name) in self._names for name in one.test) if self.known else None


def measure(one: ShortList, size: int, start: BenchmarkStart, epochs: int | None = None) -> Measured:
    """Train on so many names of a list, and measure on its test names.

    Parameters
    ----------
    epochs
        Most epochs of a fold, for trials; by default as the preset says.
    """
    corpus = Corpus.of(one.train(size), one.name)
    before = matrix_rate(clock=time.process_time)
    began = time.process_time()
    adapted = start.start.adapt(corpus.vocabulary.letters)
    training = _training(corpus, adapted, epochs)
    for _ in training.run():
        pass
    model = finish(training)
    taken = time.process_time() - began
    rate = (before + matrix_rate(clock=time.process_time)) / 2

    ngram = _tuned(training)
    test = unseen(one, corpus, model.fold)
    predictors: list[Predictor[Any]] = [ngram, NetworkPredictor(model), mixture_of(model), predictor_of(model)]
    figures = [evaluate(predictor, test) for predictor in predictors]
    losses = [figure.nats_per_letter for figure in figures]
    return Measured(
        list=one.name,
        size=size,
        ngram=losses[0],
        network=losses[1],
        mixture=losses[2],
        served=losses[3],
        gain=losses[0] - losses[2],
        drawn_again=model.card.memorisation.in_training,
        expected_again=model.card.memorisation.in_held_out,
        epochs=training.epochs,
        cpu_seconds=taken,
        matrix_rate=rate,
        test=figures[0].names,
        unspellable=figures[0].skipped,
        overlap=start.overlap(one),
    )


def tuned_ngram(corpus: Corpus, start: Start) -> NgramPredictor:
    """The n-gram of the kind that a training of the corpus finds best on the names that it holds out."""
    return _tuned(_training(corpus, start.adapt(corpus.vocabulary.letters)))


def _tuned(training: FoldedTraining) -> NgramPredictor:
    corpus = training.corpus
    kind = int(np.sum([part.ngram_nats for part in training.held_out], axis=0).argmin())
    return NgramPredictor(list(candidates(corpus.names, corpus.vocabulary))[kind], training.vocabulary, corpus.casing)


def _training(corpus: Corpus, start: Start, epochs: int | None = None) -> FoldedTraining:
    """The training that `python -m model train` would begin."""
    names = len(corpus.split().train)
    plan = resolve_plan("default", names, total=len(corpus.names), epochs=epochs, start=start)
    training = begin(corpus, plan, 0, start)
    if not isinstance(training, FoldedTraining):
        raise InvalidOption("START.npz", "is no network that short lists are trained from")
    return training


def unseen(one: ShortList, corpus: Corpus, fold: Callable[[str], str]) -> list[str]:
    """The distinct test names as the model reads them, without any that differs from a training name only by case."""
    learned = set(corpus.names)
    return [name for name in dict.fromkeys(map(fold, one.test)) if name not in learned]


def _names(path: Path) -> list[str]:
    rows = path.read_text(encoding="utf-8").splitlines()
    return [row.partition(",")[0] for row in rows if row and not row.startswith("#")]


def _plain(name: str) -> str:
    return tidy(name).casefold()
