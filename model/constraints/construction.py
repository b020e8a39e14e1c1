"""From an expression to an automaton: positions (Glushkov 1961), then sets of positions as its states.

A position is a letter of the expression. Which may follow which is found once; a state of the automaton is the set of
positions where a name may stand, kept as the bits of an integer (Navarro and Raffinot 2002, section 5.3), together
with whether the last letter links the next one to its grapheme. Every size is bounded, and so is the number of steps:
an expression is refused before it takes 200 ms or 50 MB.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from model.constraints.acceptor import DEAD, Acceptor, check_size
from model.constraints.alphabet import Alphabet, members
from model.constraints.expressions import Choice, Expression, Letter, Repeat, Role, Sequence
from model.corpus.spelling import LONGEST_NAME_LETTERS
from model.corpus.vocabulary import END
from model.errors import TooComplex

MAX_POSITIONS = 1024
MAX_STEPS = 150_000
"""Operations on sets, of which a million take one to three tenths of a second."""


class Ends(NamedTuple):
    """What an expression may begin and end with: sets of positions."""

    is_optional: bool  # whether it may be nothing
    first: int
    last: int


NOTHING = Ends(is_optional=True, first=0, last=0)


def build(expression: Expression, alphabet: Alphabet) -> Acceptor:
    """The minimal automaton of the names that an expression matches as a whole; raises TooComplex."""
    if positions_of(expression) > MAX_POSITIONS:
        raise TooComplex(("constraints",), "would need too large an automaton; ask for something simpler")
    return Construction(alphabet).acceptor(expression)


def positions_of(expression: Expression) -> int:
    """How many letters an expression has when all that is repeated is written out; one where it has none."""
    if isinstance(expression, Letter):
        return 1
    if isinstance(expression, Repeat):
        least, most = _bounds(expression)
        return positions_of(expression.part) * max(least, most or 0, 1)
    return max(sum(map(positions_of, expression.parts)), 1)


def _bounds(repeat: Repeat) -> tuple[int, int | None]:
    """How often to repeat, as far as the longest name can tell."""
    most = None if repeat.most is None or repeat.most >= LONGEST_NAME_LETTERS else repeat.most
    return min(repeat.least, LONGEST_NAME_LETTERS + 1), most


class Construction:
    """The positions of one expression, and what follows each."""

    def __init__(self, alphabet: Alphabet) -> None:
        self.alphabet = alphabet
        self.follow: list[int] = [0]  # for each position, a set of them; 0 is the one before the first letter
        self.symbols: dict[Letter, int] = {}  # where each letter of the expression stands: a set of positions
        self.steps = 0

    def acceptor(self, expression: Expression) -> Acceptor:
        """Find all states that can be reached, level by level."""
        whole = self._ends(expression)
        self.follow[0] = whole.first
        last = whole.last | whole.is_optional  # bit 0 is the position before the first letter
        classes, kinds = self._classes()
        numbers = {(1, False): 1}  # number of each state: its positions, and whether its last letter links
        table = [[DEAD] * len(kinds)]
        frontier = [(1, False)]
        for _ in range(LONGEST_NAME_LETTERS + 1):
            following = []
            for positions, links in frontier:
                row = []
                after = self._after(positions)
                self._count(len(kinds))
                for usual, linked, linking in kinds:
                    state = (after & (linked if links else usual), linking)
                    number = numbers.get(state) if state[0] else DEAD
                    if number is None:
                        number = numbers[state] = len(numbers) + 1
                        following.append(state)
                    row.append(number)
                table.append(row)
                check_size(len(numbers) + 1, self.alphabet.vocabulary.size)
            if not following:
                break
            frontier = following
        states = np.array(table, np.int32)
        states[states >= len(table)] = DEAD  # they lie beyond the longest name
        accepting = np.array([False, *(bool(positions & last) for positions, _ in numbers)])[: len(table)]
        return Acceptor(1, states[:, classes], accepting).minimise()

    def _after(self, positions: int) -> int:
        found = 0
        for position in members(positions):
            found |= self.follow[position]
            self.steps += 1
        return found

    def _count(self, steps: int) -> None:
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise TooComplex(("constraints",), "would take too long to prepare; ask for something simpler")

    def _classes(self) -> tuple[list[int], list[tuple[int, int, bool]]]:
        """The class of each letter of the vocabulary, and for each class the positions that such a letter can take.

        After most letters; after one that links; and whether it links itself.
        """
        size, alphabet = self.alphabet.vocabulary.size, self.alphabet
        usual, after_link = [0] * size, [0] * size
        for symbol, positions in self.symbols.items():
            base, rest = symbol.role is not Role.REST, symbol.role is not Role.BASE
            self._count(symbol.letters.bit_count())
            for letter in members(symbol.letters):
                bit = 1 << letter
                if rest if bit & alphabet.marks else base:
                    usual[letter] |= positions
                if rest if bit & (alphabet.marks | alphabet.linked) else base:
                    after_link[letter] |= positions
        kinds: dict[tuple[int, int, bool], int] = {(0, 0, False): 0}
        classes = [0] * size
        for letter in range(END + 1, size):
            kind = (usual[letter], after_link[letter], bool(alphabet.linking >> letter & 1))
            classes[letter] = kinds.setdefault(kind if any(kind[:2]) else (0, 0, False), len(kinds))
        return classes, list(kinds)

    def _ends(self, expression: Expression) -> Ends:
        if isinstance(expression, Letter):
            position = 1 << len(self.follow)
            self.follow.append(0)
            self.symbols[expression] = self.symbols.get(expression, 0) | position
            return Ends(is_optional=False, first=position, last=position)
        if isinstance(expression, Choice):
            parts = [self._ends(part) for part in expression.parts]
            return Ends(
                is_optional=any(part.is_optional for part in parts),
                first=_union(part.first for part in parts),
                last=_union(part.last for part in parts),
            )
        if isinstance(expression, Sequence):
            found = NOTHING
            for part in expression.parts:
                found = self._join(found, self._ends(part))
            return found
        return self._repeat(expression)

    def _repeat(self, repeat: Repeat) -> Ends:
        """The part so often as it must stand, then so often as it may, or over and over."""
        least, most = _bounds(repeat)
        found = NOTHING
        for _ in range(least):
            copy = self._ends(repeat.part)
            found = self._join(found, copy)
        if most is None:
            if not least:
                copy = self._ends(repeat.part)
                found = copy._replace(is_optional=True)
            self._link(copy.last, copy.first)
            return found
        reached, last = found, found.last
        for _ in range(least, most):
            reached = self._join(reached, self._ends(repeat.part))
            last |= reached.last
        return Ends(found.is_optional, reached.first if found.is_optional else found.first, last)

    def _join(self, left: Ends, right: Ends) -> Ends:
        """One after the other."""
        self._link(left.last, right.first)
        return Ends(
            is_optional=left.is_optional and right.is_optional,
            first=left.first | right.first if left.is_optional else left.first,
            last=left.last | right.last if right.is_optional else right.last,
        )

    def _link(self, before: int, after: int) -> None:
        self._count(before.bit_count())
        for position in members(before):
            self.follow[position] |= after


def _union(sets: Iterable[int]) -> int:
    found = 0
    for positions in sets:
        found |= positions
    return found
