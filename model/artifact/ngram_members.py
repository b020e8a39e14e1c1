"""An n-gram as arrays of a file: its contexts and counts, from which the automaton is built again, bit for bit.

    ngram.sizes      (s,) how many letters followed each context
    ngram.letters    (g,) their indices
    ngram.counts     (g,) bytes: their counts, 255 for those that are at least as large
    ngram.large      the counts that are, in the same order
    ngram.longer     bits: whether a context and a letter together are a context too
    ngram.discounts  (n, 3)

The order is that of `model.ngram.contexts.Contexts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.corpus.vocabulary import END
from model.ngram.automaton import Automaton
from model.ngram.contexts import MAX_CELLS, MAX_DISCOUNTS, MIN_DISCOUNT, ROOT, START, Contexts, parents_of, smallest

PREFIX = "ngram."
LARGE = 255
MIN_CONTEXTS = START + 1
"""The empty one and the start of a name, which every n-gram has."""


def members(contexts: Contexts) -> dict[str, NDArray[Any]]:
    """The arrays that keep an n-gram."""
    counts = contexts.counts
    return {
        PREFIX + "sizes": contexts.sizes,
        PREFIX + "letters": contexts.letters,
        PREFIX + "counts": np.minimum(counts, LARGE).astype(np.uint8),
        PREFIX + "large": counts[counts >= LARGE].astype(np.uint32),
        PREFIX + "longer": np.packbits(contexts.longer),
        PREFIX + "discounts": contexts.discounts,
    }


def automaton(arrays: Mapping[str, NDArray[Any]], order: int, vocabulary: int) -> Automaton:
    """The n-gram that `members` kept; nothing larger than a few arrays of the file is made before all is checked.

    Raises
    ------
    KeyError, ValueError
        An array is missing, or they are not those of an n-gram of this order and vocabulary.
    """
    sizes, letters = (_whole_numbers(arrays, name, smallest(vocabulary)) for name in ("sizes", "letters"))
    small, large = _whole_numbers(arrays, "counts", np.uint8), _whole_numbers(arrays, "large", np.uint32)
    bits, discounts = _whole_numbers(arrays, "longer", np.uint8), arrays[PREFIX + "discounts"]
    pairs = len(letters)
    if len(sizes) < MIN_CONTEXTS or len(sizes) * vocabulary > max(MAX_CELLS, MIN_CONTEXTS * vocabulary):
        raise ValueError(f"an n-gram has no {len(sizes)} contexts of {vocabulary} letters")
    if not sizes.min() or not len(small) == int(sizes.sum(dtype=np.int64)) == pairs <= len(sizes) * vocabulary:
        raise ValueError("the letters and counts of its n-gram are not as many as its contexts say")
    if len(bits) != -(-pairs // 8):
        raise ValueError("its n-gram has not a flag for each letter")
    rising = np.ones(pairs, bool)
    np.greater(letters[1:], letters[:-1], out=rising[1:])
    rising[np.cumsum(sizes, dtype=np.int64) - sizes] = True  # the first letters of the contexts
    if not rising.all() or letters.max() >= vocabulary:
        raise ValueError("the letters of its n-gram are not in order, or are more than it knows")
    if not small.min() or np.count_nonzero(small == LARGE) != len(large) or (len(large) and large.min() < LARGE):
        raise ValueError("the counts of its n-gram are no counts")
    if discounts.dtype != np.float64 or discounts.shape != (order, MAX_DISCOUNTS):
        raise ValueError("its n-gram has not as many discounts as its order says")
    most = np.arange(1, MAX_DISCOUNTS + 1) - MIN_DISCOUNT
    if not ((discounts >= MIN_DISCOUNT) & (discounts <= most)).all():
        raise ValueError("the discounts of its n-gram are no discounts")
    longer = np.unpackbits(bits, count=pairs).astype(bool)
    _check_tree(sizes, letters, longer, order)
    counts = small.astype(smallest(int(large.max() if len(large) else small.max())))
    counts[small == LARGE] = large
    return Automaton.of(Contexts(order, sizes, letters, counts, longer, discounts), vocabulary)


def _whole_numbers(arrays: Mapping[str, NDArray[Any]], name: str, dtype: Any) -> NDArray[Any]:
    array = arrays[PREFIX + name]
    if array.dtype != dtype or array.ndim != 1:
        raise ValueError(
            f"{PREFIX}{name} has type {array.dtype} and shape {array.shape} where {np.dtype(dtype)} belongs"
        )
    return array


def _check_tree(sizes: NDArray[Any], letters: NDArray[Any], longer: NDArray[Any], order: int) -> None:
    """Each context but the first two is one that stands before it and a letter, and none is longer than the order."""
    parents = parents_of(sizes, longer)
    if len(parents) != len(sizes) - MIN_CONTEXTS or (letters[longer] == END).any():
        raise ValueError("the contexts of its n-gram are not as many as its flags say")
    contexts = np.arange(MIN_CONTEXTS, len(sizes))
    if (parents >= contexts).any():
        raise ValueError("the contexts of its n-gram are not in order")
    last, length = ROOT, 0  # the last context of each length
    while last < len(sizes) - 1:
        children = int(np.searchsorted(parents, last, side="right"))
        last, length = max(children + MIN_CONTEXTS - 1, START), length + 1
    if length >= order:
        raise ValueError("a context of its n-gram is longer than its order says")
