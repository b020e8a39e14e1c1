"""Held-out names of a short list, and how well they are predicted.

Axes:  t letters along a name   b names   k kinds of n-gram   w shares of the n-gram in a mixture
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from model.corpus.vocabulary import Vocabulary
from model.network.network import Network
from model.network.parameters import FloatArray
from model.ngram.automaton import Automaton
from model.training.batches import Padded, padded
from model.training.yardstick import candidates

PIECE = 256
"""Names that are read at a time."""


class Figures(NamedTuple):
    """Figures on held-out names."""

    network: float  # nats per letter
    served: float
    ngram: float
    names: int
    drawn: float  # share of raw draws expected to stand among as many held-out names as the list has names


class Losses(NamedTuple):
    """How well held-out names are predicted, summed over them, with each share of the n-gram (w,)."""

    nats: FloatArray
    probability: FloatArray  # of drawing one of them
    learned: FloatArray  # of drawing one of the names that were learned; 0 where nobody asks for it


class HeldOut:
    """Names that a run does not learn from.

    Parameters
    ----------
    learned, names
        The names that it does learn from, and these.
    vocabulary
        The letters of the list.
    shares
        Of the n-gram that are tried; 0 is the network alone.
    watch
        Whether it is of interest how probable the learned names become.

    Attributes
    ----------
    names, letters
        How many there are, and how many letters and ends they have.
    ngram_nats : (k,)
        Summed over them, of each n-gram that might suit the list.
    """

    def __init__(
        self, learned: Sequence[str], names: Sequence[str], vocabulary: Vocabulary, shares: Sequence[float], watch: bool
    ) -> None:
        self._groups = padded(names, vocabulary, PIECE)
        self._learned = padded(learned, vocabulary, PIECE) if watch else []
        self._shares = shares
        self.names, self.letters = len(names), sum(int(group.used.sum()) for group in self._groups)
        self.ngram_nats = np.array(
            [_nats(_read(automaton, self._groups)) for automaton in candidates(tuple(learned), vocabulary)]
        )
        self._ngram: list[FloatArray] = []
        self._ngram_of_learned: list[FloatArray] = []
        if any(shares):
            ngram = Automaton.learn(learned, vocabulary)
            self._ngram, self._ngram_of_learned = _read(ngram, self._groups), _read(ngram, self._learned)

    def losses(self, network: Network) -> Losses:
        """Of the network, mixed with the n-gram."""
        held_out, learned = _read(network, self._groups), _read(network, self._learned)
        found = np.empty((len(self._shares), 3))
        for losses, share in zip(found, self._shares, strict=True):
            served, again = _mixed(held_out, self._ngram, share), _mixed(learned, self._ngram_of_learned, share)
            losses[:] = _nats(served), _probability(served), _probability(again)
        return Losses(*found.T)


def _mixed(network: list[FloatArray], ngram: list[FloatArray], share: float) -> list[FloatArray]:
    """Log-probabilities (t, b) of the letters by a mixture, from those of its parts."""
    if not share:
        return network
    return [
        np.log((1 - share) * np.exp(one) + share * np.exp(other)) for one, other in zip(network, ngram, strict=True)
    ]


def _read(reader: Network | Automaton, groups: Sequence[Padded]) -> list[FloatArray]:
    """Log-probabilities (t, b) of the letters of names, 0 beyond their ends."""
    return [np.where(group.used, reader.log_probabilities(group.inputs, group.targets), 0) for group in groups]


def _nats(groups: Sequence[FloatArray]) -> float:
    """Of all names together."""
    return -sum(float(group.sum(dtype=np.float64)) for group in groups)


def _probability(groups: Sequence[FloatArray]) -> float:
    """Of drawing any of the names."""
    return sum(float(np.exp(group.sum(axis=0, dtype=np.float64)).sum()) for group in groups)
