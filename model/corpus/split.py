"""The split of a list: names to learn from, to stop by and to test on.

A name's hash decides alone: neither the order of the list nor the seed of a training moves a name, and another name
more or less in the list moves next to none. The parts are ranges of the sorted hashes, lowest first:

    0 ─ test ─ share ─ validation ─ 2 · share ─ train ─ 1        as fractions of 2⁶⁴

So one sorted array and the sizes of the parts say of every name in which part it was, without the names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.cached import cached_property
from model.errors import BadCorpus

HELD_OUT_SHARE = 0.1
HELD_OUT_SHARE_OF_LARGE = 0.05
LARGE_LIST_NAMES = 20_000
"""From this many distinct names on, `HELD_OUT_SHARE_OF_LARGE` is plenty to judge by."""


@dataclass(frozen=True)
class Split:
    """The names of a corpus in three parts, each sorted, none empty, no name in two."""

    train: tuple[str, ...]
    validation: tuple[str, ...]
    test: tuple[str, ...]

    @classmethod
    def of(cls, names: tuple[str, ...], source: str | None = None) -> Split:
        """Divide distinct, folded names.

        Raises
        ------
        BadCorpus
            There are fewer than three.
        """
        hashes = name_hashes(names)
        ordered = np.unique(hashes)
        if len(ordered) < 3:
            raise BadCorpus(
                f"{len(ordered)} distinct name{'s are' if len(ordered) > 1 else ' is'} too few to learn from; "
                "give at least 3, better 100",
                source=source,
            )
        share = HELD_OUT_SHARE if len(ordered) < LARGE_LIST_NAMES else HELD_OUT_SHARE_OF_LARGE
        limits = np.array([int(share * 2**64), int(2 * share * 2**64)], np.uint64)
        first, second = map(int, np.searchsorted(ordered, limits))
        first = min(max(first, 1), len(ordered) - 2)
        second = min(max(second, first + 1), len(ordered) - 1)
        # 0 test, 1 validation, 2 train: by the hash, so that equal hashes can't stand on two sides
        part = np.searchsorted(ordered[[first, second]], hashes, side="right")
        test, validation, train = (tuple(names[i] for i in np.flatnonzero(part == side)) for side in range(3))
        return cls(train, validation, test)

    @cached_property
    def hashes(self) -> NDArray[np.uint64]:
        """Hashes of all names, sorted: first those of `test`, then of `validation`, then of `train`."""
        hashes = np.sort(name_hashes(self.test + self.validation + self.train))
        hashes.flags.writeable = False
        return hashes


def name_hashes(names: Iterable[str]) -> NDArray[np.uint64]:
    """BLAKE2b (RFC 7693) of each folded name's UTF-8, 8 bytes, as a big-endian number.

    Returns
    -------
    (n,)
        In the order of `names`.
    """
    # no list has surrogates, but a request that asks for a name may
    encoded = (name.encode(errors="surrogatepass") for name in names)
    digests = b"".join([hashlib.blake2b(name, digest_size=8).digest() for name in encoded])
    return np.frombuffer(digests, ">u8").astype(np.uint64)
