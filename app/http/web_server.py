"""uvicorn's server, with bounds on its connections and a stop that answers whom it can."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import socket
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any, cast

import uvicorn

from app.http.application import Application
from app.http.bounds import Bounds
from app.http.connection import Connection
from app.http.listening import begin_no_handshake
from app.logs import get_logger

HANDSHAKE_SECONDS = 0.2
"""How long connections that are being made when the service stops may take: the time of a packet to the client and
back."""

GRACE_SECONDS = 4.5
"""Longest that the answers which have begun may take when the service stops; longer than any takes, but for streams,
which are cut off."""

REFUSAL_SECONDS = 2.0
"""How long what was not answered in time may take to be refused."""

LOOK_SECONDS = 0.5
"""How often connections are looked at."""

TICKS = 5
"""The same, in times of uvicorn's tick of 0.1 s."""

LAST_SECONDS = 8.5
"""After which a process that was asked to stop says where its threads are and ends, whatever they do; `docker stop`
kills after 10."""

log = get_logger(__name__)


class WebServer(uvicorn.Server):
    """Serves one application.

    Parameters
    ----------
    app
        What is served.
    bounds
        Of its connections.
    backlog
        Most connections that the system may hold ready; so many may be accepted before one is closed.

    Attributes
    ----------
    is_stopping
        Whether no connection is taken any more, but for those that are being made.
    """

    def __init__(self, app: Application, bounds: Bounds, backlog: int) -> None:
        config = uvicorn.Config(
            app,
            http=cast(Any, partial(Connection, bounds=bounds, refusal=cast(Any, app.refusal))),
            log_config=None,
            ws="none",
            access_log=False,
            server_header=False,
            backlog=backlog,
        )
        super().__init__(config)
        self.is_stopping = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop, on a signal."""
        if not self.should_exit:
            faulthandler.dump_traceback_later(LAST_SECONDS, exit=True)  # needs no lock, not even the interpreter's
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Look at the connections now and then."""
        if counter % TICKS == 0:
            self._expire()
        return await super().on_tick(counter)

    def _expire(self) -> None:
        now = asyncio.get_running_loop().time()
        for connection in cast(tuple[Connection, ...], tuple(self.server_state.connections)):
            if self.is_stopping and not connection.is_stopping:
                connection.shutdown()
            connection.expire(now)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no connection, finish the answers that have begun, refuse what takes too long, and stop."""
        log.info("shutting down")
        self.is_stopping = True
        for listening in sockets or []:
            begin_no_handshake(listening)
        await self._wait(HANDSHAKE_SECONDS)
        for listening in sockets or []:
            await self._accept_last(listening)
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        if not await self._wait(GRACE_SECONDS, self._has_ended):
            state = self.server_state
            log.warning("answers cut off by the stop", requests=len(state.tasks))
            for task in tuple(state.tasks):
                task.cancel()  # see `app.http.middleware.last_resort`
            await self._wait(REFUSAL_SECONDS, self._has_ended)
        for connection in tuple(self.server_state.connections):
            connection.transport.abort()
        if not self.force_exit:
            await self.lifespan.shutdown()

    async def _accept_last(self, listening: socket.socket) -> None:
        """Take the connections that the system holds ready: it would reset them when the socket is closed."""
        loop, config = asyncio.get_running_loop(), self.config
        make = partial(
            cast(Any, config.http_protocol_class),
            config=config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
            _loop=loop,
        )
        listening.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                accepted, _ = listening.accept()
                await loop.connect_accepted_socket(make, accepted)

    def _has_ended(self) -> bool:
        return not (self.server_state.connections or self.server_state.tasks)

    async def _wait(self, seconds: float, is_over: Callable[[], bool] = lambda: False) -> bool:
        """Look after the connections until it is over, or the time is; whether it is over.

        Connections that were accepted a moment ago are not known yet, so there is always a wait before the first look.
        """
        self._expire()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.force_exit:
                    await asyncio.sleep(LOOK_SECONDS / TICKS)
                    self._expire()
                    if is_over():
                        return True
        return self.force_exit
