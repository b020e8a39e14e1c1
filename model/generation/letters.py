"""Letters drawn by their weights, and rows of them joined to names.

Axes:  b names in the batch   t letters along a name   v vocabulary
"""

from __future__ import annotations

import numpy as np

from model.corpus.vocabulary import Vocabulary
from model.network.parameters import FloatArray, IntArray


def choose(weights: FloatArray, rng: np.random.Generator) -> IntArray:
    """Draw a letter of each column (v, b), as probable as its weight, by the inverse of the cumulative sum.

    A letter of weight 0 is never drawn: its cumulative sum equals the one before it, and the first that exceeds the
    drawn height is chosen. A height never reaches the total, since uniform numbers end before 1.
    """
    sums = np.add.accumulate(weights, axis=0)  # (v, b)
    heights = rng.random(weights.shape[1], dtype=sums.dtype) * sums[-1]
    chosen: IntArray = (sums <= heights).sum(axis=0)
    return chosen


def join(letters: IntArray, vocabulary: Vocabulary) -> list[str]:
    """Rows of indices to strings, all at once: NumPy drops the NULs that END stands for from the end of a string."""
    table = np.array(["", *vocabulary.letters], dtype="<U1")
    spelled = np.ascontiguousarray(table[letters])
    return [str(name) for name in spelled.view(f"<U{letters.shape[1]}").ravel().tolist()]
