"""Grapheme clusters: a letter with the marks on it, which a drawn name never takes apart or puts together anew.

A cluster is a letter and the marks that follow it (Unicode Standard Annex 29, extended grapheme clusters). As in its
rule GB9c, a letter after the virama of an Indic script belongs to the same cluster, since the two are written as one;
so does a letter after a joiner, which shapes both its neighbours, and the consonant after a Thai or Lao vowel that is
written before it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from model.cached import cached_property
from model.corpus.spelling import JOINERS
from model.corpus.vocabulary import END, Vocabulary

FOLLOWING_VOWELS = "\u0e33\u0eb3"
"""Thai and Lao sara am: letters by their category, and marks by the annex."""

LEADING_VOWELS = "\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4"
"""Thai and Lao vowels that are written before their consonant."""

LINKERS = "\u094d\u09cd\u0acd\u0b4d\u0c4d\u0ccd\u0d4d\u1039\u17d2"
"""Viramas after which the next consonant is written below or into the last."""


MOST_CELLS = 2**20
"""Of a table over the beginnings of clusters and the letters; a list in Hindi has some 50,000."""

MOST_IN_CLUSTERS = 2**16
"""Letters and marks of all clusters together."""


@lru_cache(maxsize=4096)
def is_mark(letter: str) -> bool:
    """Whether a letter stands on the one before it: a combining mark, a joiner, a Hebrew geresh or gershayim."""
    return unicodedata.category(letter)[0] == "M" or letter in f"{JOINERS}\u05f3\u05f4{FOLLOWING_VOWELS}"


def links(cluster: str) -> bool:
    """Whether a letter after this cluster belongs to it."""
    return cluster[-1] in f"{LINKERS}{JOINERS}{LEADING_VOWELS}"


def continues(cluster: str, letter: str) -> bool:
    """Whether a letter or mark belongs to the cluster before it."""
    return is_mark(letter) or (links(cluster) and unicodedata.category(letter)[0] == "L")


def clusters_of(name: str) -> list[str]:
    """The grapheme clusters of a name, in order; together they are the name."""
    found: list[str] = []
    for letter in name:
        if found and continues(found[-1], letter):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def attachments_of(names: Iterable[str]) -> tuple[str, ...]:
    """The clusters of several letters that stand in names, and those of one letter that is part of others; sorted.

    Empty where the list has no marks, or too many clusters to keep: then every letter may follow every other.
    """
    names = tuple(names)
    letters = set().union(*names)
    if not any(is_mark(letter) or links(letter) for letter in letters):
        return ()
    clusters = {cluster for name in names for cluster in clusters_of(name)}
    parts = {letter for cluster in clusters if len(cluster) > 1 for letter in cluster}
    kept = tuple(sorted(cluster for cluster in clusters if len(cluster) > 1 or cluster in parts or links(cluster)))
    return kept if fits(kept, len(letters)) else ()


def fits(clusters: Collection[str], letters: int) -> bool:
    """Whether the tables that `Attachments` makes of clusters are of a reasonable size."""
    return (parts := sum(map(len, clusters))) <= MOST_IN_CLUSTERS and parts * letters <= MOST_CELLS


@dataclass(frozen=True, eq=False)
class Attachments:
    """Which letter may follow, so that every cluster of a name is one of the list: an automaton over letters.

    Its states: 0 where no cluster has begun that could go on, and one for each beginning of a cluster.

    Axes:  s states   v vocabulary
    """

    clusters: tuple[str, ...]  # as `attachments_of` gives them
    vocabulary: Vocabulary

    @cached_property
    def prefixes(self) -> tuple[str, ...]:
        """What each state stands for."""
        found = {cluster[:length] for cluster in self.clusters for length in range(1, len(cluster) + 1)}
        return ("", *sorted(found))

    @cached_property
    def following(self) -> NDArray[np.int32]:
        """The state (s, v) after each letter; also after one that is not allowed, as a start may have it."""
        states = {prefix: state for state, prefix in enumerate(self.prefixes)}
        first = np.array([0, *(states.get(letter, 0) for letter in self.vocabulary.letters)], np.int32)
        table = np.repeat(first[None], len(states), axis=0)
        for state, index, cluster in self._continuations():
            table[state, index] = states.get(cluster, first[index])
        return table

    @cached_property
    def allowed(self) -> NDArray[np.bool_]:
        """Whether a letter, or the end, may follow in each state, (s, v)."""
        states, whole = set(self.prefixes), set(self.clusters)
        parts = set("".join(self.clusters))
        begins = [letter in states or not (is_mark(letter) or letter in parts) for letter in self.vocabulary.letters]
        closed = np.array([not prefix or prefix in whole for prefix in self.prefixes])
        table: NDArray[np.bool_] = closed[:, None] & np.array([True, *begins])
        for state, index, cluster in self._continuations():
            table[state, index] = cluster in states
        return table

    def _continuations(self) -> Iterator[tuple[int, int, str]]:
        """Each state with each letter that belongs to the same cluster, and the two together."""
        marks = [(index, letter) for index, letter in self._letters if is_mark(letter)]
        for state, prefix in enumerate(self.prefixes[1:], start=1):
            for index, letter in self._letters if links(prefix) else marks:
                if continues(prefix, letter):
                    yield state, index, prefix + letter

    @cached_property
    def _letters(self) -> list[tuple[int, str]]:
        return list(enumerate(self.vocabulary.letters, start=END + 1))

    def are_whole(self, name: str) -> bool:
        """Whether all clusters of a name stand in the list."""
        state = 0
        for index in self.vocabulary.encode(name):
            if not self.allowed[state, index]:
                return False
            state = int(self.following[state, index])
        return bool(self.allowed[state, END])
