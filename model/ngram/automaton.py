"""An n-gram as an automaton: a state for each context, a row of probabilities in each state.

Reading a letter is one look-up, for a whole batch of names at once: the next state is the longest context that the
letters so far end with, found as Aho and Corasick (1975) do. The probabilities are those of interpolated modified
Kneser-Ney (Chen and Goodman 1999): what a discount takes from the counts of a context goes to the context without its
first letter,

    p(a | c) = (count(c a) - D(count(c a))) / count(c) + left(c) p(a | c')

and from the empty context to all letters alike.

Axes:  s states   v vocabulary   g pairs of a context and a letter
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from model.corpus.vocabulary import END, Vocabulary
from model.network.parameters import FloatArray, IntArray
from model.ngram.contexts import MAX_DISCOUNTS, MAX_ORDER, MIN_NAMES, ROOT, START, Contexts, select
from model.ngram.counting import count_strings

ORDER = 6


@dataclass(frozen=True, slots=True, eq=False)
class Automaton:
    """An n-gram, ready to read.

    Attributes
    ----------
    contexts
        What it was built from.
    probabilities : (s, v)
        Of each letter as the next one, float32; each row sums to 1, and none is 0.
    following : (s, v)
        The state after each letter, int32; after the end token, the one in which names begin.
    start
        The state in which names begin.
    """

    contexts: Contexts
    probabilities: FloatArray
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
        state = np.repeat(np.arange(len(ends)), contexts.sizes)  # (g,) of each pair
        parents, letters = state[contexts.longer], contexts.letters[contexts.longer]  # of the states from 2 on
        probabilities = np.empty((len(ends), vocabulary), np.float32)
        probabilities[ROOT] = 1 / vocabulary
        following = np.zeros((len(ends), vocabulary), np.int32)
        following[ROOT, END] = START
        suffixes = np.zeros(len(ends), np.int64)  # the state without the first letter of the context
        for length, (first, last) in enumerate(itertools.pairwise(_lengths(parents))):
            if length > 1:
                own = slice(max(first - 2, 0), last - 2)
                suffixes[first:last] = following[suffixes[parents[own]], letters[own]]
            if length > 0:
                np.take(following, suffixes[first:last], axis=0, out=following[first:last], mode="clip")
            children = slice(*np.searchsorted(parents, [first, last]))
            following[parents[children], letters[children]] = np.arange(children.start + 2, children.stop + 2)
            pairs = slice(ends[first] - contexts.sizes[first], ends[last - 1])
            kept, left = _shares(contexts, slice(first, last), pairs, contexts.discounts[length])
            rows = probabilities[first:last]
            if length > 0:
                np.take(probabilities, suffixes[first:last], axis=0, out=rows, mode="clip")
            rows *= left[:, None]
            probabilities.reshape(-1)[state[pairs] * vocabulary + contexts.letters[pairs]] += kept
        for array in (probabilities, following):
            array.flags.writeable = False
        return cls(contexts, probabilities, following)

    def log_probabilities(self, inputs: IntArray, targets: IntArray) -> FloatArray:
        """Log-probability of each target letter (t, b), given all the inputs up to it, the start symbol first: nats."""
        state = np.full(inputs.shape[1], ROOT)
        result = np.empty(inputs.shape, np.float32)
        for t, letters in enumerate(inputs):
            state = self.following[state, letters]
            result[t] = self.probabilities[state, targets[t]]
        return np.log(result, out=result)


def _lengths(parents: IntArray) -> list[int]:
    """The first state of each length of context, and the number of states at the end."""
    firsts = [ROOT, START]
    last = int(np.searchsorted(parents, START)) + 2  # after the contexts of one letter
    while last > firsts[-1]:
        firsts.append(last)
        last = int(np.searchsorted(parents, last)) + 2
    return firsts


def _shares(contexts: Contexts, states: slice, pairs: slice, discounts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """What each pair keeps of its count, and what is left over in each state, as shares of the state's counts."""
    counts, sizes = contexts.counts[pairs].astype(np.int64), contexts.sizes[states].astype(np.int64)
    taken = discounts[np.minimum(counts, MAX_DISCOUNTS) - 1]
    begins = np.cumsum(sizes) - sizes
    totals = np.add.reduceat(counts, begins)
    kept = (counts - taken) / np.repeat(totals, sizes)
    left = np.add.reduceat(taken, begins) / totals
    return kept.astype(np.float32), left.astype(np.float32)
