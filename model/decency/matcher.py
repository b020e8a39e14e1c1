"""The words of a language as one automaton over skeletons (Aho and Corasick 1975), its states made when first reached.

A state is the set of places in words where a name may stand, as in the subset construction (Rabin and Scott 1959). Two
things are more than Aho and Corasick's automaton does. Each letter of a word may be repeated, so every place has a way
back to itself. And what is found within a harmless word does not count: while that word may still come, the state holds
a debt, the places in harmless words of which one must get to its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import NamedTuple

from model.decency.folding import BOUNDARY, READINGS
from model.decency.patterns import Pattern

CROSSING = range(4, 7)
"""Letters of a word that counts anywhere and is then also found where separators divide it: ``Sh-it``.

Were longer words and those that count whole among them, the automaton would have four times the states.
"""

REFUSED = 0
"""The state of what no more letters can make decent."""

Places = frozenset[int]

NO_DEBTS: frozenset[Places] = frozenset()


class _State(NamedTuple):
    places: Places
    debts: frozenset[Places]


class Matcher:
    """Reads skeletons letter by letter; several threads may do so at once.

    Parameters
    ----------
    patterns
        What is left out, and what is harmless.

    Attributes
    ----------
    start
        The state before the first letter.
    """

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._trie = _Trie(patterns)
        self._states: list[_State | None] = [None]  # by number; REFUSED has none
        self._numbers: dict[_State, int] = {}
        self._steps: list[dict[str, int]] = [{}]
        self._growing = Lock()
        self.start = self._number(_State(self._trie.beginnings, NO_DEBTS))

    def read(self, skeleton: str) -> int:
        """The state after the letters of a skeleton."""
        state = self.start
        for letter in skeleton:
            known = self._steps[state]
            state = known[letter] if letter in known else self.step(state, letter)
        return state

    def step(self, state: int, letter: str) -> int:
        """The state after one more letter."""
        known = self._steps[state]
        if letter not in known:
            with self._growing:
                known[letter] = self._step(state, letter)
        return known[letter]

    def accepts(self, state: int) -> bool:
        """Whether a name that ends in this state is decent."""
        found = self._states[state]
        if found is None or self._ended(found):
            return False
        return all(self._trie.is_harmless(debt, at_end=True) for debt in found.debts)

    def _step(self, state: int, letter: str) -> int:
        before = self._states[state]
        if before is None:
            return REFUSED
        after = self._trie.fresh(letter) | self._trie.after(before.places, letter)
        if letter == BOUNDARY:
            after |= self._trie.beginnings
            due = [self._trie.after(debt, letter) for debt in self._ended(before)]
            unpaid = [debt for debt in before.debts if not self._trie.is_harmless(debt, at_end=True)]
        else:
            due = self._trie.uncovered(after, at_end=False)
            unpaid = list(before.debts)
        if not (due or unpaid):  # as nearly always
            return self._number(_State(after, NO_DEBTS))
        due += [self._trie.after(debt, letter) for debt in unpaid]
        debts = frozenset(debt for debt in due if not self._trie.is_harmless(debt, at_end=False))
        return self._number(_State(after, debts)) if all(debts) else REFUSED

    def _ended(self, state: _State) -> list[Places]:
        """The words found that end where the name's word does; none after a separator, where it has ended already."""
        at_beginning = self._trie.beginnings <= state.places
        return [] if at_beginning else self._trie.uncovered(state.places, at_end=True)

    def _number(self, state: _State) -> int:
        number = self._numbers.setdefault(state, len(self._states))
        if number == len(self._states):
            self._states.append(state)
            self._steps.append({})
        return number


class _Trie:
    """The places in words, and how letters lead from one to the next.

    Attributes
    ----------
    anywhere
        The roots of words that may begin after any letter.
    beginnings
        Those of words that begin where a word of the name does.
    moves
        For each place, the places after each letter.
    """

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.moves: list[
            dict[str, tuple[int, ...]]
        ] = []  # of one place mostly, where a set would take four times as much
        self._letters: list[int] = []  # on the way to each place, repeated ones once
        self._harmless: set[int] = set()
        self._found: dict[bool, set[int]] = {False: set(), True: set()}  # complete words; True: at the end of one only
        self._fresh: dict[str, Places] = {}
        self._children: dict[tuple[int, str], int] = {}
        self.anywhere = frozenset((self._place(), self._place()))  # of words left out and of harmless ones
        self.beginnings = frozenset((self._place(), self._place(), self._place()))  # the third of words with separators
        out_anywhere, harmless_anywhere = sorted(self.anywhere)
        out, harmless, crossing = sorted(self.beginnings)
        self.moves[crossing][BOUNDARY] = (crossing,)
        for pattern in patterns:
            if pattern.harmless:
                self._insert(pattern, harmless if pattern.begins else harmless_anywhere)
                continue
            self._insert(pattern, out if pattern.begins else out_anywhere)
            if not (pattern.begins or pattern.ends) and len(pattern.letters) in CROSSING:
                self._insert(pattern, crossing, crosses=True)
        for moves in self.moves:
            for letter, readings in READINGS.items():
                if not moves.keys().isdisjoint(readings):
                    moves[letter] = tuple(dict.fromkeys(place for one in readings for place in moves.get(one, ())))
        self._children.clear()  # only words that are inserted ask for them

    def fresh(self, letter: str) -> Places:
        """The places in words that begin with this letter, wherever it stands."""
        if letter not in self._fresh:
            self._fresh[letter] = self.after(self.anywhere, letter)
        return self._fresh[letter]

    def after(self, places: Iterable[int], letter: str) -> Places:
        """The places after one letter of a skeleton."""
        found: set[int] = set()
        for place in places:
            moves = self.moves[place]
            if letter in moves:
                found.update(moves[letter])
        return frozenset(found)

    def uncovered(self, places: Places, *, at_end: bool) -> list[Places]:
        """For each word found that is in no harmless word yet: the places in harmless words that it may be within.

        A harmless word holds a word found where it began no later: where it has as many letters or more.
        """
        debts: list[Places] = []
        if places.isdisjoint(self._found[at_end]):  # as nearly always
            return debts
        found = places & self._found[at_end]
        for word in found - self._harmless:
            debt = frozenset(other for other in places & self._harmless if self._letters[other] >= self._letters[word])
            if not self.is_harmless(debt, at_end=at_end):
                debts.append(debt)
        return debts

    def is_harmless(self, debt: Places, *, at_end: bool) -> bool:
        """Whether one of the harmless words is complete: anywhere or, `at_end` of the name's word, there."""
        return not (debt.isdisjoint(self._found[False]) and (not at_end or debt.isdisjoint(self._found[True])))

    def _insert(self, pattern: Pattern, root: int, *, crosses: bool = False) -> None:
        place, last = root, ""
        for letter in pattern.letters:
            key = (place, letter)
            if key not in self._children:
                child = self._children[key] = self._place()
                self._letters[child] = self._letters[place] + (letter not in (last, BOUNDARY))
                self._lead(place, letter, child)
                self._lead(child, letter, child)
                if crosses:
                    self._lead(child, BOUNDARY, child)
                if pattern.harmless:
                    self._harmless.add(child)
            place, last = self._children[key], letter
        self._found[pattern.ends].add(place)

    def _lead(self, place: int, letter: str, to: int) -> None:
        before = self.moves[place].get(letter, ())
        if to not in before:
            self.moves[place][letter] = (*before, to)

    def _place(self) -> int:
        self.moves.append({})
        self._letters.append(0)
        return len(self.moves) - 1
