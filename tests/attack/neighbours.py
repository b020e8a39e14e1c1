"""How long a plain client waits beside attackers: those that ask for the dearest, and those that hold on to things.

The plain client asks again and again on one connection; ratios are to what it waits without attackers, in the same run.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from tests.attack.attackers import KINDS, TOKEN
from tests.attack.crowd import PLAIN
from tests.attack.exchanges import Connection, Outcome
from tests.attack.report import Cost, Report, processor_seconds
from tests.attack.stops import running
from tests.support.checkout import ROOT
from tests.support.processes import Process

EVERY_SECONDS = 0.02
"""From one plain request to the next, unless the answer takes longer."""

BEGIN_SECONDS = 2.0
"""Between the start of the attackers and the first request."""

START_SECONDS = 5.0
"""Between the start of the service and the first of all: what it does in the background ends meanwhile."""

MOST_TIMES_IDLE = 5.0
"""What the 99th percentile beside attackers may be."""

ENOUGH = 100
"""Requests from which on a 99th percentile is judged."""

ROW = "{:22} {:>8} {:>8} {:>8} {:>12}"


def attack(attempts: int, _: np.random.Generator) -> Report:
    """Send so many plain requests alone, and as many beside each kind of attackers."""
    report, idle = Report(), 0.0
    report.notes.append(ROW.format("beside", "p50, ms", "p99, ms", "x idle", "CPU seconds"))
    with running(NAMEWRIGHT_ADMIN_TOKEN=TOKEN) as service:
        time.sleep(START_SECONDS)
        for kind in ("nobody", *KINDS):
            with _attacked(service, kind):
                began = processor_seconds(service.process.pid)
                seconds, faults = asyncio.run(_ask(service.port, attempts))
                used = processor_seconds(service.process.pid) - began
            for is_answered in [True] * len(seconds) + [False] * len(faults):
                report.add("answered" if is_answered else "not answered", Cost(0, 0))
            report.breaches += [f"beside {kind}: {fault}" for fault in faults]
            middle, late = np.percentile(seconds, (50, 99))
            idle = idle or late
            report.notes.append(
                ROW.format(kind, f"{1e3 * middle:.2f}", f"{1e3 * late:.2f}", f"{late / idle:.1f}", f"{used:.1f}")
            )
            if attempts >= ENOUGH and late > MOST_TIMES_IDLE * idle:
                report.breaches.append(
                    f"beside {kind}: a 99th percentile of {late / idle:.1f} times that beside nobody"
                )
    return report


@contextmanager
def _attacked(service: Process, kind: str) -> Iterator[None]:
    """Attackers of a kind, in a process of their own, so that they don't hold up the client that measures."""
    if kind not in KINDS:
        yield
        return
    command = [sys.executable, "-m", "tests.attack.attackers", kind, str(service.port)]
    attackers = subprocess.Popen(command, cwd=ROOT)
    try:
        time.sleep(BEGIN_SECONDS)
        yield
        assert attackers.poll() is None
    finally:
        attackers.kill()
        attackers.wait()


async def _ask(port: int, attempts: int) -> tuple[list[float], list[str]]:
    """How long so many plain requests take, and those that are not answered as they should be."""
    seconds, faults = [], []
    connection = await Connection.open(port)
    for _ in range(attempts):
        began = time.perf_counter()
        result = await connection.ask(PLAIN)
        took = time.perf_counter() - began
        if result.outcome is Outcome.WHOLE:
            seconds.append(took)
        else:
            faults.append(f"{result.outcome}: {result.shown}")
        if result.is_last:
            connection.close()
            connection = await Connection.open(port)
        await asyncio.sleep(max(EVERY_SECONDS - took, 0.0))
    connection.close()
    return seconds, faults
