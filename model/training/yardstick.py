"""The yardstick of a training: the best n-gram that can be learned from the same names.

Its order, and whether rare contexts count, are chosen on validation names. So it is never a weak one, and need not be
the n-gram that is served, which leaves rare contexts out.
"""

from __future__ import annotations

from collections.abc import Iterator

from model.corpus.casing import Casing
from model.corpus.split import Split
from model.corpus.vocabulary import Vocabulary
from model.generation.predictor import NgramPredictor
from model.generation.scoring import evaluate
from model.ngram.automaton import Automaton
from model.ngram.contexts import MIN_NAMES, select
from model.ngram.counting import count_strings

ORDERS = range(2, 8)

MAX_CELLS = 2**22
"""Contexts times vocabulary: 32 MiB, for the moment that it takes to measure."""


def tuned(split: Split, vocabulary: Vocabulary, casing: Casing) -> NgramPredictor:
    """The n-gram of the training names that predicts the validation names best."""

    def loss(predictor: NgramPredictor) -> float:
        return evaluate(predictor, split.validation).nats_per_letter

    found = candidates(split.train, vocabulary)
    return min((NgramPredictor(automaton, vocabulary, casing) for automaton in found), key=loss)


def candidates(names: tuple[str, ...], vocabulary: Vocabulary) -> Iterator[Automaton]:
    """N-grams of these names of every order, with and without rare contexts."""
    strings = count_strings(names, vocabulary, max(ORDERS))
    for order in ORDERS:
        for min_names in (1, MIN_NAMES):
            yield Automaton.of(select(strings, vocabulary.size, order, min_names, MAX_CELLS), vocabulary.size)
