"""The HTTP protocol of one connection: its answers and refusals, and when it is closed."""

from __future__ import annotations

import asyncio
import fcntl
import math
import termios
from collections.abc import Callable
from typing import Any

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from app.http.bounds import Bounds
from app.http.errors import RequestTimeout, ServiceStops
from app.http.reading import BODY, CLOSING, HEAD, IDLE, WHOLE, Reading
from app.serving.errors import Busy

SHOWN_URL_BYTES = 256
"""Of a request that is refused before it was read: for the log."""


class Connection(Reading):
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
    is_stopping
        Whether the next answer that begins is the last one.
    """

    def __init__(self, *, bounds: Bounds, refusal: Callable[[Exception], ASGI3Application], **others: Any) -> None:
        super().__init__(bounds, **others)
        self._refusal = refusal
        self._read_deadline = math.inf
        self.is_stopping = self._is_overdue = False
        self._running: RequestResponseCycle | None = None  # where others wait; uvicorn knows the last one only

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

    def _expect_body(self, cycle: RequestResponseCycle) -> None:
        """Let the client read an answer that comes before the rest of the body."""
        super()._expect_body(cycle)
        cycle.transport = _Lingering(self)

    def on_headers_complete(self) -> None:
        """Begin the answer, or let it wait for those before it."""
        before = self.cycle
        super().on_headers_complete()
        if len(self.pipeline) == 1:
            self._running = before
        if self.is_stopping:
            self.cycle.keep_alive = False
            self.cycle.transport = _Lingering(self)

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
            if self.is_stopping:
                self._wait_at_stop()
        if self._held:
            self._parse_held()

    def resume_writing(self) -> None:
        """Go on with an answer of which enough was read."""
        self._read_deadline = math.inf
        super().resume_writing()

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
        self.pipeline.clear()
        self._wait(self._bounds.parting_seconds if self.is_stopping else self._bounds.linger_seconds)
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
            self._refuse(ServiceStops() if self.is_stopping else RequestTimeout(is_body=self.phase is BODY))
        elif self.phase is CLOSING or not self.has_unread():
            self.transport.close()

    def has_unread(self) -> bool:
        """Whether the system holds something that came in this moment: it would be lost with the connection."""
        descriptor = self.transport.get_extra_info("socket").fileno()
        return any(fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4)))

    def shutdown(self) -> None:
        """Let the next answer that begins be the last, and wait a moment for a request that may be on its way."""
        self.is_stopping = True
        for cycle in filter(None, (self._running, *(cycle for cycle, _ in self.pipeline), self.cycle)):
            cycle.transport = _Lingering(self)
        if self.is_answering:
            self._end_with(self.cycle)
        if self.deadline < math.inf:
            self._wait_at_stop()

    def _end_with(self, cycle: RequestResponseCycle) -> None:
        """Say that an answer is the last one, unless its head said nothing of it: then the client may send another."""
        if not cycle.response_started:
            cycle.keep_alive = False

    def _wait_at_stop(self) -> None:
        """Bound how long a request may take to come."""
        seconds = self._bounds.parting_seconds if self.phase is IDLE else self._bounds.begun_seconds
        self.deadline = min(self.deadline, self.loop.time() + seconds)


class _Lingering(asyncio.Transport):
    """The transport of a request that may be answered before all has come that its client sends."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._connection.transport.write(data)

    def is_closing(self) -> bool:
        return self._connection.transport.is_closing()

    def close(self) -> None:
        if self._connection.is_stopping or self._connection.phase in {BODY, CLOSING}:
            self._connection.linger()
        else:
            self._connection.transport.close()
