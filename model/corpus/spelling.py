"""What is a name: how one is spelled, and what is tidied before it counts as one.

A name consists of words of Unicode letters, with the combining marks that follow them, divided by single spaces,
hyphens or apostrophes.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

LONGEST_NAME_LETTERS = 64
"""A longer line is skipped, which bounds the memory that one name can take."""

HYPHENS_AND_APOSTROPHES = str.maketrans({"\u2010": "-", "\u2011": "-", "\u2018": "'", "\u2019": "'"})
SPACES = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
NAME = re.compile(r"LM*(?:[LM]|/L)*")
"""Over a name's shape: L a letter, M a combining mark, / what divides words."""


class Fault(Enum):
    """Why a line is not a name."""

    HEADER = "the header of the columns"
    SYMBOL = "a digit, or a symbol that is not part of names"
    DIVIDER = "a space, hyphen or apostrophe at an end or twice in a row, or an accent with no letter"
    TOO_LONG = f"more than {LONGEST_NAME_LETTERS} letters"
    COUNT = "a count that is not a whole number"
    ZERO = "a count of 0"


def tidy(name: str) -> str:
    """A name in NFC, with plain hyphens and apostrophes, and single spaces within it only."""
    return name if name.isascii() and name.isalpha() else _plain(name).strip(" ")


def tidy_start(start: str) -> str:
    """The same for the first letters of a name, after which a space may well stand."""
    return _plain(start).lstrip(" ")


def _plain(text: str) -> str:
    return SPACES.sub(" ", unicodedata.normalize("NFC", text).translate(HYPHENS_AND_APOSTROPHES))


def fault(name: str) -> Fault | None:
    """Why a tidy line is not a name, or None if it is one."""
    if len(name) > LONGEST_NAME_LETTERS:
        return Fault.TOO_LONG
    if name.isalpha():
        return None
    shape = "".join(["/" if letter in " -'" else unicodedata.category(letter)[0] for letter in name])
    if not set(shape) <= set("LM/"):
        return Fault.SYMBOL
    return None if NAME.fullmatch(shape) else Fault.DIVIDER


def is_name(text: str) -> bool:
    """Whether a line of just this text would be a name, as it stands."""
    return tidy(text) == text and fault(text) is None


def begins_a_name(start: str) -> bool:
    """Whether there are names that begin with this tidy start."""
    return fault(start + "a") in (None, Fault.TOO_LONG)
