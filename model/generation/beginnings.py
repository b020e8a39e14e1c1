"""The most probable beginnings of names, worked out once for each predictor and kept with it, as a tree.

Behind each beginning stand the predictor's state and the weights of the letters that may follow. About half of all
letters are drawn within the tree, by look-ups; a name that leaves it goes on from the state behind its last beginning.

Axes:  n beginnings   v vocabulary   w the vocabulary, rounded up to a multiple of `LANE`   b names in the batch
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from model.corpus.vocabulary import END
from model.generation.checkpoints import checkpoint
from model.generation.options import Options, letter_weights
from model.network.parameters import FloatArray, IntArray

if TYPE_CHECKING:
    from model.generation.predictor import Predictor

BYTES = 5e6
"""A beginning must be that of so many names times the bytes that it takes: then the tree takes some 2 MB."""

LEAST = 1 / 8000
"""And of this share of the names at least."""

MOST_LETTERS = 8
"""Of a beginning: what bounds the tree of a model that draws few names over and over."""

NONE, ENDED = -1, -2
"""Stand for the beginnings that are left out, and for the end of a name."""

LANE = 16
"""Rows of so many numbers are compared quickest."""

KEPT_OPTIONS = 4
"""How many options' sums are kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Beginnings:
    """Beginnings of names, the first of them empty, or those of a request, none of which leads to another.

    Attributes
    ----------
    state
        The predictor's, of n names.
    logits : (v, n)
        Log-probabilities of each letter as the next one, up to a constant.
    following : (n, v)
        The beginning that each letter leads to, or `NONE`; `ENDED` for the end token.
    """

    state: Any
    logits: FloatArray
    following: IntArray
    _sums: dict[tuple[float | None, ...], FloatArray] = field(default_factory=dict)

    @classmethod
    def apart(cls, state: Any, logits: FloatArray) -> Beginnings:
        """Beginnings that do not lead to each other."""
        return cls(state, logits, _leading_nowhere(logits.T.shape))

    @property
    def nbytes(self) -> int:
        """Memory that its arrays take."""
        sums = sum(one.nbytes for one in list(self._sums.values()))
        return bytes_of(self.state) + self.logits.nbytes + self.following.nbytes + sums

    def find(self, letters: IntArray) -> int:
        """The beginning of these letters, or `NONE`."""
        node = 0
        for letter in letters.tolist():
            node = int(self.following[node, letter])
            if node == NONE:
                break
        return node

    def sums(self, options: Options) -> FloatArray:
        """Cumulative probabilities (n, w) of the letters that follow, as options bend them; the last of a row are 1."""
        key = (options.temperature, options.top_k, options.top_p)
        found = self._sums.get(key)
        if found is None:
            found = cumulative(letter_weights(self.logits, options))
            while len(self._sums) >= KEPT_OPTIONS:
                self._sums.pop(next(iter(self._sums)), None)
            self._sums[key] = found
        return found


def _leading_nowhere(shape: tuple[int, ...]) -> IntArray:
    following = np.full(shape, NONE, np.int32)
    following[:, END] = ENDED
    return following


def cumulative(weights: FloatArray) -> FloatArray:
    """Weights (v, n) to cumulative probabilities (n, w), float32; those of letters without weight repeat the last."""
    sums = weights.T.cumsum(axis=1, dtype=np.float64)
    size = len(weights)
    found = np.ones((len(sums), -(-size // LANE) * LANE), np.float32)
    found[:, :size] = sums / sums[:, -1:]
    return found


def choose(sums: FloatArray, rows: IntArray, rng: np.random.Generator) -> IntArray:
    """Draw a letter for each name (b,), whose cumulative probabilities are a row (b,) of `sums`.

    It is the first whose sum exceeds a uniform height, so never one of probability 0; the last sum, 1, exceeds all.
    """
    heights = rng.random((len(rows), 1), np.float32)
    letters: IntArray = (sums.take(rows, axis=0) <= heights).argmin(axis=1)
    return letters


def bytes_of(state: Any) -> int:
    """Memory that the arrays of a predictor's state take."""
    return sum(map(bytes_of, state)) if isinstance(state, tuple) else getattr(state, "nbytes", 0)


def grow(predictor: Predictor[Any]) -> Beginnings:
    """The tree of a predictor: its most probable beginnings, letter by letter."""
    state = predictor.start(1)
    logits, masses = predictor.logits(state), np.ones(1)
    least = max(LEAST, (bytes_of(state) + 3 * logits.nbytes) / BYTES)
    states, scores, links = [state], [logits], []
    count, last = 1, np.zeros(1, np.int64)  # beginnings so far, and which of them are the longest
    for _ in range(MOST_LETTERS):
        checkpoint()
        weights = letter_weights(logits, Options()).astype(np.float64)
        shares = weights * (masses / weights.sum(axis=0))  # (v, n) of all names
        shares[END] = 0
        letters, parents = np.nonzero(shares >= least)
        if not letters.size:
            break
        state = predictor.advance(predictor.take(state, parents), letters)
        logits, masses = predictor.logits(state), shares[letters, parents]
        states.append(state)
        scores.append(logits)
        new = np.arange(count, count + len(letters))
        links.append((last[parents], letters, new))
        count, last = count + len(letters), new
    following = _leading_nowhere((count, predictor.vocabulary.size))
    for before, letters, after in links:
        following[before, letters] = after
    return Beginnings(predictor.concatenate(states), np.concatenate(scores, axis=1), following)
