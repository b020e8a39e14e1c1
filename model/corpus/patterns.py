"""What a list's names are like: clusters, accents, shapes, places in words, and lengths. A model's card keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from model.corpus.accents import accent_patterns
from model.corpus.casing import Casing
from model.corpus.clusters import attachments_of
from model.corpus.places import Places, places_of
from model.corpus.shapes import shape_patterns


class Patterns(NamedTuple):
    """What a drawn name may have; each part is empty where a list says nothing about it."""

    attachments: tuple[str, ...] = ()  # letters with their marks, see model.corpus.clusters
    accents: tuple[str, ...] = ()  # how many the words have, see model.corpus.accents
    shapes: tuple[str, ...] = ()  # of the words, see model.corpus.shapes
    initials: tuple[str, ...] = ()  # letters and marks that only begin words, see model.corpus.places
    noninitials: tuple[str, ...] = ()  # that begin none
    finals: tuple[str, ...] = ()  # that only end words
    nonfinals: tuple[str, ...] = ()  # that end none
    fewest_letters: int = 0  # of a name: those of the second shortest, since the shortest may be a slip

    @classmethod
    def of(cls, names: Sequence[str], casing: Casing) -> Patterns:
        """The patterns of folded names; there is no need for shapes where all names are single words of plain letters.

        Other letters may lack a capital, as ``ß`` does, and stand only within words.
        """
        is_plain = not casing.rules and all(name.isascii() and name.isalpha() for name in names)
        return cls(
            attachments=attachments_of(names),
            accents=accent_patterns(names),
            shapes=() if is_plain else shape_patterns(map(casing.restore_case, names)),
            fewest_letters=sorted(map(len, names))[:2][-1] if names else 0,
            **places_of(names)._asdict(),
        )

    @property
    def places(self) -> Places:
        """Where letters and marks stand in words."""
        return Places(self.initials, self.noninitials, self.finals, self.nonfinals)
