"""Accents: how many letters of a word carry one, which in some languages is one at most, or just one.

What counts are the accents that mark stress or tone: acute, grave, tilde, hook, dot below and the Greek perispomeni. A
Greek word of two syllables has just one, a Vietnamese word, which is a syllable, at most one, a French word any number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import groupby

from model.corpus.normal_form import nfd

ACCENTS = frozenset("\u0300\u0301\u0303\u0309\u0323\u0342")
VOWELS = frozenset("aeiouyæœøıəɛɔαεηιουωаеиоуыэюяіє")
WORD = re.compile(r"[^ \-'.&]+")

SYLLABLE = "s"
"""After the number of accents, if all vowels of the word are in one group."""

RARE = 0.01
"""What fewer of the names have may be slips, and is not drawn."""

MANY = 50
"""From this many names on, what one alone has may be a slip too."""


def accents_of(name: str) -> set[str]:
    """How many accents the words of a name have, as digits; with `SYLLABLE` where a word has one group of vowels.

    Such words say nothing without an accent: a Greek one of one syllable has none.
    """
    return {pattern for word in WORD.findall(name) if (pattern := _pattern(word)) != f"0{SYLLABLE}"}


def accent_patterns(names: Iterable[str]) -> tuple[str, ...]:
    """What more than a few of the names have, sorted; empty where no word has an accent.

    A single accent is never too rare if no other number is common: the list's letters with accents are to be drawn.
    """
    names = tuple(names)
    if all(map(str.isascii, names)):
        return ()
    counts = Counter(pattern for name in names for pattern in accents_of(name))
    least = max(RARE * len(names), 1 if len(names) < MANY else 2)
    common = {pattern for pattern, count in counts.items() if count >= least}
    if not counts.keys() - {"0"}:
        return ()
    return tuple(sorted(common if common - {"0"} else common | {"1", f"1{SYLLABLE}"}))


def allowed_accents(patterns: Collection[str]) -> frozenset[str]:
    """The patterns of a card as `accents_of` gives them; without any `SYLLABLE`, they hold for all words."""
    if any(pattern.endswith(SYLLABLE) for pattern in patterns):
        return frozenset(patterns)
    return frozenset(patterns) | {f"{pattern}{SYLLABLE}" for pattern in patterns}


def _pattern(word: str) -> str:
    accents = 0 if word.isascii() else sum(map(_accents, word))
    groups = sum(is_vowel for is_vowel, _ in groupby(map(_is_vowel, word)))
    return f"{accents}{SYLLABLE * (groups < 2)}"


@lru_cache(maxsize=4096)
def _accents(letter: str) -> int:
    return sum(accent in ACCENTS for accent in nfd(letter))


@lru_cache(maxsize=4096)
def _is_vowel(letter: str) -> bool:
    return nfd(letter)[0].lower() in VOWELS
