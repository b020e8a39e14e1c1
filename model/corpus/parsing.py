"""The lines of a list: which are names, and how often each stands there.

A line that is no name is skipped and reported by its number; only a list that is not text is refused.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from model.corpus.decoding import is_garbled
from model.corpus.spelling import Fault, fault, tidy

LISTED_LINES = 5
"""How many line numbers are kept of each kind of line."""

HEADERS = frozenset({"firstname", "forename", "lastname", "name", "names", "surname"})
"""What a spreadsheet calls a column of names, where it stands alone in the first line."""

ROW = re.compile(r"(?:\A|[\r\n])[^\S\r\n]*[^\s#]")
"""What a line begins with that is neither blank nor a comment."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that have something in common: how many, and the numbers of the first few, from 1."""

    count: int
    first: tuple[int, ...]

    @classmethod
    def of(cls, numbers: Iterable[int]) -> Lines:
        """The lines of these numbers."""
        ordered = sorted(numbers)
        return cls(len(ordered), tuple(ordered[:LISTED_LINES]))


@dataclass(slots=True)
class Row:
    """A line that is neither blank nor a comment; `count` is empty where no count is given."""

    line: int
    name: str
    count: str = ""


@dataclass(slots=True)
class Entry:
    """A name as the list writes it, how many bear it, and the line where it stands."""

    name: str
    count: int
    line: int


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list holds.

    Attributes
    ----------
    entries
        The names, in the order of the list, duplicates included.
    counted
        Whether they have counts.
    skipped
        The lines that are not names, by reason.
    garbled
        Lines that look like UTF-8 read in another encoding; some of them are names.
    """

    entries: tuple[Entry, ...]
    counted: bool
    skipped: tuple[tuple[Fault, Lines], ...]
    garbled: Lines

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Listing:
        """Separate the names from the other lines."""
        entries: list[Entry] = []
        skipped: dict[Fault, list[int]] = {}
        garbled: list[int] = []
        counted = False
        for order, row in enumerate(rows):
            if is_garbled(row.name):
                garbled.append(row.line)
            name = tidy(row.name)
            is_header = order == 0 and (name.casefold() in HEADERS or any(letter.isalpha() for letter in row.count))
            reason = Fault.HEADER if is_header else fault(name) or _fault_of_count(row.count)
            if reason:
                skipped.setdefault(reason, []).append(row.line)
            else:
                counted = counted or row.count != ""
                entries.append(Entry(name, int(row.count or 1), row.line))
        places = tuple((reason, Lines.of(skipped[reason])) for reason in Fault if reason in skipped)
        return cls(tuple(entries), counted, places, Lines.of(garbled))


def has_more_rows(text: str, most: int) -> bool:
    """Whether `rows` would give more than so many, found without parsing them."""
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
    divider = "\t" if "\t" in line else ";" if ";" in line else ","
    if '"' in line:
        with suppress(csv.Error):  # quotation marks that do not match are part of the line
            return next(csv.reader([line], delimiter=divider, strict=True))
    return line.split(divider, 2)


def _fault_of_count(count: str) -> Fault | None:
    # more than 18 digits would not fit into 64 bits, and thousands of them would keep int() busy
    if count and not (count.isascii() and count.isdigit() and len(count) <= 18):
        return Fault.COUNT
    return Fault.ZERO if count and int(count) == 0 else None
