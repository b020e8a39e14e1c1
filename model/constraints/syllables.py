"""Syllables: an approximate count by groups of vowels, for scripts whose letters say which are vowels.

A syllable is a run of vowels. Whether a letter is a vowel is decided without its accents (``é``, ``ü``), so a
diaeresis parts nothing: Zoë counts one. ``y`` is a vowel, except that between two vowels it divides them: Maya has
two syllables, as have Mary and Kylie. A final silent e is not treated: Kate counts two. In Hangul each letter is a
syllable, and in kana what counts is the mora: each letter but the small ones that go with another (ゃ), as in きょうと.
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np

from model.constraints.acceptor import DEAD, Acceptor
from model.constraints.alphabet import Alphabet
from model.corpus.clusters import is_mark
from model.corpus.normal_form import nfd
from model.corpus.vocabulary import END
from model.errors import InvalidOption

MAX_SYLLABLES = 32
BOUNDS = re.compile(r"(\d{1,2})(?:\s*[-\u2013]\s*(\d{1,2}))?", re.ASCII)

VOWELS = {
    "LATIN": "aeiouyæœøıəɛɔɨʉɪʊ",
    "GREEK": "αεηιουω",
    "CYRILLIC": "аеиоуыэюяєіөүұәӕѣ",
    "ARMENIAN": "աեէըիոօու",
    "GEORGIAN": "აეიოუ",
}
CONSONANTS = "йў"
"""Their letters without the mark are vowels."""

KANA = ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA")
SMALL, SMALL_TU = " LETTER SMALL ", " LETTER SMALL TU"
"""In Unicode's names of kana; the small tu is a mora."""

CONSONANT, VOWEL, DIVIDER, MARK, SYLLABLE = range(5)
"""Kinds of letters; a divider is the y, which parts two vowels."""


def bounds(text: str) -> tuple[int, int]:
    """Fewest and most syllables, from ``3`` or ``2-3``; raises InvalidOption."""
    found = BOUNDS.fullmatch(text.strip())
    if not found:
        raise InvalidOption("syllables", "must be a number or two, such as 3 or 2-3")
    least, most = int(found[1]), int(found[2] or found[1])
    if not least <= most <= MAX_SYLLABLES:
        raise InvalidOption("syllables", f"must be at most {MAX_SYLLABLES}, and the first number not above the second")
    return least, most


def syllables(text: str, alphabet: Alphabet) -> Acceptor:
    """Names of so many syllables; raises InvalidOption for scripts in which they are not counted."""
    least, most = bounds(text)
    kinds = np.array([CONSONANT, *map(_kind, alphabet.vocabulary.letters)])
    # A state is a count and what came last: a consonant, a vowel, or a y after a vowel.
    table = np.zeros((1 + 3 * (most + 1), len(kinds)), np.int32)
    for count in range(most + 1):
        consonant, vowel, parting = (1 + 3 * count + last for last in range(3))
        more, whole = (vowel + 3, consonant + 3) if count < most else (DEAD, DEAD)
        for state, following in (
            (consonant, (consonant, more, more, consonant, whole)),
            (vowel, (consonant, vowel, parting, vowel, whole)),
            (parting, (consonant, more, parting, parting, whole)),
        ):
            table[state] = np.array(following)[kinds]
    table[:, END] = DEAD
    accepting = np.arange(len(table)) > 3 * least
    return Acceptor(1, table, accepting).minimise()


def count_syllables(name: str) -> int:
    """How many a folded name has."""
    count, vowel, parted = 0, False, False
    for kind in map(_kind, name):
        if kind == MARK:
            continue
        if kind == VOWEL or (kind == DIVIDER and not vowel):
            count += not vowel or parted
            vowel, parted = True, False
        elif kind == DIVIDER:
            parted = True
        else:
            count += kind == SYLLABLE
            vowel = parted = False
    return count


def _kind(letter: str) -> int:
    """The kind of a letter."""
    if is_mark(letter):
        return MARK
    if unicodedata.category(letter)[0] != "L" or letter.lower() in CONSONANTS:
        return CONSONANT
    base = nfd(letter.lower())[0]
    named = unicodedata.name(letter, "")
    if named.startswith("HANGUL SYLLABLE"):
        return SYLLABLE
    if named.startswith(KANA):
        return CONSONANT if SMALL in named and SMALL_TU not in named else SYLLABLE
    script = unicodedata.name(base, "").partition(" ")[0]
    if script not in VOWELS:
        raise InvalidOption("syllables", f"can't be counted in names with {letter!r}; leave it out for this model")
    if base == "y":
        return DIVIDER
    return VOWEL if base in VOWELS[script] else CONSONANT
