from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.constraints.acceptor import DEAD, MAX_STATES, NEVER, Acceptor
from model.corpus.spelling import LONGEST_NAME_LETTERS
from model.errors import TooComplex

LETTERS = 3  # and the end token
NAMES = [name for length in range(5) for name in itertools.product(range(1, LETTERS + 1), repeat=length)]


@st.composite
def acceptors(draw: Callable[..., int]) -> Acceptor:
    states = draw(st.integers(2, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    table = rng.integers(0, states, (states, LETTERS + 1)).astype(np.int32)
    table[DEAD] = table[:, 0] = DEAD
    accepting = rng.random(states) < 0.4
    accepting[DEAD] = False
    return Acceptor(draw(st.integers(0, states - 1)), table, accepting)


def language(acceptor: Acceptor) -> set[tuple[int, ...]]:
    return {name for name in NAMES if acceptor.accepts(name)}


@settings(deadline=None)
@given(acceptors(), acceptors())
def test_an_intersection_accepts_what_both_accept(first: Acceptor, second: Acceptor) -> None:
    assert language(first.intersect(second)) == language(first) & language(second)


@settings(deadline=None)
@given(acceptors())
def test_a_minimal_automaton_accepts_the_same_names_and_has_no_state_too_many(acceptor: Acceptor) -> None:
    smaller = acceptor.minimise()
    assert language(smaller) == language(acceptor)
    assert len(smaller.accepting) <= len(acceptor.accepting)
    assert (smaller.letters_to_accept[1:] < NEVER).all()
    assert not smaller.accepting[DEAD]
    assert not smaller.next[DEAD].any()
    assert smaller.is_empty == (smaller.start == DEAD)


@settings(deadline=None)
@given(acceptors())
def test_a_complement_accepts_the_other_names(acceptor: Acceptor) -> None:
    assert language(acceptor.complement()) == set(NAMES) - language(acceptor)


@settings(deadline=None)
@given(acceptors())
def test_the_letters_to_accept_are_those_of_the_shortest_name(acceptor: Acceptor) -> None:
    lengths = [len(name) for name in language(acceptor)]
    found = int(acceptor.letters_to_accept[acceptor.start])
    assert found == min(lengths) if lengths else found > 4 or found == NEVER


@settings(deadline=None)
@given(acceptors())
def test_beginnings_are_read_many_at_once(acceptor: Acceptor) -> None:
    names = np.array([name for name in NAMES if len(name) == 3])
    states = acceptor.read(names)
    assert [bool(acceptor.accepting[state]) for state in states] == [acceptor.accepts(name) for name in names]


def chain(length: int) -> Acceptor:
    """The names of just so many letters."""
    table = np.repeat(np.arange(2, length + 3, dtype=np.int32)[:, None], 2, axis=1)
    table = np.concatenate([np.zeros((1, 2), np.int32), table])
    table[-1] = table[:, 0] = DEAD
    return Acceptor(1, table, np.arange(length + 2) == length + 1)


def test_names_beyond_the_longest_are_not_looked_at() -> None:
    assert not chain(LONGEST_NAME_LETTERS).intersect(chain(LONGEST_NAME_LETTERS)).is_empty
    too_long = chain(LONGEST_NAME_LETTERS + 1)
    assert too_long.intersect(too_long).is_empty


def test_too_large_an_automaton_is_refused() -> None:
    with pytest.raises(TooComplex):
        Acceptor(1, np.zeros((MAX_STATES + 1, 2), np.int32), np.zeros(MAX_STATES + 1, bool))
    with pytest.raises(TooComplex):
        Acceptor(1, np.zeros((1000, 3000), np.int32), np.zeros(1000, bool))
