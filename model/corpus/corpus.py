"""A list of names, ready to learn from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from model.cached import cached_property
from model.corpus import earlier
from model.corpus.case_learning import learn
from model.corpus.casing import Casing
from model.corpus.decoding import decode
from model.corpus.parsing import Entry, Lines, Listing, read_table
from model.corpus.spelling import Fault
from model.corpus.split import Split
from model.corpus.tables import Row, Table
from model.corpus.vocabulary import Vocabulary
from model.errors import BadCorpus

MAX_BYTES = 64 * 2**20
"""Of a file; a list of a million names with their counts has some 20 MB."""


@dataclass(frozen=True)
class Corpus:
    """The distinct names of a list.

    Attributes
    ----------
    title
        What the list is called: the file's name without folder and ending, for example.
    names
        Folded, sorted by code point, each once; never empty.
    counts
        How many bear each name, by the list's own counts, or else how often it stands there; in the order of `names`.
    casing
        How the list writes its names.
    counted
        Whether the list has counts of its own.
    duplicates
        Lines whose name stood there before, perhaps in another case.
    skipped
        Lines that are not names, by reason.
    garbled
        Lines that look like UTF-8 read in another encoding; some are names, some are skipped.
    lines
        Where each name stands first, from 1; in the order of `names`.
    odd_casing
        Lines whose name is written otherwise than the casing has it, which is how it will come back.
    capitals
        Whether the list is in capitals; its casing is then title case.
    note
        A sentence on the columns of a table, or empty.
    """

    title: str
    names: tuple[str, ...] = field(repr=False)
    counts: tuple[int, ...] = field(repr=False)
    casing: Casing
    counted: bool
    duplicates: int
    skipped: tuple[tuple[Fault, Lines], ...]
    garbled: Lines
    lines: tuple[int, ...] = field(repr=False)
    odd_casing: Lines
    capitals: bool = False
    note: str = ""
    _rows: Callable[[], Iterable[Row]] = field(
        default=tuple, repr=False, compare=False
    )  # as earlier versions read them

    @classmethod
    def read(cls, path: Path, title: str | None = None) -> Corpus:
        """Read a file of one name a line, a table, a JSON array, or names in one line, see `model.corpus.tables`.

        UTF-8, with or without byte-order mark; blank lines and lines that begin with ``#`` are left alone.

        Raises
        ------
        BadCorpus
            The file cannot be read, is too large or not UTF-8 text, has no clear column of names, or no line of it is a
            name.
        """
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)  # of a pipe or a device, whose size nobody knows, no more either
        except OSError as error:
            reason = f"the list cannot be read ({error.strerror}); give the path of a text file"
            raise BadCorpus(reason, source=str(path)) from error
        if len(data) > MAX_BYTES:
            raise BadCorpus(f"it is larger than {MAX_BYTES // 2**20} MiB; give a shorter list", source=str(path))
        return cls._decode(data, path.stem if title is None else title, str(path))

    @classmethod
    def parse(cls, data: bytes, title: str) -> Corpus:
        """The same from memory; raises BadCorpus as `read` does, with the title for the file."""
        return cls._decode(data, title, title)

    @classmethod
    def of(cls, names: Iterable[str], title: str) -> Corpus:
        """The same from one name an item; lines are then places in `names`, from 1."""
        items = [Row(place, name) for place, name in enumerate(names, start=1) if name and not name.isspace()]
        return cls._from(Table(items), title, title, items.copy)

    @classmethod
    def _decode(cls, data: bytes, title: str, source: str) -> Corpus:
        text = decode(data, source)
        return cls._from(read_table(text, source), title, source, partial(earlier.rows, text))

    @classmethod
    def _from(cls, table: Table, title: str, source: str, rows: Callable[[], Iterable[Row]]) -> Corpus:
        listing = Listing.of(table.rows)
        if not listing.entries:
            raise _nothing_left(listing, source)
        learned = learn(entry.name for entry in listing.entries)
        corpus = cls._fold(listing, title, Casing(learned.value, learned.rules))
        return replace(corpus, capitals=learned.capitals, note=table.note, _rows=rows)

    @classmethod
    def _fold(cls, listing: Listing, title: str, casing: Casing) -> Corpus:
        counts: dict[str, int] = {}
        lines: dict[str, int] = {}
        odd: list[int] = []
        for entry in listing.entries:
            folded = casing.fold(entry.name)
            counts[folded] = counts.get(folded, 0) + entry.count
            lines.setdefault(folded, entry.line)
            if casing.restore_case(folded) != entry.name:
                odd.append(entry.line)
        names = tuple(sorted(counts))
        return cls(
            title=title,
            names=names,
            counts=tuple(counts[name] for name in names),
            casing=casing,
            counted=listing.counted,
            duplicates=len(listing.entries) - len(names),
            skipped=listing.skipped,
            garbled=listing.garbled,
            lines=tuple(lines[name] for name in names),
            odd_casing=Lines.of(odd),
        )

    def as_earlier_versions_read_it(self) -> Corpus:
        """The corpus that versions before 0.2 made of the same list, to go on with their checkpoints."""
        rows = earlier.names(self._rows())
        entries = tuple(Entry(row.name, int(row.count or 1), row.line) for row in rows)
        listing = Listing(entries, any(row.count for row in rows), (), Lines(0, ()))
        return self._fold(listing, self.title, earlier.casing(row.name for row in rows))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The letters of the names."""
        return Vocabulary.of(self.names)

    @cached_property
    def sha256(self) -> str:
        """Of the names alone, a line each: the same for every file that amounts to the same list."""
        return hash_of(self.names)

    def split(self) -> Split:
        """Names to learn from, to stop by and to judge by; raises BadCorpus if there are fewer than three."""
        try:
            return Split.of(self.names, self.title)
        except BadCorpus as error:
            raise BadCorpus(f"{error.reason}{_left_out(self.skipped)}", source=self.title) from None


def hash_of(names: Iterable[str]) -> str:
    """SHA-256 of sorted, folded names, a line each."""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def _left_out(skipped: Iterable[tuple[Fault, Lines]]) -> str:
    reasons = [
        f"{fault.value} ({', '.join(map(str, lines.first))}{', ...' if lines.count > len(lines.first) else ''})"
        for fault, lines in skipped
    ]
    return f"; lines left out, by number: {'; '.join(reasons)}" if reasons else ""


def _nothing_left(listing: Listing, source: str) -> BadCorpus:
    if not listing.skipped:
        return BadCorpus("the list is empty; give one name a line", source=source)
    reason, lines = max(listing.skipped, key=lambda kind: kind[1].count)
    total = sum(lines.count for _, lines in listing.skipped)
    message = (
        f"this is no name, and neither is any other line ({lines.count} of {total} with {reason.value}); "
        "give one name a line, in letters, or in the first column of a table"
    )
    return BadCorpus(message, line=lines.first[0], source=source)
