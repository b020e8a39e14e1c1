"""A checker made from a list, which says what a name has that no name of the list has.

It looks at three kinds of patterns, each small enough that an ordinary new name has none that is new:

cluster
    A letter with its marks, see `model.corpus.clusters`; letters that the list does not have are clusters too.
casing
    The shape of a word, ``^XxXx`` for McKay, see `model.corpus.shapes`.
accent
    How many accents a word has, see `model.corpus.accents`; none in a long word is a pattern too, where words have any.

A name of the list itself is measured against the others: `rate_within` checks each half against the other one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from model.corpus.accents import accent_patterns, accents_of
from model.corpus.clusters import clusters_of
from model.corpus.shapes import shapes_of
from model.corpus.split import name_hashes


@dataclass(frozen=True, slots=True)
class Novelty:
    """What a name has that the list does not: empty where there is nothing."""

    clusters: tuple[str, ...]
    casing: tuple[str, ...]
    accents: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.clusters or self.casing or self.accents)


@dataclass(frozen=True, slots=True)
class Rate:
    """Shares of names that have something new, by kind and in all."""

    clusters: float
    casing: float
    accents: float
    any: float


@dataclass(frozen=True)
class Checker:
    """The patterns of a list."""

    clusters: frozenset[str]
    casing: frozenset[str]
    accents: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[str]) -> Checker:
        """Gather the patterns of names as the list writes them, tidied."""
        names = tuple(names)
        return cls(
            clusters=frozenset(cluster for name in names for cluster in clusters_of(name.casefold())),
            casing=frozenset(shape for name in names for shape in shapes_of(name)),
            accents=frozenset(accent_patterns(names)),
        )

    def check(self, name: str) -> Novelty:
        """What is new in a name."""
        return Novelty(
            tuple(cluster for cluster in clusters_of(name.casefold()) if cluster not in self.clusters),
            tuple(sorted(shapes_of(name) - self.casing)),
            tuple(sorted(accents_of(name) - (self.accents or {"0"}))),
        )

    def rate(self, names: Sequence[str]) -> Rate:
        """How many of these names have something new."""
        found = [self.check(name) for name in names]
        clusters, casing, accents, total = (
            sum(map(bool, kind)) / max(len(names), 1)
            for kind in (
                [novelty.clusters for novelty in found],
                [novelty.casing for novelty in found],
                [novelty.accents for novelty in found],
                found,
            )
        )
        return Rate(clusters, casing, accents, total)


def rate_within(names: Sequence[str]) -> Rate:
    """How many names of a list have something that the other half of it does not: what is to be expected of new names.

    The halves are those of the names' hashes, as in `model.corpus.split`.
    """
    halves: tuple[list[str], list[str]] = ([], [])
    for name, value in zip(names, name_hashes(names), strict=True):
        halves[int(value) & 1].append(name)
    first, second = (Checker.of(half) for half in halves)
    rates = [(second.rate(halves[0]), len(halves[0])), (first.rate(halves[1]), len(halves[1]))]
    return Rate(
        *(
            sum(getattr(rate, kind) * count for rate, count in rates) / max(len(names), 1)
            for kind in ("clusters", "casing", "accents", "any")
        )
    )
