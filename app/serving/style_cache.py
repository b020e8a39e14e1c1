"""A cache of what was made of names that requests sent: bounded, and forgotten some minutes after it was asked for."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from app.schemas.fields import STYLE
from app.serving.source import Source

REFERENCE_BYTES = 16
"""A reference gives access to its names, so it can't be guessed."""


def new_reference() -> str:
    """A name for what is made of some names, as of a model."""
    return STYLE + secrets.token_hex(REFERENCE_BYTES)


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    key: bytes
    source: Source
    timer: asyncio.TimerHandle


class StyleCache:
    """Sources by their references, and by keys that stand for the names; used on the event loop only.

    Parameters
    ----------
    size
        Most sources; the one that was not asked for the longest makes room.
    seconds
        How long one stays after it was asked for last.
    forget
        Called with a source that leaves.
    """

    def __init__(self, size: int, seconds: float, forget: Callable[[Source], None] = lambda _: None) -> None:
        self._size, self._seconds, self._forget = size, seconds, forget
        self._entries: OrderedDict[str, _Entry] = OrderedDict()  # by reference
        self._references: dict[bytes, str] = {}  # by key

    @property
    def minutes(self) -> float:
        """How long one stays after it was asked for last."""
        return self._seconds / 60

    def __len__(self) -> int:
        """How many there are."""
        return len(self._entries)

    def get(self, reference: str) -> Source | None:
        """The source of a reference, which then stays for the whole time again."""
        entry = self._entries.pop(reference, None)
        if entry is None:
            return None
        entry.timer.cancel()
        self._insert(entry.key, entry.source)
        return entry.source

    def get_by_key(self, key: bytes) -> Source | None:
        """The same by the key of the names."""
        reference = self._references.get(key)
        return None if reference is None else self.get(reference)

    def put(self, key: bytes, source: Source) -> None:
        """Keep a source, whose `model` is its reference."""
        self._insert(key, source)
        while len(self._entries) > self._size:
            self._remove(next(iter(self._entries)))

    def clear(self) -> None:
        """Forget all."""
        for reference in list(self._entries):
            self._remove(reference)

    def _insert(self, key: bytes, source: Source) -> None:
        timer = asyncio.get_running_loop().call_later(self._seconds, self._remove, source.model)
        self._entries[source.model] = _Entry(key, source, timer)
        self._references[key] = source.model

    def _remove(self, reference: str) -> None:
        entry = self._entries.pop(reference)
        entry.timer.cancel()
        del self._references[entry.key]
        self._forget(entry.source)
