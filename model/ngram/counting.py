"""Counting: which strings of up to n letters stand in names, in how many, and what stood before each.

A start symbol stands before every name and an end token after it. All strings of all lengths come from one sort of the
places at which they begin, and those of one length are numbered in the order of their letters.

Axes:  n letters, start symbols and ends of all names   g strings of one length
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.corpus.vocabulary import END, Vocabulary
from model.network.parameters import IntArray

START_SYMBOL = -1
"""Beside the indices of a vocabulary."""

_NOTHING = -2
"""What stands after the end of a name."""


@dataclass(frozen=True, slots=True, eq=False)
class Strings:
    """All strings of one length that stand in the names, in the order of their letters.

    Attributes
    ----------
    parents, letters : (g,)
        Each is a string of the length below, by its index there, and a last letter.
    names : (g,)
        How many names it stands in.
    occurrences : (g,)
        How often it stands in them.
    predecessors : (g,)
        After how many different letters, the start symbol among them; nothing stands before the start symbol itself.
    begins : (g,)
        Whether its first letter is the start symbol.
    """

    parents: IntArray
    letters: IntArray
    names: IntArray
    occurrences: IntArray
    predecessors: IntArray
    begins: IntArray

    def counts(self, *, longest: bool) -> IntArray:
        """Counts (g,) in the sense of Kneser and Ney (1995), which are occurrences for the longest strings alone.

        For others they are predecessors, except that the start symbol has none.
        """
        return self.occurrences if longest else np.where(self.begins, self.occurrences, self.predecessors)


def count_strings(names: Sequence[str], vocabulary: Vocabulary, longest: int) -> list[Strings]:
    """Count the strings of 1, 2, ..., `longest` letters; what stands before the longest ones is not counted."""
    symbols = _symbols(names, vocabulary)
    name = np.cumsum(symbols == START_SYMBOL) - 1  # (n,) the name of each place
    columns = _columns(symbols, name, longest)
    places = np.lexsort(columns[::-1])  # where the strings begin, in the order of their letters
    differs = np.zeros(len(symbols), bool)  # whether a string is another than the one before it
    parents = np.zeros(len(symbols), np.int64)
    found, firsts, index = [], [], []
    for column in columns:
        sorted_column = column[places]
        differs |= np.diff(sorted_column, prepend=sorted_column[0] - 1) != 0
        heads = np.flatnonzero(differs)
        inside = sorted_column != _NOTHING  # the string does not run over the end of its name
        whole = inside[heads]
        strings = (np.cumsum(whole) - 1)[np.cumsum(differs) - 1]  # (n,) index of the string at each place
        first, letters = places[heads[whole]], sorted_column[heads[whole]]
        bearers = np.sort(strings[inside] * len(names) + name[places[inside]])
        found.append(
            Strings(
                parents=parents[heads[whole]],
                letters=letters,
                names=np.bincount(bearers[np.diff(bearers, prepend=-1) != 0] // len(names)),
                occurrences=np.diff(heads, append=len(symbols))[whole],
                predecessors=np.zeros(len(first), np.int64),
                begins=symbols[first] == START_SYMBOL,
            )
        )
        firsts.append(first)
        index.append(np.empty(len(symbols), np.int64))
        index[-1][places] = strings
        parents = strings
    for shorter, own, longer in zip(found, index, firsts[1:], strict=False):
        shorter.predecessors[:] = np.bincount(own[longer + 1], minlength=len(shorter.letters))
    return found


def _symbols(names: Sequence[str], vocabulary: Vocabulary) -> IntArray:
    """All names in one row (n,), each with its start symbol and its end."""
    points = np.frombuffer("\0".join([*names, ""]).encode("utf-32-le"), np.uint32)
    known = np.array([0, *map(ord, vocabulary.letters)], np.uint32)
    dtype = np.int16 if vocabulary.size < 2**15 else np.int32  # 16 bits sort several times quicker
    indices = np.searchsorted(known, points).astype(dtype)
    ends = np.flatnonzero(points == END)
    return np.insert(indices, np.concatenate([[0], ends[:-1] + 1]), START_SYMBOL)


def _columns(symbols: IntArray, name: IntArray, longest: int) -> list[IntArray]:
    """The first, second, ... letter of the strings that begin at each place, (n,) each."""
    left = np.flatnonzero(symbols == END)[name] - np.arange(len(symbols))  # letters from here to the end of the name
    padded = np.concatenate([symbols, np.full(longest, _NOTHING, symbols.dtype)])
    columns = [padded[offset : offset + len(symbols)].copy() for offset in range(longest)]
    for offset, column in enumerate(columns):
        column[left < offset] = _NOTHING
    return columns
