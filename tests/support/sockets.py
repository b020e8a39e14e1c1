"""A web server in this process with bounds of a test's own, and raw connections to it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import anyio

from app.http.application import Application
from app.http.bounds import Bounds
from app.http.web_server import WebServer
from tests.support.services import eventually

PATIENCE = 60
"""Seconds; every wait ends with what it waits for, so that only a failure takes so long."""

BACKLOG = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        """The members of a refusal, whose shape is checked here for every test."""
        assert self.headers["content-type"] == "application/problem+json", self
        assert self.headers["x-content-type-options"] == "nosniff"
        assert "x-request-id" in self.headers
        members: dict[str, Any] = json.loads(self.body)
        assert members["status"] == self.status
        return members


class Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def write(self, content: bytes) -> None:
        """Send something, sooner or later."""
        self.writer.write(content)

    async def send_until_answered(self, piece: bytes, most: int) -> tuple[Answer, int]:
        """Send a piece again and again until an answer comes; the answer, and how many bytes were sent."""
        answering, sent = asyncio.create_task(self.answer()), 0
        while sent < most and not answering.done():
            self.writer.write(piece)
            await asyncio.wait({answering, asyncio.create_task(self.writer.drain())}, return_when="FIRST_COMPLETED")
            sent += len(piece)
        return await answering, sent

    def stop_reading(self) -> None:
        """Take no more of what the other side sends."""
        cast(asyncio.Transport, self.writer.transport).pause_reading()

    async def answer(self) -> Answer:
        """The next answer."""
        async with asyncio.timeout(PATIENCE):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            status, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            body = await self.reader.readexactly(int(headers["content-length"]))
        return Answer(int(status.split()[1]), headers, body)

    async def rest(self) -> bytes:
        """What comes until the other side closes the connection."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self.reader.read()
        except ConnectionError:
            return b""


class Listening:
    """A server that has started."""

    def __init__(self, server: WebServer) -> None:
        self.server = server
        self.has_ended = asyncio.Event()
        self._wires: list[Wire] = []

    async def has_started(self) -> bool:
        """Whether it listens."""
        return self.server.started

    async def is_stopping(self) -> bool:
        """Whether it has begun to stop."""
        return self.server.is_stopping

    async def stop(self) -> None:
        """Stop it, and wait for the end of all connections."""
        self.server.should_exit = True
        async with asyncio.timeout(PATIENCE):
            await self.has_ended.wait()

    async def connections(self) -> int:
        """How many it has open."""
        return len(self.server.server_state.connections)

    @property
    def port(self) -> int:
        """The port that the system chose."""
        return int(self.server.servers[0].sockets[0].getsockname()[1])

    async def connect(self, content: bytes = b"") -> Wire:
        """A new connection, and what is sent first."""
        wire = Wire(*await asyncio.open_connection("127.0.0.1", self.port))
        wire.write(content)
        self._wires.append(wire)
        return wire

    async def ask(self, content: bytes) -> Answer:
        """The answer to what is sent on a new connection."""
        return await (await self.connect(content)).answer()

    def close_all(self) -> None:
        """Close the connections."""
        for wire in self._wires:
            wire.writer.transport.abort()


@asynccontextmanager
async def listening(
    app: Application, bounds: Bounds, accepting: socket.socket | None = None
) -> AsyncIterator[Listening]:
    """Serve an application that has started, on a port that the system chooses, or on a socket of the test's own."""
    server = WebServer(app, bounds, BACKLOG)
    server.config.lifespan = "off"
    listening = Listening(server)

    async def serve() -> None:
        await server.serve([accepting or socket.create_server(("127.0.0.1", 0))])
        listening.has_ended.set()

    async with anyio.create_task_group() as group:
        group.start_soon(serve)
        await eventually(listening.has_started, bool)
        try:
            yield listening
        finally:
            server.should_exit = True
            listening.close_all()
            await asyncio.sleep(0.01)  # in which they are closed
