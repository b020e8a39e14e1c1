"""SIGTERM under the worst load, at a moment of chance: all ends in time, and every answer is whole or a problem."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from app.settings import Settings
from tests.attack.crowd import Crowd
from tests.attack.report import Cost, Report
from tests.support.processes import Process, children, is_alive

STOP_SECONDS = 10.0
"""When `docker stop` kills."""

LOAD_SECONDS = 0.5, 3.0
"""How long the clients ask before the signal."""

PROCESSES = 1, 2
"""How many serve, in turn."""

READY = re.compile(r'"event": "ready"')


def attack(attempts: int, rng: np.random.Generator) -> Report:
    """Stop so many services, half of them with one process that serves and half with two."""
    report, answers, longest = Report(), Counter[str](), 0.0
    for attempt in range(attempts):
        processes, seconds = PROCESSES[attempt % len(PROCESSES)], float(rng.uniform(*LOAD_SECONDS))
        crowd, took, faults = asyncio.run(_stop(processes, seconds))
        answers.update(crowd.outcomes)
        longest = max(longest, took)
        report.add("in time" if took < STOP_SECONDS else "too late", Cost(0, 0))
        report.breaches += [f"{processes} processes, {seconds:.1f} s: {fault}" for fault in faults]
    report.notes.append(f"longest stop {longest:.1f} s; answers: " + ", ".join(f"{n} {a}" for a, n in answers.items()))
    return report


async def _stop(processes: int, seconds: float) -> tuple[Crowd, float, list[str]]:
    """Stop a service after so many seconds of load: its clients, how long that took, and what was wrong."""
    with running(processes) as service:
        crowd = Crowd(service.port)
        asking = asyncio.create_task(crowd.run())
        await asyncio.sleep(seconds)
        servers = children(service.process.pid)
        every = [service.process.pid, *servers, *(one for server in servers for one in children(server))]
        crowd.stopped_at = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        status = await asyncio.to_thread(service.wait)
        took = time.monotonic() - crowd.stopped_at
        await asking
    faults = [*crowd.breaches, *(f"process {one} is left" for one in every if is_alive(one))]
    if took > STOP_SECONDS:
        faults.append(f"took {took:.1f} s")
    if status:
        faults.append(f"status {status}")
    return crowd, took, faults


@contextmanager
def running(processes: int = 1, **settings: str) -> Iterator[Process]:
    """A service with so many processes and otherwise its usual settings, killed if it is still there afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        settings |= {
            "NAMEWRIGHT_DATABASE_URL": f"sqlite:///{folder}/namewright.db",
            "NAMEWRIGHT_PROCESSES": str(processes),
            "NAMEWRIGHT_MAX_SECONDS": str(Settings.model_fields["max_seconds"].default),
        }
        service = Process([sys.executable, "-m", "app"], settings)
        try:
            service.await_line(READY, times=processes)
            yield service
        finally:
            service.kill()
