"""Requests over connections of their own, and what exactly came of each: whole, refused, cut, or no answer at all."""

from __future__ import annotations

import asyncio
import contextlib
import json
from enum import StrEnum
from typing import NamedTuple

import httptools

READ_BYTES = 2**16
CLIENT_ERROR, SERVER_ERROR = 400, 500
PROBLEM = "application/problem+json"
ROW = "application/x-ndjson"
LOOK_SECONDS = 0.001
PATIENCE_SECONDS = 60.0
"""Longest wait for anything, which ends with what it waits for: only a failure takes so long."""


class Outcome(StrEnum):
    """What came of a request."""

    WHOLE = "whole"
    REFUSED = "refused"  # with a problem
    CUT = "cut"  # the connection was closed within the answer
    UNANSWERED = "unanswered"  # it was closed before the first byte of it
    WRONG = "wrong"  # an error that is no problem, or a stream that claims to be whole and is not


class Result(NamedTuple):
    """What came of a request, and how it looked."""

    outcome: Outcome
    shown: str
    is_last: bool
    """Whether no other request may follow on the connection."""


class Answer:
    """An answer while it comes, as the callbacks of a parser."""

    def __init__(self) -> None:
        self.has_begun = self.is_complete = False
        self.kind, self.body, self.end = "", bytearray(), b""
        self.parser = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Take what came."""
        self.has_begun = True
        self.parser.feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take note of what it is."""
        if name.lower() == b"content-type":
            self.kind = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        """Keep its beginning and its end: of a stream, all would be much."""
        if len(self.body) < READ_BYTES:
            self.body += body
        self.end = (self.end + body)[-READ_BYTES:]

    def on_message_complete(self) -> None:
        """It is whole."""
        self.is_complete = True

    def result(self, ending: str) -> Result:
        """What came of it; `ending` is how the connection was closed, if it was."""
        if not self.is_complete:
            outcome = Outcome.CUT if self.has_begun else Outcome.UNANSWERED
            return Result(outcome, ending, True)
        status = self.parser.get_status_code()
        is_last = not self.parser.should_keep_alive()
        shown = f"{status} {self.kind} {bytes(self.body[:200])!r}"
        if status >= CLIENT_ERROR:
            return Result(Outcome.REFUSED if self._is_problem(status) else Outcome.WRONG, shown, is_last)
        is_wrong = self.kind.startswith(ROW) and b'{"end":' not in self.end
        return Result(Outcome.WRONG if is_wrong else Outcome.WHOLE, shown, is_last)

    def _is_problem(self, status: int) -> bool:
        return self.kind == PROBLEM and json.loads(bytes(self.body))["status"] == status


class Connection(asyncio.Protocol):
    """A connection to the service; what has come counts although the connection was reset after it."""

    def __init__(self) -> None:
        self._transport = asyncio.Transport()
        self._received, self._ending = b"", ""
        self._has_changed = asyncio.Event()

    @classmethod
    async def open(cls, port: int) -> Connection:
        """Connect; raises OSError where that is refused."""
        _, connection = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Keep what came."""
        self._received += data
        self._has_changed.set()

    def eof_received(self) -> bool:
        """Go on sending, as a client does that has not looked yet."""
        self._ending = "closed"
        self._has_changed.set()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Note how it ended."""
        self._ending = self._ending or repr(exc)
        self._has_changed.set()

    @property
    def has_ended(self) -> bool:
        """Whether the service has closed it."""
        return bool(self._ending)

    def send(self, content: bytes) -> None:
        """Send something, of which nobody may take note any more."""
        if not self._transport.is_closing():
            self._transport.write(content)

    async def drain(self) -> None:
        """Wait until the service, or the system, has taken most of what was sent."""
        while self._transport.get_write_buffer_size() > READ_BYTES and not self._ending:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(LOOK_SECONDS)

    async def answer(self) -> Result:
        """The next answer."""
        answer = Answer()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not answer.is_complete:
                    data, self._received = self._received, b""
                    if data:
                        answer.feed(data)
                    elif self._ending:
                        break
                    else:
                        self._has_changed.clear()
                        await self._has_changed.wait()
        return answer.result(self._ending or "no end")

    async def ask(self, content: bytes) -> Result:
        """Send a request, and take its answer."""
        self.send(content)
        return await self.answer()

    def close(self) -> None:
        """Leave."""
        self._transport.abort()
