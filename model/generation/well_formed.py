"""A predictor that keeps names well formed: with the clusters, accents, shapes and places of the list.

Clusters are kept to letter by letter, and the letters that may follow keep their odds to each other. What only a whole
name shows is left to `keep`, which drops it after drawing: the accents and shapes of its words, letters at beginnings
and ends where they cannot stand, a cluster that was cut at the greatest length. Names of too few letters are dropped in
sampling, as `min_length` would have it.

Axes:  b names in the batch   v vocabulary
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any, NamedTuple

import numpy as np

from model.artifact.card import Card
from model.cached import cached_property
from model.corpus.accents import accents_of, allowed_accents
from model.corpus.clusters import Attachments
from model.corpus.patterns import Patterns
from model.corpus.places import Places, misplaced
from model.corpus.shapes import shapes_of
from model.generation.predictor import Components, Predictor
from model.network.output import log_softmax
from model.network.parameters import FloatArray, IntArray
from model.network.single import Reader
from model.ngram.automaton import Automaton

LEAST_LOG_PROBABILITY = np.log(1e-9)
"""Of what is never drawn, when a name is scored that has it: a name from elsewhere gets a bad figure, not none."""


class WellFormedState(NamedTuple):
    """Where the predictor inside and the clusters stand in each name."""

    inner: Any
    cluster: IntArray  # (b,) states of the automaton


def well_formed(predictor: Predictor[Any], card: Card) -> Predictor[Any]:
    """The predictor, kept to the patterns of its list; itself where the card has none."""
    patterns = Patterns(*(getattr(card, part) for part in Patterns._fields))
    return WellFormed(predictor, patterns) if any(patterns) else predictor


class WellFormed(Predictor[WellFormedState]):
    """Another predictor, kept to the patterns of a list.

    Parameters
    ----------
    inner
        The predictor whose odds are used.
    patterns
        What names may have; where a part is empty, everything.
    """

    def __init__(self, inner: Predictor[Any], patterns: Patterns) -> None:
        super().__init__(inner.vocabulary, inner.casing)
        self._inner = inner
        self.few, self.size = inner.few, inner.size
        self.fewest_letters = patterns.fewest_letters
        self._attachments = Attachments(patterns.attachments, inner.vocabulary)
        self._accents, self._shapes = allowed_accents(patterns.accents), frozenset(patterns.shapes)
        self._places = Places(*map(frozenset, patterns.places))

    @property
    def automaton(self) -> Automaton | None:
        """That of the predictor inside."""
        return self._inner.automaton

    @property
    def nbytes(self) -> int:
        """Of the predictor inside too."""
        return super().nbytes + self._inner.nbytes + self._attachments.following.nbytes

    def start(self, rows: int) -> WellFormedState:
        """No cluster has begun."""
        return WellFormedState(self._inner.start(rows), np.zeros(rows, np.int32))

    def advance(self, state: WellFormedState, letters: IntArray) -> WellFormedState:
        """Read one letter of every name."""
        cluster = self._attachments.following[state.cluster, letters]
        return WellFormedState(self._inner.advance(state.inner, letters), cluster)

    def take(self, state: WellFormedState, rows: IntArray) -> WellFormedState:
        """The state of some of the names."""
        return WellFormedState(self._inner.take(state.inner, rows), state.cluster[rows])

    def read(self, state: WellFormedState, rows: IntArray, letters: IntArray) -> WellFormedState:
        """Read one letter of some of the names."""
        cluster = state.cluster[rows]
        if self._attachments.clusters:
            cluster = self._attachments.following[cluster, letters]
        return WellFormedState(self._inner.read(state.inner, rows, letters), cluster)

    def reader(self, state: WellFormedState, row: int) -> Reader:
        """Reads one of the names on."""
        return super().reader(state, row) if self._attachments.clusters else self._inner.reader(state.inner, row)

    @cached_property
    def apart(self) -> Predictor[WellFormedState] | None:
        """The same of that inside."""
        if self._inner.apart is None:
            return None
        twin = copy(self)
        twin._inner = self._inner.apart  # noqa: SLF001 - its own
        return twin

    def concatenate(self, states: Sequence[WellFormedState]) -> WellFormedState:
        """Those inside, and the clusters in a row."""
        inner, clusters = zip(*states, strict=True)
        return WellFormedState(self._inner.concatenate(inner), np.concatenate(clusters))

    def weights(self, state: WellFormedState) -> FloatArray:
        """Those inside, 0 for what would cut or spoil a cluster."""
        weights = self._inner.weights(state.inner)
        return np.where(self._allowed(state), weights, 0) if self._attachments.clusters else weights

    def logits(self, state: WellFormedState) -> FloatArray:
        """Scores (v, b), -inf for what would cut or spoil a cluster."""
        scores = self._inner.logits(state.inner)
        return np.where(self._allowed(state), scores, -np.inf) if self._attachments.clusters else scores

    def components(self, state: WellFormedState) -> Components | None:
        """Those of the predictor inside, which know of no clusters."""
        return self._inner.components(state.inner)

    def log_probabilities(self, state: WellFormedState) -> FloatArray:
        """Log-probabilities (v, b), nats; at least `LEAST_LOG_PROBABILITY` for what is never drawn."""
        if not self._attachments.clusters:
            return self._inner.log_probabilities(state.inner)
        found: FloatArray = log_softmax(self.logits(state))
        return np.where(self._allowed(state), found, np.asarray(LEAST_LOG_PROBABILITY, found.dtype))

    def keep(self, names: list[str], start: str = "") -> list[str]:
        """Those of the drawn names whose clusters are whole and whose words are as those of the list."""
        kept = self._inner.keep(names)
        if self._attachments.clusters:
            kept = [name for name in kept if self._attachments.are_whole(name)]
        if self._accents:
            kept = [name for name in kept if accents_of(name) <= self._accents]
        if self._shapes:
            kept = [name for name in kept if shapes_of(self.casing.restore_case(name)) <= self._shapes]
        if any(self._places):
            kept = [name for name in kept if all(part in start for part in misplaced(name, self._places))]
        return kept

    def _allowed(self, state: WellFormedState) -> FloatArray:
        return self._attachments.allowed[state.cluster].T  # (v, b)
