"""The HTTP protocol of one connection, with bounds on what a client sends, takes and waits with.

uvicorn bounds none of it but the time between two requests. httptools joins the pieces of a header anew for each that
comes, and a connection that sends nothing is kept for ever.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn._types import ASGI3Application, ASGIReceiveEvent
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.http.bounds import Bounds
from app.http.errors import HeadTooLarge, MalformedRequest, RequestTimeout, ServiceStops
from app.serving.errors import Busy

PIECE_BYTES = 16 * 2**10
"""What is read at once, so that one packet takes the time of a few hundred small requests at most."""

SHOWN_URL_BYTES = 256
"""Of a request that is refused before it was read: for the log."""


class Phase(Enum):
    """Where the reading of a connection is."""

    IDLE = auto()  # no byte of a request has come
    HEAD = auto()
    BODY = auto()
    WHOLE = auto()  # the last request is complete
    CLOSING = auto()  # what comes is ignored


IDLE, HEAD, BODY, WHOLE, CLOSING = Phase


class Connection(HttpToolsProtocol):
    """A connection of uvicorn's that keeps bounds.

    Parameters
    ----------
    bounds
        Of this connection, and of all of its process.
    refusal
        Makes the application that answers with an error where there is no request that the service could answer.
    others
        As of uvicorn.

    Attributes
    ----------
    deadline
        Until when the client has to send something, by the clock of the loop; infinite while it waits for an answer.
    waiting_since
        Since when it is waited for.
    """

    def __init__(self, *, bounds: Bounds, refusal: Callable[[Exception], ASGI3Application], **others: Any) -> None:
        super().__init__(**others)
        self._bounds, self._refusal = bounds, refusal
        self.phase = IDLE
        self.deadline = self._read_deadline = math.inf
        self.waiting_since = 0.0
        self._held = b""  # what came and is not parsed yet
        self.url, self.headers = b"", []
        self._unparsed = 0  # bytes since the head or the framing of a body last came to an end
        self._has_body_come = self._is_stopping = self._is_overdue = False
        self._running: RequestResponseCycle | None = None  # where others wait; uvicorn knows the last one only
        self._error: Exception | None = None  # of a body that cannot be read

    @property
    def is_answering(self) -> bool:
        """Whether a request waits for its answer, or for the rest of it."""
        return not getattr(self.cycle, "response_complete", True)  # it is None at first

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take a connection, in the place of another where there are too many, or refuse it."""
        super().connection_made(transport)
        self._wait(self._bounds.head_seconds)
        too_many = len(self.connections) - self._bounds.connections
        if too_many > self._bounds.refused:
            transport.abort()
        elif too_many > 0 and not self._take_place():
            self._refuse(Busy("too many connections are open"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the request that is being answered learn that its client has left, though others came after it."""
        first = self._running
        if first and not first.response_complete:
            first.disconnected = True
            first.message_event.set()
        self.pipeline.clear()
        super().connection_lost(exc)

    def _take_place(self) -> bool:
        """Close the connection whose client has sent nothing for the longest; whether there was one."""
        others = (other for other in self.connections if isinstance(other, Connection) and other is not self)
        idle = [other for other in others if other.deadline < math.inf and not other.transport.is_closing()]
        if not idle:
            return False
        min(idle, key=lambda other: other.waiting_since).transport.close()
        return True

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
            self.parser.feed_data(data)
        except HttpParserUpgrade:  # to nothing that is offered; the request is answered as any other
            pass
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

    def _expect_body(self, cycle: RequestResponseCycle) -> None:
        """Let the request learn what goes wrong with the rest of its body, and its client the answer."""
        receive = cycle.receive

        async def receive_or_fail() -> ASGIReceiveEvent:
            message = await receive()
            if self._error and cycle.more_body:
                raise self._error
            return message

        cycle.receive = receive_or_fail  # type: ignore[method-assign]
        cycle.transport = _Lingering(self)

    def on_headers_complete(self) -> None:
        """Begin the answer, unless the head is too large."""
        bounds = self._bounds
        if len(self.headers) > bounds.headers or (self._unparsed and self._head_size() > bounds.head_bytes):
            self._error = self._too_large
            raise self._error
        before = self.cycle
        super().on_headers_complete()
        if len(self.pipeline) == 1:
            self._running = before
        self.phase, self._unparsed = BODY, 0
        self.headers = []  # of those after the body, which nobody reads
        if self._is_stopping:
            self.cycle.keep_alive = False

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

    def on_response_complete(self) -> None:
        """Go on with the next request, as uvicorn does, but without a timer for each."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._running, app = self.pipeline.pop()
            self._start_asgi_task(self._running, app)
        elif self.phase is CLOSING:
            return
        elif self.phase is BODY:
            self.linger()
        else:
            is_idle = self.phase is WHOLE
            self.phase = IDLE if is_idle else HEAD
            self._wait(self._bounds.idle_seconds if is_idle else self._bounds.head_seconds)
        if self._held:
            self._parse_held()

    def resume_writing(self) -> None:
        """Go on with an answer of which enough was read."""
        self._read_deadline = math.inf
        super().resume_writing()

    def _ignore(self, data: bytes) -> None:
        self._unparsed += len(data)
        if self._unparsed > self._bounds.linger_bytes:
            self.flow.pause_reading()

    def _refuse(self, error: Exception) -> None:
        """Answer what cannot be read with an error, after all that was asked before, and close the connection."""
        is_body = self.phase is BODY
        self.phase, self.deadline, self._held, self._unparsed = CLOSING, math.inf, b"", 0
        if is_body:
            self._error = error
            self.cycle.keep_alive = False
            self.cycle.message_event.set()
            return
        is_answering = self.is_answering
        if is_answering and not self.pipeline:
            self._running = self.cycle
        self.cycle = RequestResponseCycle(
            scope=self._scope_of_unreadable(),
            transport=_Lingering(self),
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=False,
            on_response=self.on_response_complete,
        )
        if is_answering:
            self.pipeline.appendleft((self.cycle, self._refusal(error)))
        else:
            self._start_asgi_task(self.cycle, self._refusal(error))

    def _scope_of_unreadable(self) -> Any:
        return {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": "1.0",  # which asks for no Host
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "root_path": self.root_path,
            "method": "-",
            "path": "-",
            "raw_path": self.url.partition(b"?")[0][:SHOWN_URL_BYTES] or b"-",
            "query_string": b"",
            "headers": [],
            "state": {},
        }

    def linger(self) -> None:
        """Close the connection when its client has had time to read the answer, though it may still be sending."""
        self.phase, self._held = CLOSING, b""
        self._wait(self._bounds.parting_seconds if self._is_stopping else self._bounds.linger_seconds)
        if not self.transport.is_closing():
            self.transport.write_eof()
            self.flow.resume_reading()

    def expire(self, now: float) -> None:
        """Refuse or close what takes too long; to be called about twice a second."""
        if self.transport.is_closing() or self.flow.write_paused:
            size = self.transport.get_write_buffer_size()
            if self._read_deadline == math.inf:
                self._read_deadline = now + self._bounds.read_seconds + size / self._bounds.bytes_per_second
            elif now > self._read_deadline:
                self.transport.abort()
            return
        self._read_deadline = math.inf
        was_overdue = self._is_overdue
        self._is_overdue = now >= self.deadline and not (self.phase is BODY and self.flow.read_paused)
        if not (was_overdue and self._is_overdue):  # what came while the loop was held up is read first
            return
        if self.phase in {HEAD, BODY}:
            self._refuse(ServiceStops() if self._is_stopping else RequestTimeout(is_body=self.phase is BODY))
        else:
            self.transport.close()

    def shutdown(self) -> None:
        """Let the last answer be the last, and wait a moment for a request that may be on its way."""
        self._is_stopping = True
        if self.is_answering and self.phase in {WHOLE, CLOSING}:
            self.cycle.keep_alive = False
        else:
            seconds = self._bounds.parting_seconds if self.phase is IDLE else self._bounds.begun_seconds
            self.deadline = min(self.deadline, self.loop.time() + seconds)


class _Lingering(asyncio.Transport):
    """The transport of a request that may be answered before it has come whole."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._connection.transport.write(data)

    def is_closing(self) -> bool:
        return self._connection.transport.is_closing()

    def close(self) -> None:
        if self._connection.phase in {BODY, CLOSING}:
            self._connection.linger()
        else:
            self._connection.transport.close()
