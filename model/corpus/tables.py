"""The rows of a list, however it is laid out: one name a line, a table, JSON, or all names in one line.

`model.corpus.columns` says which column of a table holds the names, `model.corpus.json_lists` reads JSON.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from model.corpus.columns import Columns, is_name_cell

LINE = re.compile(r"(?:\A|[\r\n])[^\S\r\n]*[^\s#]")
"""What a line begins with that is neither blank nor a comment."""


@dataclass(slots=True)
class Row:
    """One entry of a list; `count` is empty where no count is given, `line` is its place in the array in JSON."""

    line: int
    name: str
    count: str = ""
    is_header: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a list, and a sentence on what was left alone, or an empty one."""

    rows: list[Row]
    note: str = ""


def has_more_lines(text: str, most: int) -> bool:
    """Whether a text has more than so many lines that are neither blank nor comments, found without parsing them."""
    return next(islice(LINE.finditer(text), most, None), None) is not None


def lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines of a text that are neither blank nor comments, by number, divided at tabs, semicolons or commas.

    Spreadsheets put semicolons where a comma divides decimals, and some put every field in quotation marks.
    """
    # str.splitlines would also break at form feeds and other characters that no editor counts as a line's end
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if line and not line.isspace() and not line.lstrip().startswith("#"):
            yield number, _fields(line)


def _fields(line: str) -> list[str]:
    divider = "\t" if "\t" in line else ";" if ";" in line else ","
    if '"' in line:
        with suppress(csv.Error):  # quotation marks that do not match are part of the line
            return next(csv.reader([line], delimiter=divider, strict=True))
    return line.split(divider)


def read_lines(text: str, source: str | None = None) -> Table:
    """The rows of a text that is not JSON; raises BadCorpus if the column of names can't be found."""
    numbered = list(lines(text))
    if all(len(fields) == 1 for _, fields in numbered):
        return Table([Row(number, fields[0]) for number, fields in numbered])
    if names := _one_line(numbered):
        return Table(names)
    columns = Columns.of([fields for _, fields in numbered], source)
    rows = [Row(number, *columns.cells(fields)) for number, fields in numbered]
    rows[0].is_header = columns.has_header
    return Table(rows, columns.note)


def _one_line(numbered: list[tuple[int, list[str]]]) -> list[Row]:
    """The rows of names that stand in one line, which may be wrapped after a comma; none if this is no such line."""
    if any(fields[-1].strip() or len(fields) < 3 for _, fields in numbered[:-1]):
        return []
    items = [Row(number, field) for number, fields in numbered for field in fields if field.strip()]
    names = sum(is_name_cell(row.name) for row in items)
    return items if len(items) > 1 and 2 * names > len(items) else []
