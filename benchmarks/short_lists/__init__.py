"""The lists on which trainings on few names are measured, and how each is split.

The names of a list are put in the order of the SHA-256 of their UTF-8 bytes, and no more than `MOST_NAMES` are used.
The first third, but at most `MOST_TEST_NAMES`, are test names. The others are for training: a training on so many
names gets the first so many of them, so that the larger ones contain the smaller.

The network that a training starts from must not have seen a list: `left_out` names the bundled lists that its
pretraining leaves out. Lists with `once` are looked at only once, when nothing is to be changed any more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Literal

from model.corpus.bundled import bundled_path, catalogue

FOLDER = Path(__file__).parent

SIZES = (60, 100, 300, 1_000)
"""Numbers of training names, as far as a list goes."""

MOST_NAMES = 1_400
MOST_TEST_NAMES = 400


@dataclass(frozen=True)
class ShortList:
    """A list and its split.

    Attributes
    ----------
    name
        Of the bundled list, where `file` is "bundled".
    file
        "bundled", or a file beside this one.
    language, kind, script
        As in the catalogue of bundled lists; "Invented" is no language.
    leaves_out
        What pretraining leaves out: all lists of the language, or this one.
    once
        Whether it is looked at only once, at the end.
    digest
        The first digits of the SHA-256 of the names in their order, a line each, so that no split changes unnoticed.
    """

    name: str
    file: str
    language: str
    kind: str
    script: str
    leaves_out: Literal["language", "list"]
    once: bool
    digest: str

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names that are used, as the file writes them, in the order of their SHA-256."""
        path = bundled_path(self.name) if self.file == "bundled" else FOLDER / self.file
        lines = path.read_text(encoding="utf-8").splitlines()
        return tuple(sorted({line for line in lines if not line.startswith("#")}, key=_order)[:MOST_NAMES])

    @property
    def test(self) -> tuple[str, ...]:
        """The test names."""
        return self.names[: min(MOST_TEST_NAMES, len(self.names) // 3)]

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of training names that the list allows."""
        return tuple(size for size in SIZES if size <= len(self.names) - len(self.test))

    def train(self, size: int) -> tuple[str, ...]:
        """That many training names; ValueError if the list has fewer."""
        names = self.names[len(self.test) :]
        if size > len(names):
            raise ValueError(f"{self.name} has {len(names)} training names, not {size}")
        return names[:size]

    @property
    def left_out(self) -> frozenset[str]:
        """The bundled lists that pretraining leaves out for this one."""
        entries = catalogue().values()
        if self.leaves_out == "language":
            return frozenset(entry.name for entry in entries if entry.language == self.language)
        return frozenset({self.name}) & catalogue().keys()


def load() -> list[ShortList]:
    """The lists, those that are looked at only once last."""
    return [ShortList(**entry) for entry in json.loads((FOLDER / "lists.json").read_text(encoding="utf-8"))]


def left_out() -> frozenset[str]:
    """The bundled lists that pretraining leaves out, so that one network serves all measurements."""
    return frozenset().union(*(one.left_out for one in load()))


def digest(names: Iterable[str]) -> str:
    """The first digits of the SHA-256 of names, a line each."""
    return sha256("".join(f"{name}\n" for name in names).encode()).hexdigest()[:16]


def _order(name: str) -> bytes:
    return sha256(name.encode()).digest()
