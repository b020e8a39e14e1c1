"""A stream of names: a JSON object a line, and what is known only when all are drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from namewright_client.decoding import decode

HEADER = "X-Namewright-"
LEFT_OUT = f"{HEADER}Left-Out-".lower()


@dataclass(frozen=True, slots=True)
class StreamEnd:
    """What is known once all names are drawn."""

    names: int
    shortfall: str | None
    exact: bool
    effective_sample_size: float | None
    left_out: Mapping[str, int]


class NameLines:
    """What an answer in lines says beside the names, by its headers and its last line.

    Attributes
    ----------
    model, version, seed
        Where the names come from.
    end
        What the last line says; None before it. An answer that was short has it in its headers.
    """

    def __init__(self, headers: httpx.Headers) -> None:
        self._headers, self._count = headers, 0
        self.model, self.seed = self._header("Model") or "", self._header("Seed")
        version = self._header("Version")
        self.version = None if version is None else int(version)
        self.end: StreamEnd | None = None

    def _read(self, line: str) -> str | None:
        """The name that a line has; None for the last one."""
        row = json.loads(line)
        if "end" in row:
            self.end = decode(StreamEnd, row["end"])
            return None
        self._count += 1
        name: str = row["name"]
        return name

    def _close(self) -> None:
        """After the last line, take what only headers say."""
        if self.end is None and self._header("Exact") is not None:
            size = self._header("Effective-Sample-Size")
            left_out = {
                name[len(LEFT_OUT) :]: int(value) for name, value in self._headers.items() if name.startswith(LEFT_OUT)
            }
            self.end = StreamEnd(
                self._count,
                self._header("Shortfall"),
                self._header("Exact") == "true",
                None if size is None else float(size),
                left_out,
            )

    def _header(self, name: str) -> str | None:
        """A fact in a header, where all but printable ASCII is escaped as in Python."""
        value: str | None = self._headers.get(HEADER + name)
        return None if value is None else value.encode("latin-1").decode("unicode_escape")
