"""Letters drawn by their weights, and rows of them joined to names.

Axes:  b names in the batch   t letters along a name   v vocabulary
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from model.corpus.vocabulary import Vocabulary
from model.network.parameters import FloatArray, IntArray

MOST_MULTIPLIED = 512
"""The triangular matrix of more letters takes more time and memory than it saves; both grow with their square."""


def choose(weights: FloatArray, rng: np.random.Generator) -> IntArray:
    """Draw a letter of each column (v, b), as probable as its weight, by the inverse of the cumulative sum.

    A letter of weight 0 is never drawn: its cumulative sum equals the one before it, and the first that exceeds the
    drawn height is chosen. A height never reaches the total, since uniform numbers end before 1. The sums of up to
    `MOST_MULTIPLIED` letters are a product with a triangular matrix, whose rounding may break that once in some ten
    million letters: then they are summed one by one.
    """
    size, names = weights.shape
    if size > MOST_MULTIPLIED:
        sums = np.add.accumulate(weights, axis=0)  # (v, b)
    else:
        sums = _triangle(size, weights.dtype.str) @ weights
    random = rng.random(names, dtype=weights.dtype)
    chosen = _below(sums, random * sums[-1])
    if not weights.take(chosen * names + np.arange(names), mode="clip").all():
        sums = np.add.accumulate(weights, axis=0)
        chosen = _below(sums, random * sums[-1])
    return chosen


def _below(sums: FloatArray, heights: FloatArray) -> IntArray:
    """How many of the sums of each column a height reaches (b,)."""
    counts = np.add.reduce((sums <= heights).view(np.uint8), axis=0, dtype=np.uint8 if len(sums) < 256 else np.uint32)
    found: IntArray = counts.astype(np.intp)
    return found


@lru_cache(maxsize=64)
def _triangle(size: int, dtype: str) -> FloatArray:
    return np.tri(size, dtype=np.dtype(dtype))


def code_points(vocabulary: Vocabulary) -> IntArray:
    """The code point of each index (v,), uint32; 0 for END."""
    return np.array([0, *map(ord, vocabulary.letters)], np.uint32)


def spell(points: IntArray) -> list[str]:
    """Rows of code points (b, t), uint32, to strings, all at once: NumPy drops the zeros from the end of a string."""
    names: list[str] = np.ascontiguousarray(points).view(f"<U{points.shape[1]}").ravel().tolist()
    return names


def join(letters: IntArray, vocabulary: Vocabulary) -> list[str]:
    """Rows of indices (b, t) to strings."""
    return spell(code_points(vocabulary)[letters])
