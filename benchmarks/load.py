"""Load on a server: as many requests as it answers (wrk), or as many as come at a rate, whether it answers or not."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

SCRIPT = Path(__file__).with_name("wrk.lua")
ANSWER_SECONDS = 30.0
"""Longest that an answer is waited for."""


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk measured: each of its connections asks anew when it has the answer."""

    per_second: float
    """Good answers."""
    p50: float  # seconds
    p99: float  # seconds
    refused: int
    """Answers with another status than 2xx or 3xx."""


class Wrk:
    """wrk, from its start: so that two can run beside each other; it is stopped where a `with` ends."""

    def __init__(self, url: str, paths: Sequence[str], *, connections: int, seconds: float) -> None:
        command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{round(seconds)}s"]
        command += ["--timeout", f"{ANSWER_SECONDS:g}s", "--script", str(SCRIPT), url, "--", *paths]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate()

    def result(self) -> Load:
        """Wait for the end; where no answer came, each took as long as there was.

        Raises
        ------
        RuntimeError
            A connection failed.
        """
        printed, _ = self._process.communicate()
        measured = json.loads(printed.splitlines()[-1])
        if measured["failed"]:
            raise RuntimeError(f"requests failed: {measured}")
        if not measured["requests"]:
            measured["p50"] = measured["p99"] = measured["microseconds"]
        good = measured["requests"] - measured["refused"]
        p50, p99 = measured["p50"] / 1e6, measured["p99"] / 1e6
        return Load(1e6 * good / measured["microseconds"], p50, p99, measured["refused"])


def wrk(url: str, *paths: str, connections: int = 16, seconds: float = 3.0) -> Load:
    """Ask for the paths in turn on that many connections, for a time of whole seconds."""
    return Wrk(url, paths, connections=connections, seconds=seconds).result()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a request that came at its time."""

    at: float
    """Seconds from the start until the request was to be sent."""
    status: int
    seconds: float
    """From when it was sent until the whole answer was there."""


async def offer(port: int, path: str, *, per_second: float, seconds: float) -> list[Answer]:
    """Send requests at a rate, each on a connection that waits for no other answer; all answers, as they were sent."""
    idle: list[Connection] = []
    began, number = time.perf_counter(), round(per_second * seconds)

    async def ask(at: float) -> Answer:
        sent = time.perf_counter()
        while idle and not (connection := idle.pop()).is_closed:
            try:
                status, _ = await connection.get(path.replace("SEED", f"{at:.6f}"))
                break
            except (asyncio.IncompleteReadError, ConnectionError):  # the server has closed it meanwhile, as it may
                continue
        else:
            connection = await Connection.open(port)
            sent = time.perf_counter()
            status, _ = await connection.get(path.replace("SEED", f"{at:.6f}"))
        idle.append(connection)
        return Answer(at, status, time.perf_counter() - sent)

    tasks = []
    for at in (index / per_second for index in range(number)):
        if (early := began + at - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        tasks.append(asyncio.create_task(ask(at)))
    async with asyncio.timeout(ANSWER_SECONDS):
        answers = await asyncio.gather(*tasks)
    for connection in idle:
        connection.close()
    return answers


class Connection:
    """One connection that stays open, with as little of HTTP as our own server needs."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> Connection:
        """Connect to this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**20))

    async def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of the answer."""
        self._writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        status, length = int(head[9:12]), 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        return status, await self._reader.readexactly(length)

    @property
    def is_closed(self) -> bool:
        """Whether the server has closed it."""
        return self._reader.at_eof()

    def close(self) -> None:
        """Hang up."""
        self._writer.close()
