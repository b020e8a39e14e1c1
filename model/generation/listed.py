"""The names of bundled lists as text: what a drawn name may be equal to, or near to.

Axes:  n names of a list   c code points of them all, a 0 after each name
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from model.artifact.model_file import Artifact
from model.corpus.bundled import bundled_path, catalogue
from model.generation.checkpoints import for_all
from model.network.parameters import IntArray

CACHED_LISTS = 8
"""Of some 20 MB each for 100,000 names."""

BITS = np.uint64(64)
"""Letters and pairs share bits; then fewer differ, and more names are compared than need be."""


class Traits(NamedTuple):
    """What tells most names apart at once."""

    lengths: IntArray  # (n,)
    letters: IntArray  # (n,) a bit for each letter that the name has
    pairs: IntArray  # (n,) and for each pair of neighbours, the ends of the name among them

    @classmethod
    def of(cls, names: Iterable[str]) -> Traits:
        """Those of names of one letter or more."""
        text = "".join(f"{name}\0" for name in names)
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
        if not codes.size:
            return cls(*np.zeros((3, 0), np.uint64))
        ends = np.flatnonzero(codes == 0)
        begins = np.append(0, ends[:-1] + 1)
        before = np.append(np.uint64(0), codes[:-1])
        one = np.uint64(1)
        letters = np.where(codes, one << codes % BITS, np.uint64(0))
        pairs = one << (before * np.uint64(31) + codes) % BITS
        return cls(ends - begins, np.bitwise_or.reduceat(letters, begins), np.bitwise_or.reduceat(pairs, begins))


@dataclass(frozen=True, eq=False)
class ListedNames:
    """The names of a list.

    Attributes
    ----------
    written, folded
        The names (n,) as they are written, and without case.
    """

    written: tuple[str, ...]
    folded: tuple[str, ...]

    @classmethod
    def of(cls, names: Iterable[str]) -> ListedNames:
        """Fold names; empty ones are left out."""
        written = tuple(filter(None, names))
        return cls(written, tuple(map(str.casefold, written)))

    @cached_property
    def found(self) -> frozenset[str]:
        """All folded names."""
        return frozenset(self.folded)

    @cached_property
    def traits(self) -> Traits:
        """Those of the folded names."""
        return Traits.of(self.folded)

    def near(self, names: list[str], distance: int) -> list[bool]:
        """Whether each of some folded names is within this edit distance of a name of the list.

        An edit changes at most two of the letters that a name has and four of the pairs; names that differ in more are
        not compared.
        """
        from rapidfuzz import process  # only some draws need it
        from rapidfuzz.distance import Levenshtein

        ours, found = self.traits, []
        for name, length, letters, pairs in zip(names, *Traits.of(names), strict=True):
            near = np.bitwise_count(ours.pairs ^ pairs) <= 4 * distance
            near &= np.bitwise_count(ours.letters ^ letters) <= 2 * distance
            near &= abs(ours.lengths - length) <= distance
            choices = [self.folded[place] for place in np.flatnonzero(near).tolist()]
            best = process.extractOne(name, choices, scorer=Levenshtein.distance, score_cutoff=distance)
            found.append(best is not None)
        return found


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
    with for_all():
        lines = bundled_path(name).read_text(encoding="utf-8").splitlines()
        return ListedNames.of(line.partition(",")[0] for line in lines if not line.startswith("#"))
