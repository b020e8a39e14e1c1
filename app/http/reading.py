"""What a client sends on a connection: its requests, while they arrive, within bounds.

uvicorn bounds none of it but the time between two requests. httptools joins the pieces of a header anew for each that
comes, and a connection that sends nothing is kept for ever.
"""

from __future__ import annotations

import math
from enum import Enum, auto
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn._types import ASGIReceiveEvent
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.http.bounds import Bounds
from app.http.errors import HeadTooLarge, MalformedRequest

PIECE_BYTES = 16 * 2**10
"""What is read at once, so that one packet takes the time of a few hundred small requests at most."""


class Phase(Enum):
    """Where the reading of a connection is."""

    IDLE = auto()  # no byte of a request has come
    HEAD = auto()
    BODY = auto()
    WHOLE = auto()  # the last request is complete
    CLOSING = auto()  # what comes is ignored


IDLE, HEAD, BODY, WHOLE, CLOSING = Phase


class Reading(HttpToolsProtocol):
    """The part of a connection that reads requests; what cannot be read is refused by the rest of it.

    Parameters
    ----------
    bounds
        Of this connection, and of all of its process.
    others
        As of uvicorn.

    Attributes
    ----------
    deadline
        Until when the client has to send something, by the clock of the loop; infinite while it waits for an answer.
    waiting_since
        Since when it is waited for.
    """

    def __init__(self, bounds: Bounds, **others: Any) -> None:
        super().__init__(**others)
        self._bounds = bounds
        self.phase = IDLE
        self.deadline = math.inf
        self.waiting_since = 0.0
        self._held = b""  # what came and is not parsed yet
        self.url, self.headers = b"", []
        self._unparsed = 0  # bytes since the head or the framing of a body last came to an end
        self._has_body_come = False
        self._error: Exception | None = None  # of a body that cannot be read

    def _refuse(self, error: Exception) -> None:
        """Answer what cannot be read with an error."""
        raise NotImplementedError

    def data_received(self, data: bytes) -> None:
        """Parse what came, in pieces, and no more than a piece before the requests in it are answered."""
        if self.phase is CLOSING:
            self._ignore(data)
        elif self._held or len(data) > PIECE_BYTES:
            self._held += data
            self._parse_held()
        else:
            self._parse(data)

    def _parse_held(self) -> None:
        """Parse on, until a request has to wait for the answer to another."""
        while self._held and not self.pipeline and self.phase is not CLOSING:
            piece, self._held = self._held[:PIECE_BYTES], self._held[PIECE_BYTES:]
            self._parse(piece)
        if self._held and self.phase is not CLOSING:
            self.flow.pause_reading()

    def _parse(self, data: bytes) -> None:
        before, error = self.phase, None
        if before is not BODY:
            self.phase = HEAD
        try:
            self._feed(data)
        except HttpParserError:
            error = self._error or MalformedRequest()
        if self.phase is WHOLE and error is None:
            return
        if self.phase is BODY:
            if before is not BODY or self.deadline == math.inf:
                self._wait(self._bounds.body_seconds)
                self._expect_body(self.cycle)
        elif before is IDLE:
            self._wait(self._bounds.head_seconds)
        if error := error or self._count(data):
            self._refuse(error)

    def _feed(self, data: bytes) -> None:
        """Parse all of it: no upgrade is offered, so that one that is asked for is a request as any other."""
        while data:
            try:
                self.parser.feed_data(data)
                break
            except HttpParserUpgrade as upgrade:
                data = data[upgrade.args[0] :]

    def _wait(self, seconds: float) -> None:
        """Give the client so long to send what comes next."""
        self.waiting_since = self.loop.time()
        self.deadline = self.waiting_since + seconds

    def _count(self, data: bytes) -> Exception | None:
        """Count what came and was not a body: a head, extensions of chunks, or headers after the last one."""
        if not self._has_body_come:
            self._unparsed += len(data)
        self._has_body_come = False
        is_too_large = self._unparsed > self._bounds.head_bytes or len(self.headers) > self._bounds.headers
        return self._too_large if is_too_large else None

    @property
    def _too_large(self) -> HeadTooLarge:
        return HeadTooLarge(self._bounds.head_bytes, self._bounds.headers)

    def _ignore(self, data: bytes) -> None:
        """Drop what comes after the last answer, as much as is borne."""
        self._unparsed += len(data)
        if self._unparsed > self._bounds.linger_bytes:
            self.flow.pause_reading()

    def _expect_body(self, cycle: RequestResponseCycle) -> None:
        """Let the request learn what goes wrong with the rest of its body, and its client the answer."""
        receive = cycle.receive

        async def receive_or_fail() -> ASGIReceiveEvent:
            message = await receive()
            if self._error and cycle.more_body:
                raise self._error
            return message

        cycle.receive = receive_or_fail  # type: ignore[method-assign]

    def on_headers_complete(self) -> None:
        """Begin the answer, unless the head is too large."""
        bounds = self._bounds
        if len(self.headers) > bounds.headers or (self._unparsed and self._head_size() > bounds.head_bytes):
            self._error = self._too_large
            raise self._error
        super().on_headers_complete()
        self.phase, self._unparsed = BODY, 0
        self.headers = []  # of those after the body, which nobody reads

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + len(": \r\n") for name, value in self.headers)

    def on_body(self, body: bytes) -> None:
        """Keep a part of a body."""
        self._has_body_come, self._unparsed = True, 0
        self.deadline += len(body) / self._bounds.bytes_per_second
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for the answer."""
        self.phase, self.deadline = WHOLE, math.inf
        cycle = self.cycle
        if not cycle.response_complete:
            cycle.more_body = False
            cycle.message_event.set()
