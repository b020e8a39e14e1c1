"""Names as the network reads them: packed into batches, in an order that a generator draws.

Axes:  n letters of the batch   b names in the batch   t letters along a name
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.corpus.vocabulary import END, Vocabulary
from model.network.batch import Batch
from model.network.parameters import IntArray


class EqualLengths(NamedTuple):
    """Names of one length: letters read, and the letters that follow them, (t, b) each."""

    inputs: IntArray
    targets: IntArray


def pairs(letters: IntArray, first_letter: bool) -> EqualLengths:
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
    return EqualLengths(read, follow if first_letter else follow[1:])


def by_length(names: Sequence[str], vocabulary: Vocabulary, first_letter: bool) -> list[EqualLengths]:
    """All names, those of equal length together."""
    groups: dict[int, list[list[int]]] = {}
    for name in names:
        groups.setdefault(len(name), []).append(vocabulary.encode(name))
    return [pairs(np.array(groups[length], np.int64).T, first_letter) for length in sorted(groups)]


class Padded(NamedTuple):
    """Names of like lengths: letters read, the letters that follow, and which of them belong to names, (t, b) each."""

    inputs: IntArray
    targets: IntArray
    used: NDArray[np.bool_]


def padded(names: Sequence[str], vocabulary: Vocabulary, size: int) -> list[Padded]:
    """All names in the order of their lengths, `size` at a time, read from a start symbol on.

    For some hundred names that is a few passes, where `by_length` makes one for each length.
    """
    pieces, ordered = list[Padded](), sorted(names, key=len)
    for start in range(0, len(ordered), size):
        piece = ordered[start : start + size]
        targets = np.full((len(piece[-1]) + 1, len(piece)), END, np.int64)
        for place, name in enumerate(piece):
            targets[: len(name), place] = vocabulary.encode(name)
        inputs = np.concatenate([np.full((1, len(piece)), END), targets[:-1]])
        lengths = np.array([len(name) for name in piece])
        pieces.append(Padded(inputs, targets, np.arange(len(targets))[:, None] <= lengths))
    return pieces


class Shuffled:
    """Every name once an epoch, in batches of `size` names of any lengths, in random order."""

    def __init__(self, names: Sequence[str], vocabulary: Vocabulary, first_letter: bool, size: int) -> None:
        self._size = size
        self._lengths = np.array([len(name) + first_letter for name in names])  # letters to predict, the end included
        self._inputs = np.full((len(names), self._lengths.max()), END)  # (names, t), END after the last letter
        self._targets = self._inputs.copy()
        for row, name in enumerate(names):
            letters = vocabulary.encode(name)
            self._inputs[row, : self._lengths[row]] = [END, *letters] if first_letter else letters
            self._targets[row, : self._lengths[row] - 1] = letters if first_letter else letters[1:]

    def __len__(self) -> int:
        """Batches in an epoch."""
        return -(-len(self._lengths) // self._size)

    def epoch(self, rng: np.random.Generator) -> Iterator[Batch]:
        """Draw the order of an epoch, all of it at once, and then give its batches."""
        order = rng.permutation(len(self._lengths))
        return (self.pack(order[start : start + self._size]) for start in range(0, len(order), self._size))

    def pack(self, rows: IntArray) -> Batch:
        """The letters of these names, first letters first, names in order of falling length."""
        rows = self.in_order(rows)
        lengths = self._lengths[rows]
        there = np.arange(lengths[0])[:, None] < lengths  # (t, b)
        inputs, targets = self._inputs[rows].T[: len(there)], self._targets[rows].T[: len(there)]
        return Batch(inputs[there], targets[there], there.sum(axis=1).tolist())

    def in_order(self, rows: IntArray) -> IntArray:
        """These names in the order in which they are packed: of falling length."""
        return rows[np.argsort(-self._lengths[rows], kind="stable")]


class OneByOne:
    """One random name a step, drawn with replacement: the original recipe. An epoch is as many steps as names."""

    def __init__(self, names: Sequence[str], vocabulary: Vocabulary, first_letter: bool) -> None:
        self._names = []
        for name in names:
            inputs, targets = pairs(np.array(vocabulary.encode(name))[:, None], first_letter)
            self._names.append(Batch(inputs[:, 0].copy(), targets[:, 0].copy(), [1] * len(inputs)))

    def __len__(self) -> int:
        """Steps in an epoch."""
        return len(self._names)

    def epoch(self, rng: np.random.Generator) -> Iterator[Batch]:
        """Draw an epoch's names, all of them at once, and then give them."""
        drawn = rng.integers(len(self._names), size=len(self._names))
        return (self._names[index] for index in drawn)
