"""A predictor whose names are decent: what is drawn from it and is not gets dropped, as what no list could hold is.

`keep` is what every way of drawing asks, so the names that stay are as probable as the model makes them, given that
they are decent, and others are drawn in the place of those that go.

Axes:  b names in the batch   t letters along a name
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.corpus.vocabulary import END, Vocabulary
from model.generation.predictor import Predictor
from model.network.parameters import FloatArray, IntArray
from model.ngram.automaton import Automaton


class Decent(Predictor[Any]):
    """Another predictor, without slurs and obscenities; made for one draw.

    Attributes
    ----------
    left_out
        Names that came up and were not decent.
    """

    def __init__(self, inner: Predictor[Any]) -> None:
        super().__init__(inner.vocabulary, inner.casing)
        self.prefix_cache, self.low_orders = inner.prefix_cache, inner.low_orders
        self._inner = inner
        self.left_out = 0

    def keep(self, names: list[str], start: str = "") -> list[str]:
        """Those of the drawn, folded names that the inner predictor keeps and that are decent; the rest are counted."""
        names = self._inner.keep(names, start)
        letters, states = encode(names, self.vocabulary), self._inner.decent_names
        reached = np.full(len(names), states.start, np.int32)
        for column in letters.T:
            reached = np.where(column == END, reached, states.next[reached, column])
        is_decent = states.accepting[reached]
        self.left_out += int(np.count_nonzero(~is_decent))
        return [name for name, kept in zip(names, is_decent.tolist(), strict=True) if kept]

    @property
    def automaton(self) -> Automaton | None:
        """The inner one's n-gram."""
        return self._inner.automaton

    def start(self, rows: int) -> Any:
        """The inner one's state."""
        return self._inner.start(rows)

    def advance(self, state: Any, letters: IntArray) -> Any:
        """The inner one's state."""
        return self._inner.advance(state, letters)

    def take(self, state: Any, rows: IntArray) -> Any:
        """The inner one's state."""
        return self._inner.take(state, rows)

    def logits(self, state: Any) -> FloatArray:
        """The inner one's scores."""
        return self._inner.logits(state)

    def log_probabilities(self, state: Any) -> FloatArray:
        """The inner one's."""
        return self._inner.log_probabilities(state)


def encode(names: list[str], vocabulary: Vocabulary) -> NDArray[np.intp]:
    """Names of known letters as rows (b, t) of vocabulary indices, all at once, with END after the last letter."""
    spelled = np.array(names, dtype=np.str_)
    points = spelled.view(np.uint32).reshape(len(names), -1) if names else np.zeros((0, 0), np.uint32)
    known = np.array([ord(letter) for letter in vocabulary.letters], np.uint32)  # sorted
    return np.where(points == 0, END, np.searchsorted(known, points) + 1)
