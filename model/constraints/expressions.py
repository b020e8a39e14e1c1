"""Regular expressions as trees, of which a pattern is one notation and an ending another."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from model.constraints.alphabet import Alphabet


class Role(Enum):
    """Where a letter stands in its grapheme, see `model.corpus.clusters`."""

    ANYWHERE = "anywhere"
    BASE = "its first letter"
    REST = "a letter or mark after the first"


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter of a set."""

    letters: int  # a set, see `model.constraints.alphabet`
    role: Role = Role.ANYWHERE


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same several times."""

    part: Expression
    least: int
    most: int | None  # None for any number


Expression: TypeAlias = Letter | Sequence | Choice | Repeat


def grapheme(letters: int, alphabet: Alphabet) -> Expression:
    """A letter of a set with all its marks; a mark that is in the set itself may also stand for itself."""
    if not alphabet.marks | alphabet.linking:
        return Letter(letters)
    whole = Sequence((Letter(letters, Role.BASE), Repeat(Letter(alphabet.everything, Role.REST), 0, None)))
    marks = letters & alphabet.marks
    return Choice((whole, Letter(marks))) if marks and letters != alphabet.everything else whole


def anything(alphabet: Alphabet) -> Expression:
    """Any letters, or none."""
    return Repeat(Letter(alphabet.everything), 0, None)


def literal(letters: list[int]) -> Expression:
    """Letters one after the other."""
    return Sequence(tuple(map(Letter, letters)))
