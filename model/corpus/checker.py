"""A checker made from a list, which says what a name has that the names of the list do not.

It looks at five kinds of patterns, each small enough that an ordinary new name has none that is new:

cluster
    A letter with its marks, see `model.corpus.clusters`; letters that the list does not have are clusters too.
casing
    The shape of a word, ``^XxXx`` for McKay, see `model.corpus.shapes`; one of a thousand names alone is a slip.
accent
    How many accents a word has, see `model.corpus.accents`; none is a pattern too, where words have any, and what few
    names have is a slip.
place
    A letter or mark at the beginning or the end of a word, where it never stands in the list, or elsewhere, although it
    stands only there, see `model.corpus.places`.
length
    Fewer letters than any name of the list has.

A name of the list itself is measured against the others: `rate_within` checks each half against the other one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from model.corpus.accents import accent_patterns, accents_of, allowed_accents
from model.corpus.clusters import clusters_of
from model.corpus.places import Places, misplaced, places_of
from model.corpus.shapes import shape_patterns, shapes_of
from model.corpus.split import name_hashes

KINDS = ("clusters", "casing", "accents", "places", "lengths")


@dataclass(frozen=True, slots=True)
class Novelty:
    """What a name has that the list does not: empty where there is nothing."""

    clusters: tuple[str, ...] = ()
    casing: tuple[str, ...] = ()
    accents: tuple[str, ...] = ()
    places: tuple[str, ...] = ()  # letters and marks out of them
    lengths: tuple[int, ...] = ()  # that of the name

    def __bool__(self) -> bool:
        return any(getattr(self, kind) for kind in KINDS)


@dataclass(frozen=True, slots=True)
class Rate:
    """Shares of names that have something new, by kind and in all."""

    clusters: float = 0.0
    casing: float = 0.0
    accents: float = 0.0
    places: float = 0.0
    lengths: float = 0.0
    any: float = 0.0


@dataclass(frozen=True)
class Checker:
    """The patterns of a list."""

    clusters: frozenset[str]
    casing: frozenset[str]
    accents: frozenset[str]
    places: Places
    fewest_letters: int

    @classmethod
    def of(cls, names: Iterable[str]) -> Checker:
        """Gather the patterns of names as the list writes them, tidied."""
        names = tuple(names)
        return cls(
            clusters=frozenset(cluster for name in names for cluster in clusters_of(name.casefold())),
            casing=frozenset(shape_patterns(names)),
            accents=allowed_accents(accent_patterns(names) or ("0",)),
            places=places_of(names),
            fewest_letters=min(map(len, names), default=0),
        )

    def check(self, name: str) -> Novelty:
        """What is new in a name."""
        return Novelty(
            clusters=tuple(cluster for cluster in clusters_of(name.casefold()) if cluster not in self.clusters),
            casing=tuple(sorted(shapes_of(name) - self.casing)),
            accents=tuple(sorted(accents_of(name) - self.accents)),
            places=tuple(sorted(misplaced(name, self.places))),
            lengths=(len(name),) if len(name) < self.fewest_letters else (),
        )

    def rate(self, names: Sequence[str]) -> Rate:
        """How many of these names have something new."""
        found = [self.check(name) for name in names]
        count = max(len(names), 1)
        by_kind = {kind: sum(bool(getattr(novelty, kind)) for novelty in found) / count for kind in KINDS}
        return Rate(**by_kind, any=sum(map(bool, found)) / count)


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
        **{
            kind: sum(getattr(rate, kind) * count for rate, count in rates) / max(len(names), 1)
            for kind in (*KINDS, "any")
        }
    )
