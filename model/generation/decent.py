"""A predictor whose names are decent: what is drawn from it and is not gets dropped, as what no list could hold is.

`keep` is what every way of drawing asks, so the names that stay are as probable as the model makes them, given that
they are decent, and others are drawn in the place of those that go.
"""

from __future__ import annotations

from typing import Any

from model.decency.verdict import is_decent
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
        decent = [name for name in names if is_decent(name, self._inner.language, self._inner.words_left_out)]
        self.left_out += len(names) - len(decent)
        return decent

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
