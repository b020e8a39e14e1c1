"""Requests that are small to send and large to read: forms, compressed bodies, JSON and chunks.

Each goes over a socket to a service in a process of its own. It must be refused, with a problem, before it takes more
memory or time than any request may; and the service must live on.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import anyio
import numpy as np

from tests.attack import explosives
from tests.attack.exchanges import SERVER_ERROR, Connection, Outcome, Result
from tests.attack.explosives import BOMBS, TOKEN
from tests.attack.report import MEBIBYTE, Report, measured_process, resident_bytes
from tests.support.processes import Process, started

MAX_CPU_SECONDS = 2.0
MAX_BYTES = 200 * MEBIBYTE
"""Above what the service held before the first."""

STATUSES = {"compressed body": 415, "compressed form": 415, "compressed transfer": 415}
"""Of refusals whose reason matters: no byte of these may have been inflated."""

LIVE = b"GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
USUAL = (
    [b"GET /sample?count=5 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"],
    explosives.request("/sample", b"{}"),
    explosives.form(explosives.FILE_HEAD + explosives.LIST),
)
"""What is imported and made once is no cost of a bomb."""


def attack(attempts: int, rng: np.random.Generator) -> Report:
    """Send bombs, each kind in turn, of sizes of chance."""
    report = Report()
    with started({"NAMEWRIGHT_ADMIN_TOKEN": TOKEN}) as service:
        for request in USUAL:
            _ask(service, request)
        kinds, held_bytes = list(BOMBS), resident_bytes(service.process.pid)
        for attempt in range(attempts):
            if attempt % len(kinds) == 0:
                kinds = list(rng.permutation(kinds))
            _throw(report, service, held_bytes, kinds[attempt % len(kinds)], rng)
    return report


def _throw(report: Report, service: Process, held_bytes: int, kind: str, rng: np.random.Generator) -> None:
    """Send one, and say what came of it."""
    seed = int(rng.integers(2**32))
    pieces = BOMBS[kind](np.random.default_rng(seed))
    result, cost = measured_process(service.process.pid, held_bytes, partial(_ask, service, pieces))
    status = status_of(result)
    report.add(str(status or result.outcome), cost)
    what = f"{kind}, seed {seed}: {result.shown}"
    if not status or status != STATUSES.get(kind, status):
        report.breaches.append(what)
    if cost.cpu_seconds > MAX_CPU_SECONDS or cost.peak_bytes > MAX_BYTES:
        report.breaches.append(f"{what}: {cost.cpu_seconds:.1f} CPU-seconds, {cost.peak_bytes / MEBIBYTE:.0f} MiB")
    if _ask(service, [LIVE]).outcome is not Outcome.WHOLE:
        report.breaches.append(f"{what}: is not alive afterwards")


def _ask(service: Process, pieces: Iterable[bytes]) -> Result:
    """Send a request on a connection of its own, whose answer may come while it is sent."""

    async def ask() -> Result:
        connection = await Connection.open(service.port)
        try:
            return await connection.ask(b"".join(pieces))
        finally:
            connection.close()

    return anyio.run(ask)


def status_of(result: Result) -> int:
    """The status of an answer that says, as every refusal does, that the request is wrong; 0 for any other."""
    status = int(result.shown.split()[0]) if result.outcome is Outcome.REFUSED else 0
    return status if status < SERVER_ERROR else 0
