"""A deterministic automaton over the letters of a vocabulary: which names are allowed, and which can still become so.

Names have at most `LONGEST_NAME_LETTERS` letters, so nothing here looks further: states that take more letters to
reach are left out, and states that no so long name tells apart are merged.

Axes:  s states   v vocabulary   k classes of letters that lead to the same states everywhere
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.cached import cached_property
from model.corpus.spelling import LONGEST_NAME_LETTERS
from model.corpus.vocabulary import END
from model.errors import TooComplex

DEAD = 0
"""The state from which no name is accepted any more."""

MAX_STATES = 4096
MAX_CELLS = 2**21
"""Most states times vocabulary: 8 MB."""

NEVER = 2**15
"""Stands for a number of letters where no number is enough."""

Indices = NDArray[np.int32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Acceptor:
    """The names that an automaton accepts.

    Attributes
    ----------
    start
        The state before the first letter.
    next : (s, v)
        The state after each letter; `DEAD` after the end token, and always after `DEAD`.
    accepting : (s,)
        Whether a name may end in each state; not in `DEAD`.

    Raises
    ------
    TooComplex
        There are more than `MAX_STATES` states or `MAX_CELLS` cells.
    """

    start: int
    next: Indices
    accepting: Flags

    def __post_init__(self) -> None:
        states, letters = self.next.shape
        check_size(states, letters)
        for array in (self.next, self.accepting):
            array.flags.writeable = False

    @property
    def is_empty(self) -> bool:
        """Whether no name at all is accepted."""
        return bool(self.letters_to_accept[self.start] >= NEVER)

    @cached_property
    def letters_to_accept(self) -> Indices:
        """Fewest further letters (s,) after which a name may end, from each state; `NEVER` where it never may."""
        table, _ = self._classes
        fewest = np.where(self.accepting, 0, NEVER).astype(np.int32)
        for _ in range(LONGEST_NAME_LETTERS):
            through = np.minimum(fewest, fewest[table].min(axis=1, initial=NEVER) + 1)
            if np.array_equal(through, fewest):
                break
            fewest = through
        fewest.flags.writeable = False
        return fewest

    def accepts(self, name: Iterable[int]) -> bool:
        """Whether a name, given by the vocabulary indices of its letters, is accepted."""
        state = self.start
        for letter in name:
            state = int(self.next[state, letter])
        return bool(self.accepting[state])

    def read(self, letters: NDArray[np.integer[Any]]) -> Indices:
        """The states (b,) after beginnings of names (b, t), all of one length."""
        states = np.full(len(letters), self.start, np.int32)
        for column in letters.T:
            states = self.next[states, column]
        return states

    def intersect(self, other: Acceptor) -> Acceptor:
        """What both accept: pairs of their states, as far as they can be reached; raises TooComplex."""
        (mine, my_class), (its, its_class) = self._classes, other._classes
        pairs, classes = np.unique(np.stack([my_class, its_class]), axis=1, return_inverse=True)
        size = len(other.accepting)

        def follow(states: NDArray[np.int64]) -> NDArray[np.int64]:
            first, second = mine[states // size][:, pairs[0]], its[states % size][:, pairs[1]]
            return np.where((first == DEAD) | (second == DEAD), DEAD, first.astype(np.int64) * size + second)

        states, table = reachable(self.start * size + other.start, follow, len(my_class))
        accepting = self.accepting[states // size] & other.accepting[states % size]
        return Acceptor(1, table[:, classes.ravel()], accepting).minimise()

    def complement(self) -> Acceptor:
        """The names that are not accepted."""
        alive = np.append(~self.accepting, True)  # the dead state becomes the last one, where all is accepted
        table = np.where(self.next == DEAD, len(self.accepting), self.next).astype(np.int32)
        table = np.append(table, np.full((1, table.shape[1]), len(self.accepting), np.int32), axis=0)
        table[DEAD] = DEAD
        table[:, END] = DEAD
        alive[DEAD] = False
        start = self.start if self.start != DEAD else len(self.accepting)
        return Acceptor(start, table, alive).minimise()

    def minimise(self) -> Acceptor:
        """An automaton of fewer states that accepts the same names (Moore 1956): states that agree are merged."""
        table, classes = self._classes
        useless = self.letters_to_accept >= NEVER
        group = np.where(useless, 0, 1 + self.accepting).astype(np.int32)  # (s,)
        groups = 0
        for _ in range(LONGEST_NAME_LETTERS + 1):
            rows = np.concatenate([group[:, None], group[table]], axis=1)
            _, group = _distinct_rows(rows)
            if groups == (groups := int(group.max()) + 1):
                break
        order = np.full(groups, len(group))
        np.minimum.at(order, group, np.arange(len(group)))  # the first state of each group, so that DEAD stays first
        ranks = np.empty(groups, np.int32)
        ranks[np.argsort(order, kind="stable")] = np.arange(groups)
        group, first = ranks[group], np.sort(order)
        merged = np.where(useless[table[first]], DEAD, group[table[first]]).astype(np.int32)
        return Acceptor(int(group[self.start]), merged[:, classes], self.accepting[first].copy())

    @cached_property
    def _classes(self) -> tuple[Indices, Indices]:
        """The next states (s, k) by class of letters, and the class (v,) of each letter."""
        first, classes = _distinct_rows(self.next.T)
        return np.ascontiguousarray(self.next[:, first]), classes


def check_size(states: int, letters: int) -> None:
    """Raise TooComplex where an automaton would be too large."""
    if states > MAX_STATES or states * letters > MAX_CELLS:
        raise TooComplex(("constraints",), "would need too large an automaton; ask for something simpler")


def reachable(
    start: int, follow: Callable[[NDArray[np.int64]], NDArray[np.int64]], letters: int
) -> tuple[NDArray[np.int64], Indices]:
    """Number the states that can be reached, in the order in which they are.

    Parameters
    ----------
    start
        The first state's key.
    follow
        From keys (n,) to the keys (n, k) of the states that follow; `DEAD` where there is none.
    letters
        Of the vocabulary, for the bound on the size.

    Returns
    -------
    keys : (s,)
        Of each state; that of `DEAD` is 0.
    table : (s, k)
        The number of the state that follows.
    """
    keys, tables = [np.zeros(1, np.int64)], []
    frontier = np.array([start], np.int64)
    known = np.array([DEAD, start], np.int64) if start != DEAD else np.zeros(1, np.int64)
    for _ in range(LONGEST_NAME_LETTERS + 1):
        check_size(len(known), letters)
        keys.append(frontier)
        tables.append(follow(frontier))
        frontier = np.setdiff1d(tables[-1], known)
        if not frontier.size:
            break
        known = np.union1d(known, frontier)
    states = np.concatenate(keys)
    targets = np.concatenate(tables)
    targets = np.concatenate([np.zeros((1, targets.shape[1]), np.int64), targets])
    order = np.argsort(states, kind="stable")
    place = np.minimum(np.searchsorted(states[order], targets), len(states) - 1)
    found = states[order][place] == targets  # states beyond the longest name are not
    return states, np.where(found, order[place], DEAD).astype(np.int32)


def _distinct_rows(rows: NDArray[np.int32]) -> tuple[NDArray[np.intp], Indices]:
    """The first place of each distinct row, and which of these each row is."""
    packed = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.shape[1] * rows.itemsize))).ravel()
    _, first, which = np.unique(packed, return_index=True, return_inverse=True)
    return first, which.astype(np.int32)
