"""A bigram or trigram of a model, small enough to look ahead with.

It is estimated from the probabilities that the model gives along names drawn from it, with those of the model's own
n-gram, where there is one, for what such names do not show.

Axes:  c contexts   g groups of contexts, by their last letter   v vocabulary
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from model.corpus.spelling import LONGEST_NAME_LETTERS
from model.corpus.vocabulary import END
from model.generation.checkpoints import checkpoint, make_once
from model.generation.letters import choose
from model.generation.options import Options, letter_weights
from model.generation.predictor import Predictor
from model.network.parameters import FloatArray, IntArray
from model.ngram.automaton import Automaton
from model.ngram.contexts import ROOT

SAMPLE = 512
"""Names drawn to estimate the probabilities."""

LONGEST_SAMPLED = 20

MOST_ENDING_LOG_ODDS = float(np.log(999))
"""Of the end against all letters together, at other temperatures than 1."""

PSEUDO_COUNT = 2.0
"""How much the next shorter context weighs beside the names that were drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class LowOrder:
    """Probabilities of the next letter after the last one or two.

    The end token stands for what is before the first letter.

    Attributes
    ----------
    order
        3 where a context is two letters (``last * v + one before``), 2 where it is one, 1 where it is nothing.
    probabilities : (c, v)
        Of each letter, or the end, as the next one.
    ends : (t,)
        How many times as often as that names end after so many letters.
    """

    order: int
    probabilities: FloatArray
    ends: FloatArray

    @property
    def nbytes(self) -> int:
        """Memory that its arrays take."""
        return self.probabilities.nbytes + self.ends.nbytes

    @property
    def following(self) -> IntArray:
        """The context (g, v) after each letter; a context's group is its last letter where two letters count."""
        letters = np.arange(self.probabilities.shape[1])
        if self.order == 3:
            return letters * len(letters) + letters[:, None]
        return letters[None] * (self.order - 1)

    def with_temperature(self, temperature: float) -> LowOrder:
        """The same, made flatter or steeper as the model's own probabilities are.

        The end stays uncertain, however steep: constraints may ask for letters after it would have come, and which of
        them is probable has to be known then.
        """
        if temperature == 1:
            return self
        logs = np.log(self.probabilities.astype(np.float64)) / temperature
        letters = np.logaddexp.reduce(np.delete(logs, END, axis=1), axis=1)
        logs[:, END] = np.minimum(logs[:, END], letters + MOST_ENDING_LOG_ODDS)
        bent = np.exp(logs - logs.max(axis=1, keepdims=True))
        return LowOrder(self.order, bent / bent.sum(axis=1, keepdims=True), self.ends ** (1 / temperature))


def low_order(predictor: Predictor[Any], order: int) -> LowOrder:
    """The n-gram of this order of a model; estimated once."""
    made: dict[int, LowOrder] = predictor.low_orders

    def make() -> None:
        made[order] = _estimate(predictor, order)

    make_once(predictor.lock, lambda: order in made, make)
    return made[order]


def _estimate(predictor: Predictor[Any], order: int) -> LowOrder:
    """Mean probabilities after each context in drawn names, smoothed with those of the model's n-gram.

    Where it has none, with those after one letter less. The names are the same each time, so that a request and its
    seed mean the same names.
    """
    beginnings, rows = _sample(predictor)
    size = predictor.vocabulary.size
    found = np.full((1, size), 1 / size)
    for length in range(1, order + 1):
        sums = np.zeros((size ** (length - 1), size))
        for each, row in zip(beginnings, rows, strict=True):
            checkpoint()
            np.add.at(sums, contexts_of(each, length, size), row)
        if predictor.automaton is None:
            prior = np.repeat(found, len(sums) // len(found), axis=0)  # of the context without its first letter
        else:
            prior = _of_automaton(predictor.automaton, size, length)
        found = (sums + PSEUDO_COUNT * prior) / (sums.sum(axis=1, keepdims=True) + PSEUDO_COUNT)
    ends = np.ones(LONGEST_NAME_LETTERS + 1)
    for position, (each, row) in enumerate(zip(beginnings, rows, strict=True)):
        expected = found[contexts_of(each, order, size), END].sum() + PSEUDO_COUNT
        ends[position] = (row[:, END].sum() + PSEUDO_COUNT) / expected
    ends[len(rows) :] = ends[len(rows) - 1]
    return LowOrder(order, found.astype(np.float32), ends)


def _sample(predictor: Predictor[Any]) -> tuple[list[IntArray], list[FloatArray]]:
    """Beginnings of drawn names (b, t), and the probabilities (b, v) of each letter after them, by their lengths t."""
    rng = np.random.default_rng(0)
    state, letters = predictor.start(SAMPLE), np.zeros((SAMPLE, 0), np.int64)
    beginnings: list[IntArray] = []
    rows: list[FloatArray] = []
    for _ in range(LONGEST_SAMPLED):
        weights = letter_weights(predictor.logits(state), Options())
        rows.append((weights / weights.sum(axis=0)).T)
        beginnings.append(letters)
        drawn = choose(weights, rng)
        stays = drawn != END
        if not stays.any():
            break
        letters = np.concatenate([letters[stays], drawn[stays][:, None]], axis=1)
        state = predictor.advance(predictor.take(state, stays), drawn[stays])
    return beginnings, rows


def _of_automaton(automaton: Automaton, size: int, order: int) -> FloatArray:
    """Probabilities (c, v) that a longer n-gram gives after every context of so many letters."""
    letters = np.arange(size)
    last = automaton.advance(np.full(size, ROOT), letters)  # (v,) states after one letter
    last[END] = automaton.start
    states = {1: np.full(1, ROOT), 2: last}.get(order)
    if states is None:
        states = automaton.advance(np.tile(last, size), np.repeat(letters, size))  # last * v + the one before it
        states[:size] = automaton.start
    return automaton.probabilities[states]


def contexts_of(letters: IntArray, order: int, size: int) -> IntArray:
    """The contexts (s,) after beginnings of names (s, t), for a vocabulary of some size."""
    padded = np.concatenate([np.full((len(letters), 2), END), letters], axis=1)
    last: IntArray = padded[:, -1]
    return last * size + padded[:, -2] if order == 3 else last * (order - 1)
