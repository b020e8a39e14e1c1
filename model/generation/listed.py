"""The names of bundled lists as text: what a drawn name may be equal to, or near to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from model.artifact.model_file import Artifact
from model.cached import cached_property
from model.corpus.bundled import bundled_path, catalogue
from model.generation.checkpoints import checkpoint, for_all
from model.network.parameters import IntArray

CACHED_LISTS = 8
"""Of some 20 MB each for 100,000 names."""

COMPARED_AT_ONCE = 1024
"""Listed names; while they are compared, no other thread runs."""


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

    def near(self, names: Sequence[str], distance: int) -> list[bool]:
        """Whether each of some folded names is within this edit distance of a name of the list."""
        found = [False] * len(names)
        for block in self.blocks():
            left = [place for place, is_near in enumerate(found) if not is_near]
            if not left:
                break
            nearest: IntArray = edit_distances([names[place] for place in left], block, distance).min(axis=1)
            for place, least in zip(left, nearest.tolist(), strict=True):
                found[place] = least <= distance
        return found

    def blocks(self) -> Iterator[tuple[str, ...]]:
        """The folded names, some at a time, with checkpoints between them."""
        for begin in range(0, len(self.folded), COMPARED_AT_ONCE):
            checkpoint()
            yield self.folded[begin : begin + COMPARED_AT_ONCE]


def edit_distances(names: Sequence[str], others: Sequence[str], most: int) -> IntArray:
    """Levenshtein distances (len(names), len(others)), those above `most` as ``most + 1``."""
    from rapidfuzz.distance import Levenshtein  # only some draws need it
    from rapidfuzz.process import cdist

    return np.asarray(cdist(names, others, scorer=Levenshtein.distance, score_cutoff=most, dtype=np.uint8))


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
        checkpoint()
        names = [line.partition(",")[0] for line in lines if not line.startswith("#")]
        checkpoint()
        return ListedNames.of(names)
