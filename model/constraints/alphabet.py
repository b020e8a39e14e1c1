"""Sets of letters, and how what a user writes becomes letters of a vocabulary: in any case, in the list's own way.

A set of letters is an integer whose bit ``i`` stands for the letter of index ``i``: a union is one operation, however
many letters there are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from model.cached import cached_property
from model.corpus.casing import Casing
from model.corpus.clusters import is_mark, links
from model.corpus.vocabulary import END, Vocabulary

TURKISH = "iİıI"
"""Letters whose case depends on the language."""


@dataclass(frozen=True)
class Alphabet:
    """The letters of a model and the case in which its list writes them."""

    vocabulary: Vocabulary
    casing: Casing

    def spellings(self, text: str) -> list[tuple[str, int]]:
        """The folded letters of a text, each with the set of letters that it may be; an empty set if none is known.

        Several letters where the list keeps its case, see `Casing.alternatives`.
        """
        return [(forms[0], self.set_of(forms)) for forms in self.casing.alternatives(text)]

    def set_of(self, letters: Iterable[str]) -> int:
        """The set of those letters that are known."""
        return sum(1 << self._indices[letter] for letter in set(letters) if letter in self._indices)

    def between(self, first: str, last: str) -> int:
        """The letters that are, in one of their cases, from one code point to another."""
        return self.set_of(
            letter for letter in self.vocabulary.letters if any(first <= form <= last for form in self._forms(letter))
        )

    @cached_property
    def everything(self) -> int:
        """All letters."""
        return (1 << self.vocabulary.size) - 1 - (1 << END)

    @cached_property
    def marks(self) -> int:
        """Letters that stand on the one before them."""
        return self.set_of(filter(is_mark, self.vocabulary.letters))

    @cached_property
    def linking(self) -> int:
        """Letters after which another letter belongs to the same grapheme, such as the Devanagari virama."""
        return self.set_of(filter(links, self.vocabulary.letters))

    @cached_property
    def linked(self) -> int:
        """The letters that do."""
        return self.set_of(letter for letter in self.vocabulary.letters if unicodedata.category(letter)[0] == "L")

    def _forms(self, letter: str) -> set[str]:
        """A letter in its cases."""
        forms = {letter.upper(), letter.lower(), letter.title(), *(TURKISH if letter in TURKISH else "")} - {letter}
        return {letter, *(form for form in forms if len(form) == 1 and letter in self.casing.alternatives(form)[0])}

    @cached_property
    def _indices(self) -> dict[str, int]:
        return {letter: index for index, letter in enumerate(self.vocabulary.letters, start=END + 1)}


def members(letters: int) -> Iterable[int]:
    """The bits of a set, rising."""
    while letters:
        lowest = letters & -letters
        yield lowest.bit_length() - 1
        letters ^= lowest
