"""The training names as batches of equal length, in an order that a generator draws.

Axes:  b names in the batch   t letters along a name
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from model.network import IntArray
from model.vocabulary import END, Vocabulary

Batch = tuple[IntArray, IntArray]
"""Inputs and targets, (t, b) each: letters read, and the letters that follow them."""


def by_length(names: Sequence[str], vocabulary: Vocabulary) -> list[IntArray]:
    """Names as indices, one (t, b) array for each length, lengths ascending."""
    groups: dict[int, list[list[int]]] = {}
    for name in names:
        groups.setdefault(len(name), []).append(vocabulary.encode(name))
    return [np.ascontiguousarray(np.array(groups[length], np.int64).T) for length in sorted(groups)]


def pairs(letters: IntArray, first_letter: bool) -> Batch:
    """What is read and what should follow, for names of one length.

    Parameters
    ----------
    letters : (t, b)
        Indices of the names' letters.
    first_letter
        True: a start symbol is read first, so the first letter is predicted too; inputs and targets are (t + 1, b).
        False: the first letter is given, as in the original recipe; they are (t, b).
    """
    end = np.full((1, letters.shape[1]), END, letters.dtype)
    read = np.concatenate([end, letters]) if first_letter else letters
    follow = np.concatenate([letters, end])
    return read, follow if first_letter else follow[1:]


class Shuffled:
    """Every name once an epoch: equal lengths together, names and batches in random order."""

    def __init__(self, names: Sequence[str], vocabulary: Vocabulary, first_letter: bool, size: int) -> None:
        self._groups = [pairs(letters, first_letter) for letters in by_length(names, vocabulary)]
        self._size = size

    def __len__(self) -> int:
        """Batches in an epoch."""
        return sum(-(-targets.shape[1] // self._size) for _, targets in self._groups)

    def epoch(self, rng: np.random.Generator) -> Iterator[Batch]:
        """Draw the order of an epoch, all of it at once, and then give its batches."""
        cuts: list[tuple[int, IntArray]] = []
        for group, (_, targets) in enumerate(self._groups):
            order = rng.permutation(targets.shape[1])
            cuts += [(group, order[start : start + self._size]) for start in range(0, len(order), self._size)]
        return self._take([cuts[index] for index in rng.permutation(len(cuts))])

    def _take(self, cuts: list[tuple[int, IntArray]]) -> Iterator[Batch]:
        for group, columns in cuts:
            inputs, targets = self._groups[group]
            yield inputs[:, columns], targets[:, columns]


class OneByOne:
    """One random name a step, drawn with replacement: the original recipe. An epoch is as many steps as names."""

    def __init__(self, names: Sequence[str], vocabulary: Vocabulary, first_letter: bool) -> None:
        encoded = [np.array(vocabulary.encode(name), np.int64)[:, None] for name in names]
        self._names = [pairs(letters, first_letter) for letters in encoded]

    def __len__(self) -> int:
        """Steps in an epoch."""
        return len(self._names)

    def epoch(self, rng: np.random.Generator) -> Iterator[Batch]:
        """Draw an epoch's names, all of them at once, and then give them."""
        drawn = rng.integers(len(self._names), size=len(self._names))
        return (self._names[index] for index in drawn)
