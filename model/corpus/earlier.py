"""How lists were read before digits, full stops and tables were understood and case was always folded.

A checkpoint of that time goes on with the names that its training began with, so they must be found again in the list.
Nothing else reads lists like this.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress

from model.corpus.casing import Casing
from model.corpus.normal_form import nfc
from model.corpus.spelling import LONGEST_RAW
from model.corpus.tables import Row

LONGEST = 64  # letters
CASING_SHARE = 0.99  # of the distinct names that have case
HEADERS = frozenset({"firstname", "forename", "lastname", "name", "names", "surname"})
PLAIN = str.maketrans({"\u2010": "-", "\u2011": "-", "\u2018": "'", "\u2019": "'"})
SPACES = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
NAME = re.compile(r"LM*(?:[LM]|/L)*")


def rows(text: str) -> Iterator[Row]:
    """The lines of a text: a name, and in the second column perhaps a count."""
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if line and not line.isspace() and not line.lstrip().startswith("#"):
            name, *columns = _fields(line)
            yield Row(number, name, columns[0].strip() if columns else "")


def _fields(line: str) -> list[str]:
    divider = "\t" if "\t" in line else ";" if ";" in line else ","
    if '"' in line:
        with suppress(csv.Error):
            return next(csv.reader([line], delimiter=divider, strict=True))
    return line.split(divider, 2)


def names(rows: Iterable[Row]) -> list[Row]:
    """The rows whose name was one."""
    found = []
    for order, row in enumerate(rows):
        if len(row.name) > LONGEST_RAW:  # which would take long to normalise, and is no name
            continue
        name = SPACES.sub(" ", nfc(row.name).translate(PLAIN)).strip(" ")
        is_header = order == 0 and (name.casefold() in HEADERS or any(letter.isalpha() for letter in row.count))
        if not is_header and _is_name(name) and _is_count(row.count):
            found.append(Row(row.line, name, row.count))
    return found


def _is_name(name: str) -> bool:
    if name.isalpha():
        return len(name) <= LONGEST
    shape = "".join("/" if letter in " -'" else unicodedata.category(letter)[0] for letter in name)
    return len(name) <= LONGEST and NAME.fullmatch(shape) is not None


def _is_count(count: str) -> bool:
    return not count or (count.isascii() and count.isdigit() and len(count) <= 18 and int(count) > 0)


def casing(names: Iterable[str]) -> Casing:
    """What a list used, which was mixed where one name in a hundred was written otherwise."""
    cased = titled = lowered = 0
    for name in set(names):
        lower = Casing.LOWER.fold(name)
        title = Casing.TITLE.restore_case(lower)
        if title != lower:
            cased += 1
            titled += name == title
            lowered += name == lower
    if lowered >= CASING_SHARE * cased:
        return Casing.LOWER
    return Casing.TITLE if titled >= CASING_SHARE * cased else Casing.MIXED
