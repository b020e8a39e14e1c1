"""The lines of a list: which are names, and how often each stands there.

A line that is no name is skipped and reported by its number; only a list that is not text is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from model.corpus.columns import NAME_HEADERS
from model.corpus.decoding import is_garbled
from model.corpus.json_lists import read_json
from model.corpus.spelling import Fault, fault, tidy
from model.corpus.tables import Row, Table, read_lines

LISTED_LINES = 5
"""How many line numbers are kept of each kind of line."""


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
            is_header = row.is_header or (order == 0 and name.casefold() in NAME_HEADERS)
            reason = Fault.HEADER if is_header else _fault(name) or _fault_of_count(row.count)
            if reason:
                skipped.setdefault(reason, []).append(row.line)
            else:
                counted = counted or row.count != ""
                entries.append(Entry(name, int(row.count or 1), row.line))
        places = tuple((reason, Lines.of(skipped[reason])) for reason in Fault if reason in skipped)
        return cls(tuple(entries), counted, places, Lines.of(garbled))


def read_table(text: str, source: str | None = None) -> Table:
    """The rows of a list in any of the layouts; raises BadCorpus if it is not clear which part holds the names."""
    return read_json(text, source) or read_lines(text, source)


def _fault(name: str) -> Fault | None:
    return fault(name) if name else Fault.EMPTY


def _fault_of_count(count: str) -> Fault | None:
    # more than 18 digits would not fit into 64 bits, and thousands of them would keep int() busy
    if count and not (count.isascii() and count.isdigit() and len(count) <= 18):
        return Fault.COUNT
    return Fault.ZERO if count and int(count) == 0 else None
