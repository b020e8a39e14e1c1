"""Upper and lower case: which a list uses, how it is folded away and restored.

The network sees folded names. The casing is that of the list as a whole, so an odd name does not double the letters
that the network must learn; it comes back as the others are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Self

from model.corpus.case_learning import LOWER, MIXED, TITLE, learn
from model.corpus.case_rules import CaseRules
from model.corpus.normal_form import nfc

SIGMAS = ("σ", "ς")
"""Both are Σ in upper case: the first within a word, the second at its end."""

DOTTED = ("i", "İ")
"""One letter in Turkish, in both its cases."""


@dataclass(frozen=True)
class Casing:
    """How the names of a list are written; equal if kind and rules are.

    Attributes
    ----------
    value
        ``title``: each word begins with a capital (``Anna``, ``Jean-Luc``, ``O'Brien``), with the exceptions that the
        rules know. ``lower``: lower case, or a script without case. ``mixed``: every letter's case is part of the name;
        models of earlier versions have it, and no list is read as such any more.
    rules
        What the list does otherwise, see `model.corpus.case_rules`; empty in models of earlier versions.
    """

    value: str
    rules: tuple[str, ...] = ()
    _rules: CaseRules = field(init=False, repr=False, compare=False)

    TITLE: ClassVar[Casing]
    LOWER: ClassVar[Casing]
    MIXED: ClassVar[Casing]
    KINDS: ClassVar[tuple[Casing, ...]]

    def __post_init__(self) -> None:
        if self.value not in (TITLE, LOWER, MIXED):
            raise ValueError(f"{self.value!r:.60} is no casing")
        object.__setattr__(self, "_rules", CaseRules(self.rules))

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        """The casing that a list of names uses."""
        learned = learn(names)
        return cls(learned.value, learned.rules)

    def __str__(self) -> str:
        return self.value

    @property
    def is_title(self) -> bool:
        """Whether words begin with a capital."""
        return self.value == TITLE

    def fold(self, name: str) -> str:
        """A name as the network sees it: NFC and, unless mixed, in lower case."""
        return nfc(name) if self.value == MIXED else self._rules.fold(name)

    def restore_case(self, name: str) -> str:
        """Put a folded name into the casing of the list.

        ``fold(restore_case(name)) == name`` whenever ``fold(name) == name``.
        """
        if self.value == MIXED:
            return nfc(name)
        return self._rules.title(name) if self.is_title else self._rules.lower(name)

    def restore_all(self, names: Sequence[str]) -> list[str]:
        """The same for many names, quicker."""
        letters = "".join(names)
        if self.is_title and not self.rules and letters.isascii() and letters.isalpha():
            return [name.capitalize() for name in names]
        return [self.restore_case(name) for name in names]

    def alternatives(self, start: str) -> list[tuple[str, ...]]:
        """For each position of the folded start, the letters that a start which ignores case may have there.

        One letter where the list has rules for it. In lists of earlier versions, a mixed one has both cases, i and İ
        are cases of one letter unless the list is Turkish, and a Σ at the end of the start may turn out to stand within
        a word or at its end. The letter of ``fold(start)`` comes first.
        """
        folded = self.fold(start)
        forms = [_cases(letter) if self.value == MIXED else (letter,) for letter in folded]
        if not self._rules.turkish:
            forms = [tuple(dict.fromkeys(form + DOTTED)) if form[0] in DOTTED else form for form in forms]
        if forms and not self._rules.final_sigma and not set(SIGMAS).isdisjoint(forms[-1]):
            forms[-1] = tuple(dict.fromkeys(forms[-1] + SIGMAS))
        return forms


def _cases(letter: str) -> tuple[str, ...]:
    forms = (letter, letter.lower(), letter.upper(), letter.title())
    return tuple(dict.fromkeys(form for form in forms if len(form) == 1))


Casing.TITLE, Casing.LOWER, Casing.MIXED = Casing.KINDS = (Casing(TITLE), Casing(LOWER), Casing(MIXED))
