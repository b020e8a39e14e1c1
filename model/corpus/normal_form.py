"""The normal forms of Unicode (Unicode Standard Annex 15): the one place that asks for them, which bounds the work.

Marks in a row are put in order in a time that grows with the square of their number: 400 kB of them take 35 seconds.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

MAX_LETTERS = 2000
"""Code points of a text, far above any name, address or expression; marks alone then take 4 ms."""


class TextTooLong(ValueError):
    """A text was not cut, or refused, before it was to be normalised."""

    def __init__(self, letters: int) -> None:
        super().__init__(f"a text of {letters:,} letters is too long to be normalised; give at most {MAX_LETTERS:,}")


def nfc(text: str) -> str:
    """A text with letters and marks put together; raises TextTooLong."""
    return _normalise("NFC", text)


def nfd(text: str) -> str:
    """A text with letters and marks taken apart; raises TextTooLong."""
    return _normalise("NFD", text)


def nfkc(text: str) -> str:
    """The same as `nfc`, with plain letters in place of those that only look otherwise; raises TextTooLong."""
    return _normalise("NFKC", text)


def is_nfc(text: str) -> bool:
    """Whether `nfc` would leave a text as it is; raises TextTooLong."""
    return nfc(text) == text


def _normalise(form: Literal["NFC", "NFD", "NFKC"], text: str) -> str:
    if len(text) > MAX_LETTERS:
        raise TextTooLong(len(text))
    return unicodedata.normalize(form, text)
