"""The lines of a list: what is a name, how often it stands there, and which lines are neither.

A name consists of words of Unicode letters, with the combining marks that follow them, divided by single spaces,
hyphens or apostrophes. A line that is no name is skipped and reported by its number; only a list that is not text
is refused.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import NamedTuple

from model.corpus.decoding import is_garbled

LONGEST_NAME_LETTERS = 64
"""Letters; a longer line is skipped, which bounds the memory that one name can take."""

TOLD = 5
"""How many line numbers are kept of each kind of line."""

HEADERS = frozenset({"firstname", "forename", "lastname", "name", "names", "surname"})
"""What a spreadsheet calls a column of names, where it stands alone in the first line."""

HYPHENS_AND_APOSTROPHES = str.maketrans({"\u2010": "-", "\u2011": "-", "\u2018": "'", "\u2019": "'"})
SPACES = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
NAME = re.compile(r"LM*(?:[LM]|/L)*")
"""Over a name's shape: L a letter, M a combining mark, / what divides words."""


ROW = re.compile(r"(?:\A|[\r\n])[^\S\r\n]*[^\s#]")
"""What a line begins with that is neither blank nor a comment."""


class Reason(Enum):
    """Why a line is skipped."""

    HEADER = "the header of the columns"
    SYMBOL = "a digit, or a symbol that is not part of names"
    DIVIDER = "a space, hyphen or apostrophe at an end or twice in a row, or an accent with no letter"
    TOO_LONG = f"more than {LONGEST_NAME_LETTERS} letters"
    COUNT = "a count that is not a whole number"
    ZERO = "a count of 0"


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that have something in common: how many, and the numbers of the first few, from 1."""

    count: int
    first: tuple[int, ...]

    @classmethod
    def of(cls, numbers: Iterable[int]) -> Lines:
        """The lines of these numbers."""
        ordered = sorted(numbers)
        return cls(len(ordered), tuple(ordered[:TOLD]))


class Row(NamedTuple):
    """A line that is neither blank nor a comment; `bearers` is empty where no count is given."""

    line: int
    name: str
    bearers: str = ""


class Entry(NamedTuple):
    """A name as the list writes it, how many bear it, and the line where it stands."""

    name: str
    bearers: int
    line: int


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list holds.

    Attributes
    ----------
    entries
        The names, in the order of the list, duplicates included.
    counted
        Whether counts stand beside them.
    skipped
        The lines that are not names, by reason.
    garbled
        Lines that look like UTF-8 read in another encoding; some of them are names.
    """

    entries: tuple[Entry, ...]
    counted: bool
    skipped: tuple[tuple[Reason, Lines], ...]
    garbled: Lines

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Listing:
        """Tell the names from the other lines."""
        entries: list[Entry] = []
        skipped: dict[Reason, list[int]] = {}
        garbled: list[int] = []
        counted = False
        for order, (line, column, bearers) in enumerate(rows):
            if is_garbled(column):
                garbled.append(line)
            name = tidy(column)
            is_header = order == 0 and (name.casefold() in HEADERS or any(letter.isalpha() for letter in bearers))
            reason = Reason.HEADER if is_header else fault(name) or _fault_of_count(bearers)
            if reason:
                skipped.setdefault(reason, []).append(line)
            else:
                counted = counted or bearers != ""
                entries.append(Entry(name, int(bearers or 1), line))
        places = tuple((reason, Lines.of(skipped[reason])) for reason in Reason if reason in skipped)
        return cls(tuple(entries), counted, places, Lines.of(garbled))


def has_more_rows(text: str, most: int) -> bool:
    """Whether `rows` would give more than so many, told at a glance."""
    return next(islice(ROW.finditer(text), most, None), None) is not None


def rows(text: str) -> Iterator[Row]:
    """The lines of a text: a name, and after a tab, semicolon or comma perhaps a count; other columns are left alone.

    Spreadsheets put semicolons where a comma divides decimals, and some put every field in quotation marks.
    """
    # str.splitlines would also break at form feeds and other characters that no editor counts as a line's end
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if not line or line.isspace() or line.lstrip().startswith("#"):
            continue
        name, *columns = _fields(line)
        yield Row(number, name, columns[0].strip() if columns else "")


def _fields(line: str) -> list[str]:
    divider = next((mark for mark in "\t;" if mark in line), ",")
    if '"' in line:
        with suppress(csv.Error):  # quotation marks that do not match are part of the line
            return next(csv.reader([line], delimiter=divider, strict=True))
    return line.split(divider, 2)


def tidy(name: str) -> str:
    """A name in NFC, with plain hyphens and apostrophes, and single spaces within it only."""
    return name if name.isascii() and name.isalpha() else _plain(name).strip(" ")


def tidy_start(start: str) -> str:
    """The same for the first letters of a name, after which a space may well stand."""
    return _plain(start).lstrip(" ")


def _plain(text: str) -> str:
    return SPACES.sub(" ", unicodedata.normalize("NFC", text).translate(HYPHENS_AND_APOSTROPHES))


def fault(name: str) -> Reason | None:
    """Why a tidy line is not a name, or None if it is one."""
    if len(name) > LONGEST_NAME_LETTERS:
        return Reason.TOO_LONG
    if name.isalpha():
        return None
    shape = "".join(["/" if letter in " -'" else unicodedata.category(letter)[0] for letter in name])
    if not set(shape) <= set("LM/"):
        return Reason.SYMBOL
    return None if NAME.fullmatch(shape) else Reason.DIVIDER


def is_name(text: str) -> bool:
    """Whether a line of just this text would be a name, as it stands."""
    return tidy(text) == text and fault(text) is None


def begins_a_name(start: str) -> bool:
    """Whether there are names that begin with this tidy start."""
    return fault(start + "a") in (None, Reason.TOO_LONG)


def _fault_of_count(count: str) -> Reason | None:
    # more than 18 digits would not fit into 64 bits, and thousands of them would keep int() busy
    if count and not (count.isascii() and count.isdigit() and len(count) <= 18):
        return Reason.COUNT
    return Reason.ZERO if count and int(count) == 0 else None
