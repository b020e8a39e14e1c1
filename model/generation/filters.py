"""Filters: what is drawn and not wanted is dropped, as what no list could hold is.

`Predictor.keep` is what every way of drawing asks, so the names that stay are as probable as the model makes them,
given that they pass, and others are drawn in the place of those that go.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from model.artifact.model_file import Artifact
from model.decency.verdict import decent_names
from model.generation.beginnings import Beginnings
from model.generation.checkpoints import look
from model.generation.predictor import Predictor
from model.generation.reading import read_letters
from model.network.parameters import FloatArray, IntArray
from model.network.single import Reader
from model.ngram.automaton import Automaton


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice among drawn names.

    Attributes
    ----------
    option
        What asked for it; names that it drops are counted by this.
    keep
        Those of the drawn, folded names that are wanted, in their order.
    reason
        Why the others are not, and what would keep them; for a message about too few names.
    """

    option: str
    keep: Callable[[list[str]], list[str]]
    reason: str


def decent(predictor: Predictor[Any]) -> Filter:
    """No slurs or obscenities of the languages of a predictor."""
    return _decent(predictor.languages or ("",), predictor.words_left_out)


@lru_cache(maxsize=64)
def _decent(languages: tuple[str, ...], words: tuple[str, ...]) -> Filter:
    def keep(names: list[str]) -> list[str]:
        for language in languages:
            names = decent_names(names, language, words)
        return names

    return Filter("decent", keep, "as indecent, which decent=false keeps")


def avoiding(names: Iterable[str], predictor: Predictor[Any], option: str, reason: str) -> Filter:
    """None of these names, whichever case they are in."""
    folded: Collection[str] = {predictor.fold(name) for name in names}
    return Filter(option, lambda drawn: [name for name in drawn if name not in folded], reason)


def others_than_listed(artifact: Artifact, option: str, reason: str) -> Filter:
    """None of the names that a model was made from, which it knows by hashes."""

    def keep(drawn: list[str]) -> list[str]:
        return [name for name, is_listed in zip(drawn, artifact.contains(drawn), strict=True) if not is_listed]

    return Filter(option, keep, reason)


class Selection:
    """The filters of one drawing, and how many names they left out.

    Attributes
    ----------
    left_out
        Names that came up and did not pass, by the option of the filter.
    """

    def __init__(self, filters: Iterable[Filter] = ()) -> None:
        self._filters = tuple(filters)
        self.left_out = {one.option: 0 for one in self._filters}

    def keep(self, names: list[str]) -> list[str]:
        """Those of the drawn, folded names that pass; the rest are counted."""
        for one in self._filters:
            passed = one.keep(names)
            self.left_out[one.option] += len(names) - len(passed)
            names = passed
        return names

    def why(self) -> str:
        """A message's end: how many were left out, and why; empty where none was."""
        return "".join(
            f"; {self.left_out[one.option]:,} more were left out {one.reason}"
            for one in self._filters
            if self.left_out[one.option]
        )


class Filtered(Predictor[Any]):
    """Another predictor, whose `keep` makes a selection too, and which looks around before it reads a letter."""

    def __init__(self, inner: Predictor[Any], selection: Selection) -> None:
        super().__init__(inner.vocabulary, inner.casing)
        self.prefix_cache, self.low_orders, self.lock = inner.prefix_cache, inner.low_orders, inner.lock
        self.fewest_letters, self.default_top_p = inner.fewest_letters, inner.default_top_p
        self.few, self.size = inner.few, inner.size
        self.languages, self.words_left_out = inner.languages, inner.words_left_out
        self._inner, self._selection = inner, selection

    def keep(self, names: list[str], start: str = "") -> list[str]:
        """Those of the drawn, folded names that the inner predictor keeps and that are selected."""
        return self._selection.keep(self._inner.keep(names, start))

    @property
    def automaton(self) -> Automaton | None:
        """The inner one's n-gram."""
        return self._inner.automaton

    def start(self, rows: int) -> Any:
        """The inner one's state."""
        return self._inner.start(rows)

    def advance(self, state: Any, letters: IntArray) -> Any:
        """The inner one's state."""
        look()
        return self._inner.advance(state, letters)

    def take(self, state: Any, rows: IntArray) -> Any:
        """The inner one's state."""
        return self._inner.take(state, rows)

    def read(self, state: Any, rows: IntArray, letters: IntArray) -> Any:
        """The inner one's state."""
        return read_letters(self._inner, state, rows, letters)

    def reader(self, state: Any, row: int) -> Reader:
        """The inner one's."""
        look()  # once a name, which takes little alone
        return self._inner.reader(state, row)

    def concatenate(self, states: Sequence[Any]) -> Any:
        """The inner one's state."""
        return self._inner.concatenate(states)

    def weights(self, state: Any) -> FloatArray:
        """The inner one's."""
        return self._inner.weights(state)

    @property
    def beginnings(self) -> Beginnings:
        """The inner one's."""
        return self._inner.beginnings

    def logits(self, state: Any) -> FloatArray:
        """The inner one's scores."""
        return self._inner.logits(state)

    def log_probabilities(self, state: Any) -> FloatArray:
        """The inner one's."""
        return self._inner.log_probabilities(state)
