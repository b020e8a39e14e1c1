"""A batch of names as the network reads it: packed, so that nothing is padded and nothing masked.

First comes the first letter of every name, then the second letter of every name that has one, and so on; the names are
in order of falling length. The names that go on are then always the first rows of the step before.

Names that begin alike are in the same state after the same letters. `Batch.shared` gives them one row together for each
of their first letters, which leaves loss and gradient as they are.

Axes:  n letters of the batch   b names in the batch   m rows that go on
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from model.network.parameters import FloatArray, IntArray

SHARED_LETTERS = 3
"""Letters that names share rows for; of four or more, few names of a batch begin with the same."""


class Step(NamedTuple):
    """From one letter to the next: which rows go on, and which go on from them."""

    before: slice  # rows of the letter before that go on
    onward: slice  # the same rows, among the m that go on from any letter
    now: slice  # rows of this letter
    parents: IntArray | None  # for each row of `now`, the one of `before` that it goes on from; None: in their order

    def spread(self, rows: FloatArray) -> FloatArray:
        """For each row of `now` (…, b', h), that of its parent."""
        return rows if self.parents is None else rows[..., self.parents, :]

    def collect(self, rows: FloatArray) -> FloatArray:
        """For each row of `before`, the sum of its children's: a product, many times quicker than `np.add.at`."""
        if self.parents is None:
            return rows
        children = np.zeros((self.before.stop - self.before.start, len(rows)), rows.dtype)
        children[self.parents, np.arange(len(rows))] = 1
        return children @ rows


class Batch(NamedTuple):
    """Names of any lengths, packed."""

    inputs: IntArray  # (n,) letters read
    targets: IntArray  # (n,) the letters that follow them; where rows are shared, one for each letter of each name
    counts: list[int]  # names that have a first letter, a second, …; n in all, b is the first of them
    styles: IntArray | None = None  # (b,) the style of each name, where the network has styles
    lists: IntArray | None = None  # (b,) the list that each name is from, where lists have alphabets of their own
    letters: IntArray | None = None  # (v',) sorted: what may follow, where that is less than the whole vocabulary
    rows: IntArray | None = None  # the row that each target follows; None: its own
    parents: tuple[IntArray, ...] = ()  # of the second letter's rows, the third's, …, as far as rows are shared

    def shared(self, letters: int = SHARED_LETTERS) -> Batch:
        """The same names with one row for all that begin alike, as far as the first letters go."""
        start, row = 0, np.zeros(self.counts[0], np.int64)
        inputs, rows, parents, size = list[IntArray](), list[IntArray](), list[IntArray](), int(self.inputs.max()) + 1
        for count in self.counts[:letters]:
            beginnings = row[:count] * size + self.inputs[start : start + count]
            distinct = np.flatnonzero(np.bincount(beginnings))
            places = np.empty(distinct[-1] + 1, np.int64)
            places[distinct] = np.arange(len(distinct))
            row = places[beginnings]
            parents.append(distinct // size)
            rows.append(row + sum(map(len, inputs)))
            inputs.append(distinct % size)
            start += count
        counts = [*map(len, inputs), *self.counts[letters:]]
        if len(counts) > letters:
            parents.append(row[: counts[letters]])
        inputs.append(self.inputs[start:])
        rows.append(np.arange(len(self.inputs) - start) + sum(counts[:letters]))
        return self._replace(
            inputs=np.concatenate(inputs), counts=counts, rows=np.concatenate(rows), parents=tuple(parents[1:])
        )

    @property
    def first(self) -> slice:
        """The rows of the first letter."""
        return slice(0, self.counts[0])

    @property
    def going_on(self) -> int:
        """How many rows go on, m."""
        apart = self.counts[len(self.parents) + 1 :]
        return sum(self.counts[: len(self.parents)]) + sum(apart)

    def steps(self) -> Iterator[Step]:
        """The steps from letter to letter, from the second letter on."""
        start = onward = 0
        for letter, count in enumerate(self.counts[1:]):
            previous = self.counts[letter]
            parents = self.parents[letter] if letter < len(self.parents) else None
            going = count if parents is None else previous
            middle = start + previous
            yield Step(
                slice(start, start + going), slice(onward, onward + going), slice(middle, middle + count), parents
            )
            start, onward = middle, onward + going

    def add(self, rows: FloatArray, of_names: FloatArray) -> None:
        """Add to every letter's row (n, k) what belongs to its name (b, k), in place."""
        for letters, names in self._letters():
            of_letter = rows[letters]
            of_letter += of_names[names]

    def multiply(self, rows: FloatArray, of_names: FloatArray, out: FloatArray) -> FloatArray:
        """Multiply every letter's row (n, k) with what belongs to its name (b, k), into `out`."""
        for letters, names in self._letters():
            np.multiply(rows[letters], of_names[names], out=out[letters])
        return out

    def sum(self, rows: FloatArray) -> FloatArray:
        """Sum the rows (n, k) of the letters of each name: (b, k)."""
        total = np.zeros((self.counts[0], rows.shape[1]), rows.dtype)
        for letters, names in self._letters():
            of_letter = total[names]
            of_letter += rows[letters]
        return total

    def _letters(self) -> Iterator[tuple[slice, slice]]:
        """The rows of each letter, and the names that they belong to."""
        start = 0
        for going in self.counts:
            yield slice(start, start + going), slice(going)
            start += going
