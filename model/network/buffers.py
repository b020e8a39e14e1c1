"""Arrays that are kept from step to step."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from model.network.parameters import FloatArray

PIECE = 2**24
"""Bytes of the pieces of a training; what is never used of them costs nothing."""

STRIPE = 32
"""Rows that `transposed` takes at a time."""

BLOCK = 2**13
"""Numbers of one array that a pass over some rows takes at a time."""


class Buffers:
    """Arrays by name: fresh memory costs more in page faults than the arithmetic in it.

    Parameters
    ----------
    dtype
        Of the arrays.
    piece
        Bytes to ask the system for at a time, for arrays that are kept for long. NumPy has pieces of 4 MB and more
        backed with huge pages; with those of 4 KB, looking up addresses slows the arithmetic down. By default each
        array is a piece of its own.
    """

    def __init__(self, dtype: np.dtype[np.floating], piece: int = 0) -> None:
        self.dtype, self._piece = dtype, piece
        self._kept: dict[str, FloatArray] = {}
        self._free: FloatArray = np.empty(0, dtype)  # the rest of the last piece

    def __call__(self, name: str, *shape: int) -> FloatArray:
        """The array of that name in that shape; what it holds is left over from before, zeros at first."""
        size = math.prod(shape)
        kept = self._kept.get(name)
        if kept is None or kept.size < size:
            kept = self._kept[name] = self._cut(size if kept is None else size + size // 4)
        return kept[:size].reshape(shape)

    def _cut(self, size: int) -> FloatArray:
        """Zeros from the last piece, or from a new one; multiples of 64 numbers, to keep clear of odd addresses."""
        size = -(-size // 64) * 64
        if size > self._free.size:
            self._free = np.zeros(max(size, self._piece // self.dtype.itemsize), self.dtype)
        cut, self._free = self._free[:size], self._free[size:]
        return cut


def transposed(matrix: FloatArray, out: FloatArray) -> FloatArray:
    """A transposed copy: products with one read quicker than with a window on the matrix. In stripes, for the cache."""
    for start in range(0, len(matrix), STRIPE):
        out[:, start : start + STRIPE] = matrix[start : start + STRIPE].T
    return out


def blocks(rows: slice, width: int) -> Iterator[tuple[slice, slice]]:
    """Rows of so many numbers in parts, so small that what a few passes read and write stays in the cache.

    Each part is given as rows of the whole, and as rows counted from the first.
    """
    size = max(1, BLOCK // width)
    for start in range(rows.start, rows.stop, size):
        end = min(start + size, rows.stop)
        yield slice(start, end), slice(start - rows.start, end - rows.start)
