"""Clients of every kind at once: dear requests, streams, plain ones, names like a few, and those that send slowly."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.attack.dearest import REQUESTS, body_of
from tests.attack.exchanges import Connection, Outcome, Result

DEAREST = REQUESTS["long, odd names with details"]
"""What takes most of a processor, of what anyone may send."""

STREAM_PATH = "/sample?count=100000&format="
ALMOST_AT_ONCE_SECONDS = 0.05
"""Longest pause between an answer and the next request of a client that keeps its connection in use."""

LONG_PAUSE_SECONDS = 2.0
DRIP_SECONDS = 0.1
"""Between two pieces of what is sent slowly."""


def get(path: str, *, is_last: bool = False) -> bytes:
    """A request."""
    return f"GET {path} HTTP/1.1\r\nHost: a\r\n{'Connection: close' if is_last else 'Accept: */*'}\r\n\r\n".encode()


def post(path: str, body: object) -> bytes:
    """A request with a body of JSON."""
    content = json.dumps(body).encode()
    return post_head(path, len(content)) + content


def post_head(path: str, size: int) -> bytes:
    """What comes before a body."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n\r\n".encode()
    )


PLAIN = get("/sample")
DEAR = get("/sample?" + urlencode({name: json.dumps(value) for name, value in DEAREST.items()}))
SLOW_HEAD = b"GET /sample HTTP/1.1\r\nHost: a\r\nX: "
SLOW_BODY = post_head("/sample", 100_000) + b"{"


@dataclass(slots=True)
class Crowd:
    """Clients that ask again and again, and what came of it.

    Attributes
    ----------
    port
        Of the service.
    outcomes
        By kind of client.
    breaches
        Answers as none may be.
    stopped_at
        When the service was asked to stop, by the monotonic clock: from then on it may refuse connections.
    """

    port: int
    outcomes: Counter[str] = field(default_factory=Counter)
    breaches: list[str] = field(default_factory=list)
    stopped_at: float = float("inf")

    def kinds(self) -> dict[str, tuple[int, Callable[[], Coroutine[None, None, None]]]]:
        """How many there are of each kind, and what each does until the service is gone."""
        return {
            "dear": (16, lambda: self._keep_asking("dear", lambda: DEAR)),
            "stream": (4, lambda: self._keep_asking("stream", lambda: get(STREAM_PATH + "ndjson"))),
            "stream of text": (2, lambda: self._keep_asking("stream", lambda: get(STREAM_PATH + "txt"))),
            "plain": (8, lambda: self._keep_asking("plain", lambda: PLAIN)),
            "plain, now and then": (8, lambda: self._keep_asking("now and then", lambda: PLAIN, LONG_PAUSE_SECONDS)),
            "on a new connection": (8, self._ask_on_new_connections),
            "like": (2, lambda: self._keep_asking("like", lambda: post("/sample", body_of("", {"like": "SEED"})))),
            "slow head": (4, lambda: self._send_slowly("slow head", SLOW_HEAD)),
            "slow body": (4, lambda: self._send_slowly("slow body", SLOW_BODY)),
        }

    async def run(self) -> None:
        """Let all of them ask until the service is gone."""
        async with asyncio.TaskGroup() as group:
            for number, act in self.kinds().values():
                for _ in range(number):
                    group.create_task(act())

    @property
    def _is_stopping(self) -> bool:
        return time.monotonic() >= self.stopped_at

    async def _connect(self, kind: str) -> Connection | None:
        """A new connection; none where the service is gone."""
        try:
            return await Connection.open(self.port)
        except OSError as error:
            if not self._is_stopping:
                self.breaches.append(f"{kind}: no connection: {error!r}")
            return None

    async def _keep_asking(
        self, kind: str, request: Callable[[], bytes], longest_pause: float = ALMOST_AT_ONCE_SECONDS
    ) -> None:
        """Ask on one connection as long as it lasts, then on another."""
        while connection := await self._connect(kind):
            is_last, pause = False, 0.0
            while not is_last:
                began = time.monotonic()
                result = await connection.ask(request())
                self.judge(kind, result, began, pause)
                is_last = result.is_last
                if not is_last:
                    pause = random.uniform(0, longest_pause)  # noqa: S311 - not a secret
                    await asyncio.sleep(pause)
            connection.close()

    async def _ask_on_new_connections(self) -> None:
        kind = "on a new connection"
        while connection := await self._connect(kind):
            began = time.monotonic()
            self.judge(kind, await connection.ask(get("/sample", is_last=True)), began, 0.0)
            connection.close()

    async def _send_slowly(self, kind: str, begin: bytes) -> None:
        """Begin a request that is never whole; it may be refused, or remain without an answer."""
        while connection := await self._connect(kind):
            connection.send(begin)
            answering = asyncio.ensure_future(connection.answer())
            while not answering.done():
                connection.send(b" ")
                await asyncio.wait([answering], timeout=DRIP_SECONDS)
            result = answering.result()
            self._count(kind, result)
            if result.outcome not in {Outcome.REFUSED, Outcome.UNANSWERED}:
                self.breaches.append(f"{kind}: {result.outcome}: {result.shown}")
            connection.close()

    def judge(self, kind: str, result: Result, began: float, pause: float) -> None:
        """Count what came of a whole request."""
        self._count(kind, result)
        is_in_order = result.outcome in {Outcome.WHOLE, Outcome.REFUSED}
        may_be_cut = kind == "stream" and result.outcome is Outcome.CUT and self._is_stopping
        came_late = pause > ALMOST_AT_ONCE_SECONDS and result.outcome is Outcome.UNANSWERED
        if not (is_in_order or may_be_cut or came_late):
            after = "" if not self._is_stopping else f", sent {began - self.stopped_at:.3f} s after the signal"
            self.breaches.append(f"{kind}: {result.outcome}: {result.shown}, {pause:.3f} s after another{after}")

    def _count(self, kind: str, result: Result) -> None:
        self.outcomes[f"{kind} {result.outcome}"] += 1
