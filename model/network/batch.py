"""A batch of names as the network reads it: packed, so that nothing is padded and nothing masked.

First comes the first letter of every name, then the second letter of every name that has one, and so on; the names are
in order of falling length. The names that go on are then always the first rows of the step before.

Axes:  n letters of the batch   b names in the batch
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from model.network.parameters import FloatArray, IntArray


class Batch(NamedTuple):
    """Names of any lengths, packed."""

    inputs: IntArray  # (n,) letters read
    targets: IntArray  # (n,) the letters that follow them
    counts: list[int]  # names that have a first letter, a second, …; n in all, b is the first of them
    styles: IntArray | None = None  # (b,) the style of each name, where the network has styles
    lists: IntArray | None = None  # (b,) the list that each name is from, where lists have alphabets of their own
    letters: IntArray | None = None  # (v',) sorted: what may follow, where that is less than the whole vocabulary

    def steps(self) -> Iterator[tuple[slice, slice]]:
        """The rows of each letter and of the letter before it, from the second letter on."""
        start = 0
        for previous, going in itertools.pairwise(self.counts):
            middle = start + previous
            yield slice(start, middle), slice(middle, middle + going)
            start = middle

    def add(self, rows: FloatArray, of_names: FloatArray) -> None:
        """Add to every letter's row (n, k) what belongs to its name (b, k), in place."""
        for letters, names in self._letters():
            rows[letters] += of_names[names]

    def multiply(self, rows: FloatArray, of_names: FloatArray, out: FloatArray) -> FloatArray:
        """Multiply every letter's row (n, k) with what belongs to its name (b, k), into `out`."""
        for letters, names in self._letters():
            np.multiply(rows[letters], of_names[names], out=out[letters])
        return out

    def sum(self, rows: FloatArray) -> FloatArray:
        """Sum the rows (n, k) of the letters of each name: (b, k)."""
        total = np.zeros((self.counts[0], rows.shape[1]), rows.dtype)
        for letters, names in self._letters():
            total[names] += rows[letters]
        return total

    def _letters(self) -> Iterator[tuple[slice, slice]]:
        """The rows of each letter, and the names that they belong to."""
        start = 0
        for going in self.counts:
            yield slice(start, start + going), slice(going)
            start += going
