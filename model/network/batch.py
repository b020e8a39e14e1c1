"""A batch of names as the network reads it: packed, so that nothing is padded and nothing masked.

First comes the first letter of every name, then the second letter of every name that has one, and so on; the names are
in order of falling length. The names that go on are then always the first rows of the step before.

Axes:  n letters of the batch   b names in the batch
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

from model.network.parameters import IntArray


class Batch(NamedTuple):
    """Names of any lengths, packed."""

    inputs: IntArray  # (n,) letters read
    targets: IntArray  # (n,) the letters that follow them
    counts: list[int]  # names that have a first letter, a second, …; n in all, b is the first of them

    def steps(self) -> Iterator[tuple[slice, slice]]:
        """The rows of each letter and of the letter before it, from the second letter on."""
        start = 0
        for previous, going in itertools.pairwise(self.counts):
            middle = start + previous
            yield slice(start, middle), slice(middle, middle + going)
            start = middle
