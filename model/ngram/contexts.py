"""Contexts: the last few letters before a letter, and how often each letter followed them.

An n-gram predicts a letter from the n - 1 before it. A start symbol stands before every name and is part of the
contexts; the end token is one of the letters that follow. Counts are those of Kneser-Ney smoothing (Kneser and Ney
1995): for the longest contexts, and for those that begin with the start symbol, how often the letter followed; for
shorter ones, after how many different letters the context and the letter stood together.

What is kept is a prefix tree: contexts in the order of their lengths, those of one length in the order of their
letters, so that a flag for each context and letter says all about its shape.

Axes:  s contexts   g pairs of a context and a letter that followed it   n letters, start symbols and ends of all names
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.corpus.vocabulary import Vocabulary
from model.network.parameters import FloatArray, IntArray

MAX_ORDER = 8

MAX_DISCOUNTS = 3
"""Counts of 1, 2, and 3 or more have discounts of their own; with more discounts the loss on held-out names rose."""

USUAL_DISCOUNT = 0.85
"""What is usually taken from a count of 1; from k, as a rule, the square root of k times as much."""

USUAL_COUNTS = 100
"""How many counts the usual discounts weigh."""

MIN_DISCOUNT = 0.05
"""Least that is taken from a count, and least that is left of it."""

MIN_NAMES = 2
"""Contexts of two or more letters that stand in fewer names are left out: a rare long context is a piece of a name."""

MAX_CELLS = 3 * 2**19
"""Contexts times vocabulary: with 8 bytes a cell, an automaton takes at most 12 MiB."""

ROOT, START = 0, 1
"""Indices of the empty context and of the one that is the start symbol alone."""

_START, _NOTHING = -1, -2
"""Beside the indices of a vocabulary: the start symbol, and what stands after the end of a name."""


@dataclass(frozen=True, slots=True, eq=False)
class Contexts:
    """The contexts that are kept, in the order of their lengths, and the letters that followed each.

    Attributes
    ----------
    order
        The n of the n-gram: a context has at most n - 1 letters.
    sizes : (s,)
        How many letters followed each context; at least one.
    letters : (g,)
        Their vocabulary indices: first those of the first context, rising, then those of the second, and so on.
    counts : (g,)
        Their counts, at least 1.
    longer : (g,)
        Whether the context and the letter together are a context too. These are the contexts from the third on.
    discounts : (n, MAX_DISCOUNTS)
        What is taken from counts of 1, 2, ..., for each length of context.
    """

    order: int
    sizes: IntArray
    letters: IntArray
    counts: IntArray
    longer: NDArray[np.bool_]
    discounts: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """All strings of one length that stand in the names, sorted: contexts, and contexts with a letter."""

    first: IntArray  # where each stands first
    parent: IntArray  # the string without its last letter, as an index into the level below
    letter: IntArray  # its last letter
    names: IntArray  # how many names it stands in
    counts: IntArray  # how often its last letter followed the others, in the sense of Kneser and Ney


def count(
    names: Sequence[str], vocabulary: Vocabulary, order: int, min_names: int = MIN_NAMES, max_cells: int = MAX_CELLS
) -> Contexts:
    """Count what follows what in names.

    Parameters
    ----------
    names
        Folded names with letters of the vocabulary.
    order
        From 2 to `MAX_ORDER`.
    min_names
        Contexts of two or more letters that stand in fewer names are left out.
    max_cells
        Most contexts times `vocabulary.size`; where there would be more, the rarest of any length are left out.
    """
    if not 2 <= order <= MAX_ORDER or not names:
        raise ValueError(f"the order {order} is not in 2..{MAX_ORDER}, or there is no name")
    levels = _levels(_symbols(names, vocabulary), order)
    counted = [_rarity(level, length, min_names) for length, level in enumerate(levels[:-1], start=1)]
    least = _least(np.concatenate(counted), min_names, max(max_cells // vocabulary.size - 1, 1))
    kept = [names >= least for names in counted]  # of each length from 1 on; what is kept has its parts kept
    kept[0][0] = True  # the start symbol, after which every name begins
    parents = [np.ones(1, bool), *kept]
    sizes, letters, counts, longer = [], [], [], []
    for length, level in enumerate(levels):
        there = parents[length][level.parent]
        if length == 0:
            there = there & (level.letter != _START)  # which no letter goes before
        children = kept[length] if length < len(kept) else np.zeros(len(there), bool)
        of_each = np.bincount(level.parent[there], minlength=len(parents[length]))
        sizes.append(of_each[parents[length]])
        letters.append(level.letter[there])
        counts.append(level.counts[there])
        longer.append(children[there])
    return Contexts(
        order=order,
        sizes=np.concatenate(sizes),
        letters=np.concatenate(letters).astype(np.int64),
        counts=np.concatenate(counts),
        longer=np.concatenate(longer),
        discounts=np.array([_discounts(level.counts[level.letter != _START]) for level in levels]),
    )


def _symbols(names: Sequence[str], vocabulary: Vocabulary) -> IntArray:
    """All names in one row (n,), each with its start symbol and its end."""
    points = np.frombuffer("\0".join([*names, ""]).encode("utf-32-le"), np.uint32)
    known = np.array([0, *map(ord, vocabulary.letters)], np.uint32)
    indices = np.searchsorted(known, points)
    dtype = np.int16 if vocabulary.size < 2**15 else np.int32  # 16 bits sort several times quicker
    ends = np.flatnonzero(points == 0)
    starts = np.concatenate([[0], ends[:-1] + 1])
    return np.insert(indices.astype(dtype), starts, _START)


def _levels(symbols: IntArray, order: int) -> list[_Level]:
    """The strings of 1 to `order` symbols."""
    ends = np.flatnonzero(symbols == 0)
    name = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=-1))  # (n,)
    left = ends[name] - np.arange(len(symbols))  # symbols from here to the end of the name
    padded = np.concatenate([symbols, np.full(order, _NOTHING, symbols.dtype)])
    columns = []
    for offset in range(order):
        column = padded[offset : offset + len(symbols)].copy()
        column[left < offset] = _NOTHING
        columns.append(column)
    places = np.lexsort(columns[::-1])  # where the strings stand, in the order of their symbols; stable
    differs = np.zeros(len(symbols), bool)  # whether a string is another than the one before it
    before = np.zeros(len(symbols), np.int64)  # index of the string without its last symbol
    levels: list[_Level] = []
    index = np.zeros((order, len(symbols)), np.int64)  # of the string of each length at each place
    for offset, column in enumerate(columns):
        column = column[places]
        differs |= np.diff(column, prepend=column[0] - 1) != 0
        heads = np.flatnonzero(differs)
        there = column != _NOTHING  # the string does not run over the end of its name
        whole = there[heads]
        strings = (np.cumsum(whole) - 1)[np.cumsum(differs) - 1]  # (n,) index of the string at each place
        index[offset, places] = strings
        occurrences = np.diff(heads, append=len(symbols))[whole]
        in_names = np.sort(strings[there] * len(ends) + name[places[there]])
        bearers = np.bincount(in_names[np.diff(in_names, prepend=-1) != 0] // len(ends))
        levels.append(_Level(places[heads[whole]], before[heads[whole]], column[heads[whole]], bearers, occurrences))
        before = strings
    for level, (shorter, longer) in enumerate(itertools.pairwise(levels)):
        follows = np.bincount(index[level, longer.first + 1], minlength=len(shorter.first))
        anywhere = symbols[shorter.first] != _START
        shorter.counts[anywhere] = follows[anywhere]
    return levels


def _rarity(level: _Level, length: int, min_names: int) -> IntArray:
    """How many names each string stands in as a context: none where it ends the name, enough where it is one letter."""
    names = np.maximum(level.names, min_names) if length == 1 else level.names
    return np.where(level.letter == 0, 0, names)


def _least(names: IntArray, min_names: int, most: int) -> int:
    """Names that a context must stand in, so that at most `most` are kept."""
    if np.count_nonzero(names >= min_names) <= most:
        return min_names
    falling = -np.sort(-names)
    return int(falling[most]) + 1


def _discounts(counts: IntArray) -> FloatArray:
    """Discounts (`MAX_DISCOUNTS`,) of counts of 1, 2, and more (Chen and Goodman 1999, section 4.1).

    Their estimate is ``D_k = k - (k + 1) Y n_{k+1} / n_k`` with ``Y = n_1 / (n_1 + 2 n_2)``, where n_k says how many
    counts are k. In a short list these are few, or none: a hundred counts with the usual discounts are averaged in.
    """
    k = np.arange(1, MAX_DISCOUNTS + 1)
    n = np.bincount(np.minimum(counts, MAX_DISCOUNTS + 2), minlength=MAX_DISCOUNTS + 3)
    y = n[1] / max(n[1] + 2 * n[2], 1)
    taken = k * n[k] - (k + 1) * y * n[k + 1]
    discounts: FloatArray = (taken + USUAL_COUNTS * USUAL_DISCOUNT * np.sqrt(k)) / (n[k] + USUAL_COUNTS)
    return np.clip(discounts, MIN_DISCOUNT, k - MIN_DISCOUNT)
