"""Looking ahead: how probable it is that a name, begun like this, ends as it should.

The low-order n-gram and the automaton of the constraints are small enough to work this out for all their states at
once, backwards from the last letter (the backward messages of a hidden Markov model):

    h[0, c, q] = p(end | c) accepts(q)
    h[r, c, q] = p(end | c) accepts(q) + sum over letters a of p(a | c) h[r - 1, c a, q a]

with c a context of the n-gram, q a state of the automaton and r letters left. Names shorter than `min_length` may not
end.

Axes:  b names in the batch   c contexts   g groups of contexts   s states of the automaton   v vocabulary
"""

from __future__ import annotations

from typing import Any

import numpy as np

from model.constraints.acceptor import Acceptor
from model.corpus.vocabulary import END
from model.generation.checkpoints import checkpoint
from model.generation.low_order import LowOrder, contexts_of, low_order
from model.generation.options import Options
from model.generation.predictor import Predictor
from model.network.parameters import FloatArray, IntArray

MAX_CELLS = {3: 2_000_000, 2: 4_000_000}
"""Most contexts times states times letters left for each order, which keeps the work at some tens of milliseconds."""

MAX_PROBABILITIES = 2**20
"""Of the n-gram, 4 MB: those after two letters, where there are at most 101. A request bends all to its temperature."""

MOST_ENDING = 0.999
"""Highest probability of the end that is reckoned with."""


class Lookahead:
    """The probabilities for one model and one request.

    Parameters
    ----------
    predictor
        The model.
    acceptor
        The names that are wanted.
    options
        Their lengths, and the temperature.
    """

    def __init__(self, predictor: Predictor[Any], acceptor: Acceptor, options: Options) -> None:
        size, states = acceptor.next.T.shape
        orders = [
            order
            for order, most in MAX_CELLS.items()
            if size**order <= MAX_PROBABILITIES and size ** (order - 1) * states * options.max_length <= most
        ]
        self._ngram: LowOrder = low_order(predictor, max(orders, default=1)).with_temperature(options.temperature)
        self._following = self._ngram.following  # (g, v)
        self._group = len(self._ngram.probabilities) // len(self._following)  # contexts in each
        self._acceptor, self._options = acceptor, options
        self._tables = self._messages()

    def contexts(self, letters: IntArray) -> IntArray:
        """The contexts (s,) after beginnings of names (s, t)."""
        return contexts_of(letters, self._ngram.order, self._acceptor.next.shape[1])

    def advance(self, contexts: IntArray, letters: IntArray) -> IntArray:
        """The contexts (b,) after a letter of each name."""
        return self._following[contexts // self._group, letters]

    def values(self, left: int, contexts: IntArray, states: IntArray) -> FloatArray:
        """Probability (b,) that names end as they should within so many letters."""
        return self._tables[left][contexts, states]

    def letters(self, left: int, contexts: IntArray, states: IntArray) -> FloatArray:
        """The same (v, b) after each letter as the next one, of `left`; at the end token, whether it may come."""
        if left:
            after = self._following[contexts // self._group]  # (b, v)
            found: FloatArray = self._tables[left - 1][after, self._acceptor.next[states]].T
        else:
            found = np.zeros((self._acceptor.next.shape[1], len(states)))
        found[END] = self._acceptor.accepting[states] * self._may_end(left)
        return found

    def _may_end(self, left: int) -> bool:
        return self._options.max_length - left >= self._options.min_length

    def _messages(self) -> list[FloatArray]:
        """The tables (c, s), by letters left."""
        groups, size = self._following.shape
        longest = self._options.max_length
        ends = self._ngram.probabilities[:, END].astype(np.float64)  # (c,)
        probabilities = self._ngram.probabilities.astype(np.float64).reshape(groups, self._group, size)
        following = self._acceptor.next.T  # (v, s)
        tables: list[FloatArray] = []
        for left in range(longest + 1):
            checkpoint()
            end = np.minimum(ends * self._ngram.ends[longest - left], MOST_ENDING)  # (c,)
            found = np.outer(end * self._may_end(left), self._acceptor.accepting)
            if left:
                after = tables[-1][self._following[:, :, None], following[None]]  # (g, v, s)
                after[:, END] = 0
                goes_on = (1 - end) / (1 - ends)
                found += goes_on[:, None] * (probabilities @ after).reshape(found.shape)
            tables.append(found)
        return tables
