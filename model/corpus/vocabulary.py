"""Letters and their indices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from model.cached import cached_property
from model.errors import UnknownLetter

END = 0
"""Index of the end token, which is also the symbol that every name starts from."""


@dataclass(frozen=True)
class Vocabulary:
    """The letters that a model knows, one code point each.

    Attributes
    ----------
    letters
        Sorted by code point; the index of ``letters[i]`` is ``i + 1``, since 0 is `END`.
    """

    letters: tuple[str, ...]

    def __post_init__(self) -> None:
        if any(len(letter) != 1 for letter in self.letters) or list(self.letters) != sorted(set(self.letters)):
            raise ValueError("the letters of a vocabulary are single code points, sorted, each once")

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        """The letters that stand in `names`."""
        return cls(tuple(sorted(set().union(*names))))

    @property
    def size(self) -> int:
        """How many indices there are: the letters and the end token."""
        return len(self.letters) + 1

    @cached_property
    def alphabetic(self) -> bool:
        """Whether there are letters only, no marks and nothing that divides words: all that they spell are names."""
        return "".join(self.letters).isalpha()

    def encode(self, name: str) -> list[int]:
        """The indices of a name's letters, without the end token.

        Raises
        ------
        UnknownLetter
            Names all letters that are not in the vocabulary, in the order of the name, each once.
        """
        try:
            return [self._indices[letter] for letter in name]
        except KeyError:
            raise UnknownLetter(self.unknown(name), self.letters) from None

    def decode(self, indices: Iterable[int]) -> str:
        """The name that `indices` spell; `END` spells nothing."""
        return "".join([self._spelling[index] for index in indices])

    def unknown(self, name: str) -> tuple[str, ...]:
        """The letters of a name that are not in the vocabulary, in the order of the name, each once."""
        return tuple(letter for letter in dict.fromkeys(name) if letter not in self._indices)

    @cached_property
    def _indices(self) -> dict[str, int]:
        return {letter: index for index, letter in enumerate(self.letters, start=END + 1)}

    @cached_property
    def _spelling(self) -> tuple[str, ...]:
        return ("", *self.letters)
