"""How many names an automaton accepts, and which, within bounds on their lengths.

Axes:  n names   s states   t letters along a name
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from model.constraints.acceptor import DEAD, Acceptor
from model.corpus.vocabulary import END


def is_possible(acceptor: Acceptor, states: Iterable[int], shortest: int, longest: int) -> bool:
    """Whether, from one of some states, a name may end after so many letters (at least, and at most)."""
    return count_names(acceptor, states, shortest, longest) > 0


def count_names(acceptor: Acceptor, states: Iterable[int], shortest: int, longest: int) -> float:
    """How many ways there are to end a name after so many letters, from one state or another."""
    ways = np.zeros(len(acceptor.accepting))  # (s,)
    np.add.at(ways, list(states), 1)
    found = 0.0
    for length in range(longest + 1):
        ways[DEAD] = 0
        alive = np.flatnonzero(ways)
        if length >= shortest:
            found += float(ways[acceptor.accepting].sum())
        ways, before = np.zeros_like(ways), ways
        np.add.at(ways, acceptor.next[alive], before[alive, None])
    return found


def names_accepted(acceptor: Acceptor, beginnings: NDArray[np.int64], shortest: int, longest: int) -> NDArray[np.int64]:
    """All names (n, longest), END after their last letters, that begin with one of several beginnings (n, t).

    There should be few; `count_names` tells.
    """
    fewest, found = acceptor.letters_to_accept, []
    names, states = beginnings, acceptor.read(beginnings)
    for length in range(beginnings.shape[1], longest + 1):
        if length >= shortest:
            ended = names[acceptor.accepting[states]]
            found.append(np.pad(ended, ((0, 0), (0, longest - length)), constant_values=END))
        row, letter = np.nonzero(fewest[acceptor.next[states]] < longest - length)
        names = np.concatenate([names[row], letter[:, None]], axis=1)
        states = acceptor.next[states[row], letter]
    return np.concatenate(found) if found else np.zeros((0, longest), np.int64)
