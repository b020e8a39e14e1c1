"""The skeleton of a name: what is left when case, accents and look-alikes are folded away.

Names that a reader takes for the same word have the same skeleton, and words are looked for in skeletons. Letters that
look alike are one, whatever their script, as in Unicode's table of confusables (UTS 39): Latin ``a``, Cyrillic ``а``,
Greek ``α`` and ``@``. A skeleton is made letter by letter, which lets an automaton over letters do the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from model.corpus.normal_form import nfc, nfd, nfkc

BOUNDARY = " "
"""What divides words, in a skeleton: a space, a hyphen, a full stop, any symbol."""

READINGS = {"1": "il", "ν": "nv"}
"""What a skeleton leaves open: ``1`` looks like either letter, and so does the Greek nu."""

SILENT = re.compile(
    "['\u2019\u02bb-\u02bf\u00b7\u0640\u05f3\u05f4"  # apostrophes, the middle dot, the Arabic tatweel
    "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u06d6-\u06ed]"  # accents, and the points of Hebrew and Arabic
)
"""What may stand within a word without being read as a letter; marks of other scripts are vowels, or make letters."""

LOOK_ALIKES = str.maketrans(
    # digits and symbols
    dict(zip("023456789@$€+!|", "ozeasgtbgaset11", strict=True))
    # Cyrillic, as the letter looks in lower or in upper case
    | dict(zip("авеікмнорстухјѕһԁԛԝґ", "abeikmhopctyxjshdqwг", strict=True))
    # Greek, likewise
    | dict(zip("αβεζηικμορτυχϲ", "abezhikmoptyxc", strict=True))
    # Latin letters that are not made of a letter and an accent
    | dict(zip("øłđðıħŧəǝɛɔɓɗƙ", "olddihteeeobdk", strict=True))
    | {"æ": "ae", "œ": "oe", "þ": "th"}
    # Persian forms of Arabic letters
    | dict(zip("کیىھہ", "كييهه", strict=True))
    # Hiragana to Katakana
    | {chr(kana): chr(kana + 0x60) for kana in range(0x3041, 0x3097)}
)


def skeleton(name: str) -> str:
    """The skeleton of a name: those of its letters, put together."""
    if name.isascii() and name.isalpha():
        return name.lower()
    return "".join(map(letter_skeleton, nfc(name)))


def skeletons(names: Sequence[str]) -> list[str]:
    """The skeletons of many names."""
    text = "\n".join(names)
    if text.isascii() and text.count("\n") == len(names) - 1 and text.replace("\n", "").isalpha():
        return text.lower().split("\n")
    return [skeleton(name) for name in names]


@lru_cache(maxsize=2**15)
def letter_skeleton(letter: str) -> str:
    """Empty for an accent, two letters for ``ß``, `BOUNDARY` for what divides words."""
    folded = nfd(nfkc(letter).casefold())
    kept = nfc(SILENT.sub("", folded)).translate(LOOK_ALIKES)
    return "".join(BOUNDARY if _divides(part) else part for part in kept if unicodedata.category(part) != "Cf")


def _divides(letter: str) -> bool:
    return unicodedata.category(letter)[0] not in "LMN"
