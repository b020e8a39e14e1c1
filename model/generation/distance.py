"""How hard it is to confuse two names: a distance from 0 to 1.

People mistake names that look alike, that sound alike, that have the same length and rhythm, or that begin alike. Names
of every script are compared in Latin letters (`model.people.latin`).

Axes:  n names   m other names
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.network.parameters import FloatArray
from model.people.latin import latin

WORDING_WEIGHT = 0.75
"""Of the lesser of two distances, in letters and in sound: names that agree in either can be confused."""

RHYTHM_WEIGHT = 0.15
INITIAL_WEIGHT = 0.1

COMPARED_LETTERS = 48
"""Longer names are compared by their beginnings."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared of some names; a list each, in the order of the names."""

    letters: list[str]  # in Latin letters, small, without spaces; as they are where nothing of them can be read
    sounds: list[str]  # by Metaphone (Philips 1990)
    rhythms: list[str]  # v for a vowel, c for a consonant
    initials: list[str]

    @classmethod
    def of(cls, names: Sequence[str], language: str = "") -> Traits:
        """Read names, of a language by its English name."""
        from jellyfish import metaphone

        read = (re.sub("[^a-z]", "", latin(name, language).lower()) or name.casefold() for name in names)
        letters = [word[:COMPARED_LETTERS] for word in read]
        rhythms = [re.sub("[^v]", "c", re.sub("[aeiouy]", "v", word)) for word in letters]
        return cls(letters, [metaphone(word) for word in letters], rhythms, [word[:1] for word in letters])

    def __len__(self) -> int:
        return len(self.letters)

    def __getitem__(self, places: slice) -> Traits:
        return Traits(self.letters[places], self.sounds[places], self.rhythms[places], self.initials[places])


def distances(names: Traits, others: Traits) -> FloatArray:
    """Distances (n, m) from 0, for names that are read alike, to 1.

    ``0.75 min(letters, sound) + 0.15 rhythm + 0.1 initial``: the first three are Levenshtein distances, divided by the
    greater length; the last is 0 or 1.
    """
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    def compared(ours: list[str], theirs: list[str]) -> FloatArray:
        found: FloatArray = cdist(ours, theirs, scorer=Levenshtein.normalized_distance, dtype=np.float32)
        return found

    wording = np.minimum(compared(names.letters, others.letters), compared(names.sounds, others.sounds))
    initial = np.array(names.initials)[:, None] != np.array(others.initials)[None]
    rhythm = compared(names.rhythms, others.rhythms)
    total: FloatArray = WORDING_WEIGHT * wording + RHYTHM_WEIGHT * rhythm + INITIAL_WEIGHT * initial
    return total
