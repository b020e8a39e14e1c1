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
"""Up to this length a word may always do without an accent: a Greek one of one syllable has none."""


@lru_cache(maxsize=4096)
def _accents(letter: str) -> int:
    return sum(accent in ACCENTS for accent in unicodedata.normalize("NFD", letter))


def accents_of(name: str) -> set[str]:
    """How many accents the words of a name have, as digits; short words without one say nothing."""
    words = WORD.findall(name)
    counts = [0 if name.isascii() else sum(map(_accents, word)) for word in words]
    return {str(count) for word, count in zip(words, counts, strict=True) if count or len(word) > SHORT_WORD_LETTERS}


def accent_patterns(names: Iterable[str]) -> tuple[str, ...]:
    """All that the words of a list have, sorted; empty where no word has an accent."""
    found = set().union(*map(accents_of, names))
    return tuple(sorted(found)) if found - {"0"} else ()
