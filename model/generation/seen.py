"""The names that have come up, of which none may come twice: a few as they are, many as hashes.

Of a million names, two have the same 64-bit hash with a probability of 3 in 100 million. The later one would be left
out, and another drawn in its place; no name is ever given twice.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

FEWEST_HASHED = 16_384
"""Names, some 100 bytes each."""

SHARE = 16
"""Of the hashed names, one in so many may be kept as it is, before it is merged into them."""

NO_HASHES = np.zeros(0, np.int64)


class SeenNames:
    """A set of names that takes 8 bytes for most of them, and half as much again while they are merged.

    New names are collected in a set. When that has grown with the whole, their hashes are sorted into those of the
    names before, so each hash is moved some `SHARE` times however many there are.

    Parameters
    ----------
    fewest_hashed
        So many are kept as they are in any case.
    """

    def __init__(self, fewest_hashed: int = FEWEST_HASHED) -> None:
        self._fewest_hashed = fewest_hashed
        self._recent: set[str] = set()
        self._hashes = NO_HASHES  # (n,) ascending

    def __len__(self) -> int:
        """How many names have come up."""
        return len(self._recent) + len(self._hashes)

    def new(self, names: Iterable[str]) -> list[str]:
        """Those of some names that have not come up, each once, in their order; they are not added."""
        fresh = [name for name in dict.fromkeys(names) if name not in self._recent]
        if not fresh or not len(self._hashes):
            return fresh
        hashes = _hashes(fresh)
        places = np.searchsorted(self._hashes, hashes)
        is_old = self._hashes[np.minimum(places, len(self._hashes) - 1)] == hashes
        return [name for name, old in zip(fresh, is_old.tolist(), strict=True) if not old]

    def add(self, names: Iterable[str]) -> None:
        """Remember names, all of them `new`."""
        self._recent.update(names)
        if len(self._recent) > max(self._fewest_hashed, len(self._hashes) // SHARE):
            # sorted blocks are merged, which takes no more than a pass over them
            self._hashes = np.concatenate([self._hashes, np.sort(_hashes(self._recent))])
            self._recent = set()
            self._hashes.sort(kind="stable")


def _hashes(names: Iterable[str]) -> NDArray[np.int64]:
    """Python's own hashes (n,): keyed anew in each process, so that nobody can tell which names share one."""
    return np.fromiter(map(hash, names), np.int64)
