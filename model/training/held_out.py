"""Held-out names of a short list, and how well they are predicted.

Axes:  t letters along a name   b names   k kinds of n-gram
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from model.corpus.vocabulary import Vocabulary
from model.network.network import Network
from model.network.parameters import FloatArray
from model.ngram.automaton import Automaton
from model.training.batches import by_length
from model.training.yardstick import candidates


class Figures(NamedTuple):
    """Figures on held-out names."""

    network: float  # nats per letter
    served: float
    ngram: float
    names: int
    drawn: float  # share of raw draws expected to stand among as many held-out names as the list has names


class Losses(NamedTuple):
    """How well a network predicts held-out names, summed over them."""

    network: float  # nats
    served: float
    probability: float  # of drawing one of them, by what is served


class HeldOut:
    """Names that a run does not learn from.

    Parameters
    ----------
    learned, names
        The names that it does learn from, and these.
    vocabulary
        The letters of the list.
    weight
        The n-gram's share of what is served.

    Attributes
    ----------
    names, letters
        How many there are, and how many letters and ends they have.
    ngram_nats : (k,)
        Summed over them, of each n-gram that might suit the list.
    """

    def __init__(self, learned: Sequence[str], names: Sequence[str], vocabulary: Vocabulary, weight: float) -> None:
        self._groups = by_length(names, vocabulary, True)
        self._weight = weight
        self.names, self.letters = len(names), sum(group.targets.size for group in self._groups)
        self.ngram_nats = np.array(
            [self._nats(self._read(automaton)) for automaton in candidates(tuple(learned), vocabulary)]
        )
        self._ngram = self._read(Automaton.learn(learned, vocabulary)) if weight else []

    def losses(self, network: Network) -> Losses:
        """Of the network alone, and mixed with the n-gram."""
        served = alone = [network.log_probabilities(*group) for group in self._groups]
        if self._weight:
            served = [
                np.log((1 - self._weight) * np.exp(own) + self._weight * np.exp(ngram))
                for own, ngram in zip(alone, self._ngram, strict=True)
            ]
        probability = sum(float(np.exp(group.sum(axis=0, dtype=np.float64)).sum()) for group in served)
        return Losses(self._nats(alone), self._nats(served), probability)

    def _read(self, automaton: Automaton) -> list[FloatArray]:
        """Log-probabilities (t, b) of the letters, as the n-gram has them."""
        return [automaton.log_probabilities(*group) for group in self._groups]

    @staticmethod
    def _nats(groups: Sequence[FloatArray]) -> float:
        return -sum(float(group.sum(dtype=np.float64)) for group in groups)
