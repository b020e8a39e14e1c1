"""An n-gram as an automaton: a state for each context, a row of probabilities in each state.

Reading a letter is a look-up, for a whole batch of names at once: the next state is the longest context that the
letters so far end with, found as Aho and Corasick (1975) do. Most contexts begin no longer one; they go on as the
context without their first letter does, and share its row of next states. The probabilities are those of interpolated
modified Kneser-Ney (Chen and Goodman 1999): what a discount takes from the counts of a context goes to the context
without its first letter,

    p(a | c) = (count(c a) - D(count(c a))) / count(c) + left(c) p(a | c')

and from the empty context to all letters alike.

Axes:  s states   r rows of next states   v vocabulary   g pairs of a context and a letter
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from model.corpus.vocabulary import END, Vocabulary
from model.network.parameters import FloatArray, IntArray
from model.ngram.contexts import MAX_DISCOUNTS, MAX_ORDER, MIN_NAMES, ROOT, START, Contexts, select, smallest
from model.ngram.counting import count_strings

ORDER = 6

BLOCK = 2**11
"""States that are worked out at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Automaton:
    """An n-gram, ready to read.

    Attributes
    ----------
    contexts
        What it was built from.
    probabilities : (s, v)
        Of each letter as the next one, float32; each row sums to 1, and none is 0.
    rows : (s,)
        The row of `following` that is each state's.
    following : (r, v)
        The state after each letter; after the end token, the one in which names begin.
    start
        The state in which names begin.
    """

    contexts: Contexts
    probabilities: FloatArray
    rows: IntArray
    following: IntArray
    start: int = START

    @classmethod
    def learn(
        cls, names: Iterable[str], vocabulary: Vocabulary, order: int = ORDER, min_names: int = MIN_NAMES
    ) -> Automaton:
        """Learn from names.

        Parameters
        ----------
        names
            Folded, with letters of the vocabulary; at least one.
        order
            The n of the n-gram, from 2 to `MAX_ORDER`.
        min_names
            Contexts of two or more letters that stand in fewer names are left out.
        """
        names = tuple(names)
        if not 2 <= order <= MAX_ORDER or not names:
            raise ValueError(f"the order {order} is not in 2..{MAX_ORDER}, or there is no name")
        strings = count_strings(names, vocabulary, order)
        return cls.of(select(strings, vocabulary.size, order, min_names), vocabulary.size)

    @classmethod
    def of(cls, contexts: Contexts, vocabulary: int) -> Automaton:
        """Build it from counted contexts; the same contexts make the same bits."""
        ends = np.cumsum(contexts.sizes, dtype=np.int64)
        parents = contexts.parents()  # of the states from 2 on
        letters = contexts.letters[contexts.longer]
        # (r,) states with a row of their own: contexts that begin longer ones. np.unique would import masked arrays.
        branching = np.append(ROOT, parents[np.diff(parents, prepend=ROOT) > 0])
        probabilities = np.empty((len(ends), vocabulary), np.float32)
        probabilities[ROOT] = 1 / vocabulary
        rows = np.zeros(len(ends), smallest(len(branching)))
        following = np.zeros((len(branching), vocabulary), smallest(len(ends)))
        following[ROOT, END] = START
        suffixes = np.zeros(len(ends), np.int64)  # the state without the first letter of the context
        for length, first, last in _blocks(parents):
            if length > 1:
                own = slice(max(first - 2, 0), last - 2)
                suffixes[first:last] = following[rows[suffixes[parents[own]]], letters[own]]
            if length > 0:
                np.take(probabilities, suffixes[first:last], axis=0, out=probabilities[first:last], mode="clip")
                rows[first:last] = rows[suffixes[first:last]]
                new = np.arange(*np.searchsorted(branching, [first, last]))
                following[new] = following[rows[branching[new]]]  # of the suffixes, until the next line
                rows[branching[new]] = new
            children = slice(*np.searchsorted(parents, [first, last]))
            following[rows[parents[children]], letters[children]] = np.arange(children.start + 2, children.stop + 2)
            pairs = slice(ends[first] - contexts.sizes[first], ends[last - 1])
            kept, left = _shares(contexts, slice(first, last), pairs, contexts.discounts[length])
            probabilities[first:last] *= left[:, None]
            state = np.repeat(np.arange(first, last), contexts.sizes[first:last])  # of each pair
            probabilities[state, contexts.letters[pairs]] += kept
        for array in (probabilities, rows, following):
            array.flags.writeable = False
        return cls(contexts, probabilities, rows, following)

    @property
    def nbytes(self) -> int:
        """Memory that its arrays take."""
        own = (self.probabilities, self.rows, self.following)
        built_from = (self.contexts.sizes, self.contexts.letters, self.contexts.counts, self.contexts.longer)
        return sum(array.nbytes for array in own + built_from)

    def advance(self, state: IntArray, letters: IntArray) -> IntArray:
        """The states (b,) after a letter of each name."""
        after: IntArray = self.following[self.rows[state], letters]
        return after

    def log_probabilities(self, inputs: IntArray, targets: IntArray) -> FloatArray:
        """Log-probability of each target letter (t, b), given all the inputs up to it, the start symbol first: nats."""
        state = np.full(inputs.shape[1], ROOT)
        result = np.empty(inputs.shape, np.float32)
        for t, letters in enumerate(inputs):
            state = self.advance(state, letters)
            result[t] = self.probabilities[state, targets[t]]
        return np.log(result, out=result)


def _blocks(parents: IntArray) -> Iterator[tuple[int, int, int]]:
    """Lengths of contexts, and for each the first and last state of blocks, which keep small what is worked out."""
    first, length = ROOT, 0
    last = START
    while last > first:
        for begin in range(first, last, BLOCK):
            yield length, begin, min(begin + BLOCK, last)
        first, last = last, max(START + 1, int(np.searchsorted(parents, last)) + 2)
        length += 1


def _shares(contexts: Contexts, states: slice, pairs: slice, discounts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """What each pair keeps of its count, and what is left over in each state, as shares of the state's counts."""
    counts, sizes = contexts.counts[pairs].astype(np.int64), contexts.sizes[states].astype(np.int64)
    taken = discounts[np.minimum(counts, MAX_DISCOUNTS) - 1]
    begins = np.cumsum(sizes) - sizes
    totals = np.add.reduceat(counts, begins)
    kept = (counts - taken) / np.repeat(totals, sizes)
    left = np.add.reduceat(taken, begins) / totals
    return kept.astype(np.float32), left.astype(np.float32)
