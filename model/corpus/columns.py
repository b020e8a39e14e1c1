"""Which column of a table holds the names, and which their counts.

The column of names is the one whose header says so, or else the only one that holds names. Where that is not clear the
table is refused, with its columns and what to do. The count is in the column whose header says so, or else in the
second one if it holds numbers and the names are in the first; all other columns are left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model.corpus.spelling import fault, tidy
from model.errors import BadCorpus

NAME_HEADERS = frozenset({
    "firstname", "forename", "fullname", "givenname", "lastname", "name", "names", "surname",
    "nom", "nome", "nombre", "prenom", "vorname", "nachname",
})  # fmt: skip
"""What a table calls a column of names: in lower case, without spaces and punctuation."""

COUNT_HEADERS = frozenset({
    "amount", "bearers", "births", "count", "counts", "freq", "frequency", "n", "number", "occurrences", "total",
})  # fmt: skip
OTHER_HEADERS = frozenset({
    "age", "code", "country", "gender", "id", "index", "language", "meaning", "nr", "origin", "percent", "rank", "sex",
    "state", "year",
})  # fmt: skip
GROUPS = frozenset({
    "b", "boy", "boys", "d", "f", "female", "g", "girl", "girls", "h", "k", "m", "male", "man", "n", "neutral", "u",
    "unisex", "w", "woman", "x",
})  # fmt: skip
"""Values of a column that groups the names."""

ROWS_PER_GROUP = 4
"""A column whose values stand in so many rows each, on average, groups names rather than holding them."""

SAMPLE_ROWS = 1000
"""Rows by which the columns are judged."""

MOST_COLUMNS = 100


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a table has what."""

    name: int
    count: int | None
    has_header: bool
    note: str  # a sentence on the columns that are left alone, or empty

    @classmethod
    def of(cls, rows: Sequence[list[str]], source: str | None) -> Columns:
        """Find the columns of a table; raises BadCorpus if it is not clear which holds the names."""
        first = rows[0]
        header = _header(first, rows[1:SAMPLE_ROWS])
        sample = rows[header is not None : SAMPLE_ROWS]
        columns = [_Column.of(sample, place) for place in range(min(max(map(len, rows)), MOST_COLUMNS))]
        name = _name_column(columns, header, source)
        count = _count_column(columns, header, name)
        others = [other for other in range(len(columns)) if other not in (name, count)]
        note = _note(others, name, first if header is not None else None)
        return cls(name, count, header is not None, note)

    def cells(self, fields: Sequence[str]) -> tuple[str, str]:
        """The name and the count of a row, each empty where there is none."""
        return _field(fields, self.name), "" if self.count is None else _field(fields, self.count).strip()


def _field(fields: Sequence[str], place: int) -> str:
    return fields[place] if place < len(fields) else ""


def is_name_cell(text: str) -> bool:
    """Whether a cell holds a name."""
    return fault(tidy(text)) is None


@dataclass(frozen=True, slots=True)
class _Column:
    """What a column holds."""

    filled: int  # rows with something in it
    rows: int
    numbers: int
    names: int
    groups: bool  # whether it groups the rows: by sex, for example

    @classmethod
    def of(cls, rows: Sequence[list[str]], place: int) -> _Column:
        values = [value for fields in rows if (value := _field(fields, place).strip())]
        distinct = {value.casefold() for value in values}
        return cls(
            filled=len(values),
            rows=len(rows),
            numbers=sum(value.isascii() and value.isdigit() for value in values),
            names=sum(map(is_name_cell, values)),
            groups=distinct <= GROUPS or ROWS_PER_GROUP * len(distinct) <= len(values),
        )

    @property
    def holds_numbers(self) -> bool:
        return 2 * self.numbers >= max(self.filled, 1)

    @property
    def holds_names(self) -> bool:
        return 2 * self.names >= self.rows > 0 and not self.groups


def _key(header: str) -> str:
    return "".join(filter(str.isalnum, header.casefold()))


def _header(first: list[str], others: Sequence[list[str]]) -> list[str] | None:
    """The headers of the columns, if the first line has them."""
    first = first[:MOST_COLUMNS]
    keys = [_key(field) for field in first]
    if keys[0] in NAME_HEADERS or not NAME_HEADERS.union(COUNT_HEADERS, OTHER_HEADERS).isdisjoint(keys[1:]):
        return keys
    for place, field in enumerate(first[1:], start=1):
        values = {value for fields in others if (value := _field(fields, place).strip())}
        are_counts = place == 1 and all(map(str.isdecimal, values))
        if values and any(map(str.isalpha, field)) and (are_counts or _are_groups(values, keys[place])):
            return keys
    return None


def _are_groups(values: set[str], header: str) -> bool:
    return header not in GROUPS and {value.casefold() for value in values} <= GROUPS


def choose_key(keys: Sequence[str], source: str | None) -> int | None:
    """Which header names the column of names, or None if none does; raises BadCorpus if several do."""
    found = [place for place, key in enumerate(keys) if _key(key) in NAME_HEADERS]
    plain = [place for place in found if _key(keys[place]) == "name"]
    if len(plain) == 1:
        return plain[0]
    if len(found) > 1:
        raise BadCorpus(
            f"there are several columns of names ({_quoted(keys)}); call the one to use 'name', or give it alone",
            source=source,
        )
    return found[0] if found else None


def _name_column(columns: list[_Column], header: list[str] | None, source: str | None) -> int:
    if header is not None and (place := choose_key(header, source)) is not None:
        return place
    if len(columns) > 1 and columns[1].filled and columns[1].holds_numbers:
        return 0  # a name and its count, whatever stands further right
    holding = [place for place, column in enumerate(columns) if column.holds_names]
    if len(holding) > 1:
        what = f" ({_quoted(header)})" if header is not None else ""
        raise BadCorpus(
            f"{len(holding)} of the {len(columns)} columns{what} could be the names; "
            "write 'name' over the one that is, or give it alone",
            source=source,
        )
    return holding[0] if holding else 0


def _count_column(columns: list[_Column], header: list[str] | None, place: int) -> int | None:
    """The column of counts; without a header that says so the one after the names, if they stand in the first."""
    keys = header or []
    for other, key in enumerate(keys):
        if key in COUNT_HEADERS and other != place and columns[other].holds_numbers:
            return other
    if place or len(columns) < 2 or _field(keys, 1) in OTHER_HEADERS:
        return None
    return 1 if columns[1].holds_numbers or 2 * columns[1].filled < columns[1].rows else None


def _note(others: list[int], place: int, first: list[str] | None) -> str:
    if first is not None:
        left = [first[other].strip() for other in others if other < len(first)]
        return f"the names are those under {first[place].strip()!r:.40}; left alone: {_quoted(left)}" if left else ""
    return f"the names are those of column {place + 1}; the others are left alone" if place else ""


def _quoted(headers: Sequence[str]) -> str:
    return ", ".join(f"{header.strip():.40}" for header in headers[:10])
