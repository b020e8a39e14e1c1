"""Names in Latin letters without accents, as forms, tickets and user names have them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

from model.corpus.normal_form import nfc
from model.people import readings, unwritten_vowels

SPELLED_OUT = {
    "Danish": {"å": "aa", "ø": "oe"},
    "German": {"ä": "ae", "ö": "oe", "ü": "ue"},
    "Norwegian": {"å": "aa", "ø": "oe"},
}
"""Letters that are written as two (ICAO 9303, part 3, section 6), where people do so themselves."""

SEPARATORS = re.compile(r"([\s\-‐·]+)")


@lru_cache(maxsize=4096)
def latin(name: str, language: str = "") -> str:
    """A name in the letters A to Z, with its spaces, hyphens and apostrophes.

    Parameters
    ----------
    name
        In any script; one that is written without vowels gets some that are guessed.
    language
        Its English name, for letters that languages read differently; empty where it is not known.

    Returns
    -------
    str
        Of words that begin with capitals, where the script has none; empty where nothing of the name has a reading.
    """
    parts = SEPARATORS.split(nfc(name))
    read = [part if place % 2 else _word(part, language) for place, part in enumerate(parts)]
    return re.sub(r"[^A-Za-z '\-]", "", anyascii("".join(read))).strip(" '-")


def _word(word: str, language: str) -> str:
    script = next((unicodedata.name(letter, "").partition(" ")[0] for letter in word if letter.isalpha()), "")
    if script == "LATIN":
        spelled = "".join(_spelled_out(letter, language) for letter in word)
        return anyascii(spelled)
    return "-".join(
        re.sub("[^a-z]", "", part.lower()).capitalize() for part in _read(word, script, language).split("-")
    )


def _spelled_out(letter: str, language: str) -> str:
    spelled = SPELLED_OUT.get(language, {}).get(letter.lower(), letter)
    return spelled.capitalize() if letter.isupper() else spelled


def _read(word: str, script: str, language: str) -> str:
    if script in unwritten_vowels.INDIC:
        return unwritten_vowels.read_indic(word, script)
    match script:
        case "GREEK":
            return readings.read_greek(word)
        case "CYRILLIC":
            return readings.read_cyrillic(word, language)
        case "ARMENIAN":
            return readings.read_armenian(word)
        case "KATAKANA" | "HIRAGANA":
            return readings.read_kana(word)
        case "HANGUL":
            return readings.read_hangul(word)
        case "ARABIC":
            return unwritten_vowels.read_arabic(word, language)
        case "HEBREW":
            return unwritten_vowels.read_hebrew(word)
        case "THAI":
            return unwritten_vowels.read_thai(word)
    return anyascii(word)
