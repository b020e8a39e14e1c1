"""Novel names: none that stands in a list, or that comes too near to one.

A model knows its own list by hashes, which is enough for *the same name*. The bundled lists of the same language and
kind are there as text, so that the edit distance to their names can be worked out too.

Axes:  n names of a list
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from model.artifact.model_file import Artifact
from model.corpus.bundled import bundled_path, catalogue
from model.errors import InvalidOption
from model.generation.filters import Filter
from model.network.parameters import IntArray

MAX_DISTANCE = 2
"""Farther than this from every name of a long list, hardly any name is left."""

CACHED_LISTS = 8

BITS = 64
"""Letters and pairs share bits; then fewer differ, and more names are compared than need be."""


@dataclass(frozen=True, slots=True, eq=False)
class ListedNames:
    """The names of a list, folded, with what tells most of them apart at once."""

    names: tuple[str, ...]  # (n,)
    found: frozenset[str]
    lengths: IntArray  # (n,)
    letters: IntArray  # (n,) a bit for each letter that the name has
    pairs: IntArray  # (n,) and for each pair of neighbours, the ends of the name among them

    @classmethod
    def of(cls, names: Iterable[str]) -> ListedNames:
        """Fold names."""
        folded = tuple(sorted({name.casefold() for name in names}))
        lengths = np.array([len(name) for name in folded], np.int16)
        letters = np.array([_letters(name) for name in folded], np.uint64)
        pairs = np.array([_pairs(name) for name in folded], np.uint64)
        return cls(folded, frozenset(folded), lengths, letters, pairs)

    def is_near(self, name: str, distance: int) -> bool:
        """Whether some name of the list is within this edit distance of a folded name.

        An edit changes at most two of the letters that a name has and four of the pairs; names that differ in more are
        not compared.
        """
        from rapidfuzz import process  # only some draws need it
        from rapidfuzz.distance import Levenshtein

        near = np.bitwise_count(self.pairs ^ np.uint64(_pairs(name))) <= 4 * distance
        near &= np.bitwise_count(self.letters ^ np.uint64(_letters(name))) <= 2 * distance
        near &= abs(self.lengths - len(name)) <= distance
        choices = [self.names[place] for place in np.flatnonzero(near).tolist()]
        return process.extractOne(name, choices, scorer=Levenshtein.distance, score_cutoff=distance) is not None


def novel(artifacts: Sequence[Artifact], distance: int = 0, given: Iterable[str] = ()) -> Filter:
    """Drop the names of the lists of some models, and of the bundled lists of their languages and kinds.

    Parameters
    ----------
    artifacts
        The models.
    distance
        Also drop names within so many insertions, deletions and substitutions of letters (Levenshtein 1966) of a name
        of those lists, as far as they are there as text; case does not count.
    given
        More names, as of one more list.

    Raises
    ------
    InvalidOption
        The distance is out of range, or none of the lists is there as text.
    """
    if not 0 <= distance <= MAX_DISTANCE:
        raise InvalidOption("novel_distance", f"must be from 0 to {MAX_DISTANCE}")
    own = {artifact.card.corpus.title for artifact in artifacts}
    names = dict.fromkeys(name for artifact in artifacts for name in lists_of(artifact))
    texts = ListedNames.of(given)
    if distance and not names and not texts.names:
        raise InvalidOption(
            "novel_distance", "needs a list that is there as text, as those of bundled models are; set novel instead"
        )
    lists = [texts, *(read_list(name) for name in names if distance or name not in own)]

    def is_listed(name: str) -> bool:
        return any(name in one.found or (distance and one.is_near(name, distance)) for one in lists)

    def keep(drawn: list[str]) -> list[str]:
        known = [artifact.contains(drawn) for artifact in artifacts]
        is_known = [any(flags) for flags in zip(*known, strict=True)]
        return [
            name for name, is_own in zip(drawn, is_known, strict=True) if not is_own and not is_listed(name.casefold())
        ]

    near = f" or come within {distance} of one" if distance else ""
    return Filter("novel", keep, f"since they stand in a list{near}, which novel=false keeps")


def lists_of(artifact: Artifact) -> list[str]:
    """The bundled lists of the language and kind of a model, and its own if it is bundled."""
    described, title = artifact.card.description, artifact.card.corpus.title
    return [
        one.name
        for one in catalogue().values()
        if one.name == title or (one.language, one.kind) == (described.language, described.kind)
    ]


@lru_cache(maxsize=CACHED_LISTS)
def read_list(name: str) -> ListedNames:
    """The names of a bundled list: one a line, with counts after commas in some, and comments."""
    lines = bundled_path(name).read_text(encoding="utf-8").splitlines()
    return ListedNames.of(line.partition(",")[0] for line in lines if not line.startswith("#"))


def _letters(name: str) -> int:
    found = 0
    for letter in name:
        found |= 1 << ord(letter) % BITS
    return found


def _pairs(name: str) -> int:
    found = before = 0
    for letter in (*map(ord, name), 0):
        found |= 1 << (before * 31 + letter) % BITS
        before = letter
    return found
