"""Contexts: the last few letters before a letter, and how often each letter followed them.

An n-gram predicts a letter from the n - 1 before it. A start symbol stands before every name and is part of the
contexts; the end token is one of the letters that follow. Counts are those of Kneser-Ney smoothing (Kneser and Ney
1995): for the longest contexts, and for those that begin with the start symbol, how often the letter followed; for
shorter ones, after how many different letters the context and the letter stood together.

What is kept is a prefix tree: contexts in the order of their lengths, those of one length in the order of their
letters, so that a flag for each context and letter says all about its shape.

Axes:  s contexts   g pairs of a context and a letter that followed it
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.corpus.vocabulary import END
from model.network.parameters import FloatArray, IntArray
from model.ngram.counting import START_SYMBOL, Strings

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
"""Contexts times vocabulary: an automaton has 4 bytes of probability for each, and at most 4 for the next state."""

ROOT, START = 0, 1
"""Indices of the empty context and of the one that is the start symbol alone."""


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

    def parents(self) -> IntArray:
        """The contexts that the contexts from the third on are without their last letters."""
        return parents_of(self.sizes, self.longer)


def parents_of(sizes: IntArray, longer: NDArray[np.bool_]) -> IntArray:
    """The context of each pair that is a context too."""
    return np.searchsorted(np.cumsum(sizes, dtype=np.int64), np.flatnonzero(longer), side="right")


def select(
    strings: Sequence[Strings], vocabulary: int, order: int, min_names: int = MIN_NAMES, max_cells: int = MAX_CELLS
) -> Contexts:
    """Select the contexts of an n-gram.

    Parameters
    ----------
    strings
        Of 1 to `order` letters or more, as `count_strings` counts them.
    vocabulary
        Letters and the end token.
    order
        From 2 to `MAX_ORDER`.
    min_names
        Contexts of two or more letters that stand in fewer names are left out.
    max_cells
        Most contexts times `vocabulary`; where there would be more, the rarest of any length are left out.
    """
    strings = strings[:order]
    bearers = [_bearers(level, length, min_names) for length, level in enumerate(strings[:-1], start=1)]
    least = _least(np.concatenate(bearers), min_names, max(max_cells // vocabulary - 1, 1))
    kept = [names >= least for names in bearers]  # of each length from 1 on; parts of what is kept are kept too
    kept[0][0] = True  # the start symbol, after which every name begins
    contexts = [np.ones(1, bool), *kept]
    sizes, letters, counts, longer, discounts = [], [], [], [], []
    for length, level in enumerate(strings):
        follows = level.letters != START_SYMBOL
        numbers = level.counts(longest=length == order - 1)
        discounts.append(_discounts(numbers[follows]))
        pairs = follows & contexts[length][level.parents]
        sizes.append(np.bincount(level.parents[pairs], minlength=len(contexts[length]))[contexts[length]])
        letters.append(level.letters[pairs])
        counts.append(numbers[pairs])
        longer.append(kept[length][pairs] if length < len(kept) else np.zeros(np.count_nonzero(pairs), bool))
    numbers = np.concatenate(counts)
    return Contexts(
        order=order,
        sizes=np.concatenate(sizes).astype(smallest(vocabulary)),
        letters=np.concatenate(letters).astype(smallest(vocabulary)),
        counts=numbers.astype(smallest(int(numbers.max()))),
        longer=np.concatenate(longer),
        discounts=np.array(discounts),
    )


def smallest(limit: int) -> np.dtype[Any]:
    """The smallest type of whole numbers up to `limit`, which keeps contexts small in memory and on disk."""
    return np.min_scalar_type(limit)


def _bearers(level: Strings, length: int, min_names: int) -> IntArray:
    """How many names each string stands in as a context: none where it ends the name, enough where it is one letter."""
    names = np.maximum(level.names, min_names) if length == 1 else level.names
    return np.where(level.letters == END, 0, names)


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
