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
from model.generation.low_order import LowOrder, low_order
from model.generation.options import Options
from model.generation.predictor import Predictor
from model.network.parameters import FloatArray, IntArray

MAX_CELLS = {3: 2_000_000, 2: 4_000_000}
"""Most contexts times states times letters left for each order, which keeps the work at some tens of milliseconds."""


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
            order for order, most in MAX_CELLS.items() if size ** (order - 1) * states * options.max_length <= most
        ]
        self._ngram: LowOrder = low_order(predictor, max(orders, default=1)).with_temperature(options.temperature)
        self._following = self._ngram.following  # (g, v)
        self._group = len(self._ngram.probabilities) // len(self._following)  # contexts in each
        self._acceptor, self._options = acceptor, options
        self._tables = self._messages()

    def contexts(self, letters: IntArray) -> IntArray:
        """The contexts (s,) after beginnings of names (s, t)."""
        return self._ngram.contexts(letters)

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
        probabilities = self._ngram.probabilities.reshape(groups, self._group, size)
        ends = np.outer(self._ngram.probabilities[:, END], self._acceptor.accepting)  # (c, s)
        following = self._acceptor.next.T  # (v, s)
        tables = [ends * self._may_end(0)]
        for left in range(1, self._options.max_length + 1):
            after = tables[-1][self._following[:, :, None], following[None]]  # (g, v, s)
            after[:, END] = 0
            found = (probabilities @ after).reshape(ends.shape)
            tables.append(found + ends if self._may_end(left) else found)
        return tables
