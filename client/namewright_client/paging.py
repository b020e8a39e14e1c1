"""What takes several requests, one after the other: pages of a seed, and the list of trainings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from namewright_client import calls
from namewright_client.answers import JobSummary, Names
from namewright_client.calls import Call
from namewright_client.decoding import decode
from namewright_client.options import PageOptions

MAX_SEQUENCE = 100_000
"""Names that a seed has."""


@dataclass(slots=True)
class Pages:
    """The pages of a seed; the last one is the first that has no names."""

    seed: str | int
    size: int
    options: PageOptions
    offset: int = 0

    def next_call(self) -> Call[Names] | None:
        """The request for the next page; None after the last one."""
        count = min(self.size, MAX_SEQUENCE - self.offset)
        if count <= 0:
            return None
        return calls.sample({**self.options, "seed": self.seed, "count": count, "offset": self.offset})

    def take(self, page: Names) -> None:
        """Go on after a page."""
        self.offset += len(page.names) or MAX_SEQUENCE  # a page may be short only since there was no time for more


@dataclass(frozen=True, slots=True)
class TrainingPage:
    """Some trainings, newest first, and where older ones are."""

    jobs: tuple[JobSummary, ...]
    next: str | None


@dataclass(slots=True)
class TrainingPages:
    """The trainings of a service."""

    state: str | None
    path: str | None = "/train"

    def next_call(self) -> Call[TrainingPage] | None:
        """The request for the next page; None after the last one."""
        if self.path is None:
            return None
        params: dict[str, Any] = {"limit": 100} | ({"state": self.state} if self.state else {})
        return Call("GET", self.path, _read, params=params if self.path == "/train" else {})

    def take(self, page: TrainingPage) -> None:
        """Go on after a page."""
        self.path = page.next


def _read(response: httpx.Response) -> TrainingPage:
    return decode(TrainingPage, response.json())
