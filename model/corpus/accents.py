"""Accents: how many letters of a word carry one, which in some languages is one at most, or just one.

What counts are the accents that mark stress or tone: acute, grave, tilde, hook, dot below and the Greek perispomeni. A
Greek word of two syllables has just one, a Vietnamese syllable at most one, a French word any number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

ACCENTS = frozenset("\u0300\u0301\u0303\u0309\u0323\u0342")
WORD = re.compile(r"[^ \-'.&]+")
SHORT_WORD_LETTERS = 3
"""Up to this length, a word of one syllable may lack the accent that longer ones have."""


@lru_cache(maxsize=4096)
def _accents(letter: str) -> int:
    return sum(accent in ACCENTS for accent in unicodedata.normalize("NFD", letter))


def accents_of(name: str) -> set[str]:
    """What the words of a name have: ``long 1`` for a word with one accent that is longer than `SHORT_WORD_LETTERS`."""
    if name.isascii():
        return {f"{_length(word)} 0" for word in WORD.findall(name)}
    return {f"{_length(word)} {sum(map(_accents, word))}" for word in WORD.findall(name)}


def _length(word: str) -> str:
    return "long" if len(word) > SHORT_WORD_LETTERS else "short"


def accent_patterns(names: Iterable[str]) -> tuple[str, ...]:
    """All that the words of a list have, sorted; empty where no word has an accent."""
    found = set().union(*map(accents_of, names))
    return tuple(sorted(found)) if any(not pattern.endswith(" 0") for pattern in found) else ()
