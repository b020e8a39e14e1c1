"""Upper and lower case: which a list uses, how it is folded away and restored.

The network sees folded names. The casing is that of the list as a whole, so one odd name in a hundred does not double
the letters that the network must learn.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Self

CASING_SHARE = 0.99
"""A list uses a casing when at least this share of its distinct names that have case does."""

SIGMAS = ("σ", "ς")
"""Both are Σ in upper case: the first within a word, the second at its end."""

DOTTED = ("i", "İ")
"""One letter in Turkish, in both its cases."""


class Casing(StrEnum):
    """How the names of a list are written.

    TITLE
        Each word begins with a capital: ``Anna``, ``Jean-Luc``, ``O'Brien``.
    LOWER
        Lower case, or a script without case.
    MIXED
        Neither: every letter's case is part of the name.
    """

    TITLE = "title"
    LOWER = "lower"
    MIXED = "mixed"

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        """The casing that a list of names uses."""
        cased = titled = lowered = 0
        for name in set(names):
            lower = cls.LOWER.fold(name)
            title = _title(lower)
            if title == lower:
                continue
            cased += 1
            titled += name == title
            lowered += name == lower
        if lowered >= CASING_SHARE * cased:
            return cls(cls.LOWER)
        return cls(cls.TITLE if titled >= CASING_SHARE * cased else cls.MIXED)

    def fold(self, name: str) -> str:
        """A name as the network sees it: NFC and, unless MIXED, in lower case."""
        if name.isascii():  # as most are: nothing to normalise
            return name if self is Casing.MIXED else name.lower()
        name = unicodedata.normalize("NFC", name)
        return name if self is Casing.MIXED else unicodedata.normalize("NFC", _lower(name))

    def restore_case(self, name: str) -> str:
        """Put a folded name into the casing of the list.

        ``fold(restore_case(name)) == name`` whenever ``fold(name) == name``.
        """
        return _title(name) if self is Casing.TITLE else unicodedata.normalize("NFC", name)

    def alternatives(self, start: str) -> list[tuple[str, ...]]:
        """For each position of the folded start, the letters that a start which ignores case may have there.

        One letter, except that MIXED has both cases of it, that i and İ are cases of one letter in Turkish, and that a
        Σ at the end of the start may turn out to stand within a word or at its end. The letter of ``fold(start)`` comes
        first.
        """
        folded = self.fold(start)
        forms = [_cases(letter) if self is Casing.MIXED else (letter,) for letter in folded]
        forms = [tuple(dict.fromkeys(form + DOTTED)) if form[0] in DOTTED else form for form in forms]
        if forms and not set(SIGMAS).isdisjoint(forms[-1]):
            forms[-1] = tuple(dict.fromkeys(forms[-1] + SIGMAS))
        return forms


def _lower(name: str) -> str:
    """Lower case, except that the Turkish İ stays: Python makes an i and a combining dot of it, two letters of one."""
    return "İ".join(part.lower() for part in name.split("İ")) if "İ" in name else name.lower()


def _title(name: str) -> str:
    """A lower-case name with a capital where a word begins; as it is where that would not fold back."""
    if name.isascii() and name.isalpha():
        return name.capitalize()
    titled = unicodedata.normalize("NFC", "".join(_capitals(name)))
    return titled if Casing.LOWER.fold(titled) == name else name


def _capitals(name: str) -> Iterable[str]:
    """The letters of a name, capitals where a word begins: after a space, a hyphen, or ``O'`` (but not ``Ka'``)."""
    begins, letters = True, 0
    for letter in name:
        if unicodedata.category(letter).startswith("L"):
            yield _capital(letter) if begins else letter
            begins, letters = False, letters + 1
            continue
        if letter in " -":
            begins, letters = True, 0
        elif letter == "'":
            begins = begins or letters == 1
        yield letter


@lru_cache(maxsize=4096)
def _capital(letter: str) -> str:
    """Title case where it is one letter that folds back: ``ß`` stays, since ``Ss`` would be another name."""
    capital = letter.title()
    return capital if len(capital) == 1 and _lower(capital) == letter else letter


def _cases(letter: str) -> tuple[str, ...]:
    forms = (letter, letter.lower(), letter.upper(), letter.title())
    return tuple(dict.fromkeys(form for form in forms if len(form) == 1))
