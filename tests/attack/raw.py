"""Bytes over sockets that are hardly a request of HTTP: each connection ends, with answers and refusals that are whole.

The service has a process of its own, and a hundred connections at a time. After each hundred it must answer at once,
and at the end have logged no error.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from functools import partial

import anyio
import numpy as np

from tests.attack.malformed import KINDS, LAST, ORDER, SMUGGLED, TOKEN, Malformed
from tests.attack.report import MEBIBYTE, Cost, Report, measured_process, resident_bytes
from tests.attack.wire import Reply, replies
from tests.support.processes import Process, started

TOGETHER = 100
"""Connections that are open at a time."""

MAX_BYTES = 200 * MEBIBYTE
"""Of memory, above what the service held before the first."""

MAX_CPU_SECONDS = 0.5
"""For each connection, on the average of those that are open together: as much as one answer may take."""

END_SECONDS = 90
"""In which a connection ends that waits for the rest of a head and of a body, with time for slow machines."""

READ_BYTES = 2**16
CLOSED, RESET, OPEN = "closed", "reset", "open"
SERVER_ERROR, BUSY = 500, 503
FAILURE = re.compile(r'"level": "(error|critical)"|Traceback')
SHOWN = 300


def attack(attempts: int, rng: np.random.Generator) -> Report:
    """Send so much, each over a connection of its own, the kinds in turn."""
    report = Report()
    with started({"NAMEWRIGHT_ADMIN_TOKEN": TOKEN, "NAMEWRIGHT_MAX_SECONDS": "0.5"}) as service:
        anyio.run(_live, service)
        held_bytes = resident_bytes(service.process.pid)
        for first in range(0, attempts, TOGETHER):
            names = [ORDER[number % len(ORDER)] for number in range(first, min(first + TOGETHER, attempts))]
            seeds = rng.integers(2**32, size=len(names)).tolist()
            work = partial(anyio.run, _send_all, report, service, names, seeds)
            _, cost = measured_process(service.process.pid, held_bytes, work)
            report.most = Cost(
                max(report.most.cpu_seconds, cost.cpu_seconds / len(names)),
                max(report.most.peak_bytes, cost.peak_bytes),
            )
            if cost.cpu_seconds > MAX_CPU_SECONDS * len(names) or cost.peak_bytes > MAX_BYTES:
                report.breaches.append(f"{names}, seeds {seeds}: {cost}")
            if live := anyio.run(_live, service):
                report.breaches.append(f"{names}, seeds {seeds}: afterwards, {live}")
    report.breaches.extend(line for line in service.lines if FAILURE.search(line))
    return report


async def _send_all(report: Report, service: Process, names: list[str], seeds: list[int]) -> None:
    """Send something of each of these kinds, each over a connection, together."""
    async with anyio.create_task_group() as group:
        for name, seed in zip(names, seeds, strict=True):
            group.start_soon(_send, report, service.port, name, seed)


async def _send(report: Report, port: int, name: str, seed: int) -> None:
    """Send one, and judge what came back."""
    rng = np.random.default_rng(seed)
    sent = KINDS[name](rng)
    received, ending = await exchange(port, sent.content + LAST, rng)
    outcome, wrong = judge(sent, received, ending)
    report.outcomes[outcome] += 1
    for what in wrong:
        report.breaches.append(f"{sent.kind}, seed {seed}: {what}; {sent.content[:SHOWN]!r}: {received[:SHOWN]!r}")


async def exchange(port: int, content: bytes, rng: np.random.Generator) -> tuple[bytes, str]:
    """What comes back for bytes that go in pieces of chance, until the service closes the connection; and how it ended.

    A plain socket, since what has come before a reset can still be read from it.
    """
    loop, received = asyncio.get_running_loop(), bytearray()
    with socket.socket() as connection:
        connection.setblocking(False)
        await loop.sock_connect(connection, ("127.0.0.1", port))
        try:
            async with asyncio.timeout(END_SECONDS):
                sending = asyncio.create_task(_write(connection, content, rng))
                while piece := await loop.sock_recv(connection, READ_BYTES):
                    received += piece
        except TimeoutError:
            return bytes(received), OPEN
        except ConnectionError:
            return bytes(received), RESET
        finally:
            sending.cancel()
    return bytes(received), CLOSED


async def _write(connection: socket.socket, content: bytes, rng: np.random.Generator) -> None:
    """Send bytes in pieces, of which the service takes as many as it likes."""
    cuts = np.sort(rng.integers(len(content), size=rng.integers(4))).tolist()
    with contextlib.suppress(ConnectionError):
        for begin, end in zip([0, *cuts], [*cuts, len(content)], strict=True):
            await asyncio.get_running_loop().sock_sendall(connection, content[begin:end])
            await asyncio.sleep(0)  # so that they go one by one


def judge(sent: Malformed, received: bytes, ending: str) -> tuple[str, list[str]]:
    """What came of a connection in a word, and what was wrong with it."""
    answers, rest = replies(received)
    wrong = [f"an answer that breaks off: {rest[:SHOWN]!r}"] if rest else []
    if ending == OPEN or (ending == RESET and not answers):  # what is sent behind the last request resets it
        wrong.append(f"the connection was left {ending}")
    wrong += [what for answer in answers if (what := _fault(answer))]
    ids = [answer.headers.get("x-request-id", "").encode() for answer in answers]
    if SMUGGLED in ids:
        wrong.append("what stood in a body was answered")
    if sent.ids and ids[: len(sent.ids)] != list(sent.ids):
        wrong.append(f"the answers were to {ids}")
    if sent.is_refused and not (len(answers) == 1 and answers[0].is_refusal):
        wrong.append(f"not refused, but {[answer.status for answer in answers]}")
    if not answers:
        return "no answer", wrong
    return ("refused" if answers[-1].is_refusal else "answered"), wrong


def _fault(answer: Reply) -> str:
    """What is wrong with an answer; nothing where it is as any should be."""
    if "x-request-id" not in answer.headers or answer.headers.get("x-content-type-options") != "nosniff":
        return f"an answer without its headers: {answer}"
    if answer.status >= SERVER_ERROR and not (answer.status == BUSY and "retry-after" in answer.headers):
        return f"a server error: {answer}"
    if answer.status >= 400 and not answer.is_problem:
        return f"a refusal that is no problem: {answer}"
    return ""


async def _live(service: Process) -> str:
    """Why the service is not alive; nothing where it is."""
    received, ending = await exchange(service.port, LAST, np.random.default_rng(0))
    answers, rest = replies(received)
    is_well = [answer.status for answer in answers] == [200] and not rest and ending == CLOSED
    return "" if is_well else f"{ending}: {received[:SHOWN]!r}"
