"""What is a name: how one is spelled, and what is tidied before it counts as one.

A name consists of words of Unicode letters, with the marks that follow them, and of digits. Words are divided by a
space, a hyphen or ``&``, and may be abbreviated by a full stop; an apostrophe or a middle dot stands within a word, an
apostrophe also at its beginning or end. Joiners that shape Indic or Arabic letters, and the Hebrew geresh and
gershayim, count as marks. At least one letter is needed: a line of digits is a number.

What can't be seen and shapes nothing (direction marks, soft hyphens, zero-width spaces) is taken off; look-alikes of
the hyphen, the apostrophe and the middle dot become these. Everything else, such as ``/``, ``(`` and ``@``, is no part
of a name, and the line is skipped.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import lru_cache

from model.corpus.normal_form import nfc

LONGEST_NAME_LETTERS = 64
"""A longer line is skipped, which bounds the memory that one name can take."""

LONGEST_RAW = 4 * (LONGEST_NAME_LETTERS + 1)
"""Code points that are looked at: no more than four become one in NFC, so what is longer is too long afterwards too.

Normalising takes time that grows with the square of the marks in a row.
"""

JOINERS = "\u200c\u200d"
"""Zero-width non-joiner and joiner."""

HYPHENS = "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"
APOSTROPHES = "\u2018\u2019\u2032\uff07`\u00b4"
MIDDLE_DOTS = "\u2027\u2219\u22c5"
PLAIN = str.maketrans(
    dict.fromkeys(HYPHENS, "-") | dict.fromkeys(APOSTROPHES, "'") | dict.fromkeys(MIDDLE_DOTS, "\u00b7")
)
SPACES = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
INVISIBLE = re.compile("[\u00ad\u034f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+")

SHAPED = "\u0600-\u109f\u1780-\u18af\ua840-\uabff\U00010a00-\U00011fff"
"""Blocks of the scripts whose letters a joiner shapes: Arabic to Myanmar, Khmer, Mongolian and their kin."""

VIRAMAS = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca"
"""Marks that take a consonant's vowel off, after which a joiner may end a word."""

JOINER_RUN = re.compile(f"([{JOINERS}])[{JOINERS}]+")
IDLE_JOINER = re.compile(
    f"(?<![{SHAPED}])[{JOINERS}]|\u200c(?![{SHAPED}])|(?<![{VIRAMAS}])\u200d(?![{SHAPED}])",
)
HEBREW_QUOTE = re.compile("(?<=[\u0591-\u05f4])(?:'|\"(?=[\u05d0-\u05ea]))")
"""An apostrophe or a quotation mark that is typed for a geresh or gershayim."""

ATTACHED = f"{JOINERS}\u05f3\u05f4\u0f0b"
"""What counts as a mark beside the combining ones: joiners, geresh, gershayim, the tsheg of Tibetan syllables."""

SHAPES = (
    dict.fromkeys(ATTACHED, "M")
    | dict.fromkeys("-\u05be\u058a", "-")
    | dict.fromkeys("\u00b7\u30fb", "\u00b7")
    | {letter: letter for letter in " '.&"}
)
CATEGORIES = {"L": "L", "M": "M", "Nd": "N"}
NAME = re.compile(
    r"""
    '?U                                             (?# the first letter or digit)
    (?: (?: [·'.] | (?:\.'?|'\.?)?(?:[ -]|[ ]&[ ])'? )? U )*
    \.?
    """.replace("U", "(?:LM*|N)"),
    re.VERBOSE,
)
"""Over a name's shape: L a letter, M a mark, N a digit, the others themselves."""


class Fault(Enum):
    """Why a line is not a name."""

    HEADER = "the header of the columns"
    EMPTY = "nothing where the name should stand"
    SYMBOL = "a symbol that is not part of names"
    NUMBER = "digits and no letter"
    DIVIDER = "a space, hyphen, apostrophe or stop at an end or twice in a row, or an accent with no letter"
    TOO_LONG = f"more than {LONGEST_NAME_LETTERS} letters"
    COUNT = "something after the name that is no whole number: correct the count, or take it and the comma out"
    ZERO = "a count of 0"


def tidy(name: str) -> str:
    """A name in NFC, with plain hyphens and apostrophes, single spaces within it only, and nothing invisible."""
    return name if name.isascii() and name.isalpha() else _plain(name).strip(" ")


def tidy_start(start: str) -> str:
    """The same for the first letters of a name, after which a space may well stand."""
    return _plain(start).lstrip(" ")


def _plain(text: str) -> str:
    text = SPACES.sub(" ", text if text.isascii() else INVISIBLE.sub("", text))
    text = nfc(text.lstrip(" ")[:LONGEST_RAW]).translate(PLAIN)
    return text if text.isascii() else IDLE_JOINER.sub("", JOINER_RUN.sub(r"\1", text))


def fault(name: str) -> Fault | None:
    """Why a tidy line is not a name, or None if it is one."""
    if len(name) > LONGEST_NAME_LETTERS:
        return Fault.TOO_LONG
    if name.isalpha():
        return None
    shape = "".join(map(_shape, name if name.isascii() else HEBREW_QUOTE.sub("\u05f3", name)))
    if "?" in shape:
        return Fault.SYMBOL
    if not NAME.fullmatch(shape):
        return Fault.DIVIDER
    return None if "L" in shape else Fault.NUMBER


@lru_cache(maxsize=4096)
def _shape(letter: str) -> str:
    category = unicodedata.category(letter)
    return SHAPES.get(letter) or CATEGORIES.get(category[0]) or CATEGORIES.get(category, "?")


def is_name(text: str) -> bool:
    """Whether a line of just this text would be a name, as it stands."""
    return tidy(text) == text and fault(text) is None


def may_stand_in_a_name(letter: str) -> bool:
    """Whether there are names with this letter, mark or divider."""
    return _shape(letter) != "?" or letter == '"'


def begins_a_name(start: str) -> bool:
    """Whether there are names that begin with this tidy start."""
    return fault(start + "a") in (None, Fault.TOO_LONG)
