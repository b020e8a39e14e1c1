"""Beside the service: one training worker, started again when it ends and stopped with the service.

Of several services on one database and machine, one has the worker: whoever gets the lock starts it, and the worker
inherits the lock. It is free again when the worker has ended, not before, so there are never two.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import subprocess
import sys
import time

from app.lock import lock_path, take
from app.settings import Settings

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A worker that ran for so long did not fail at its start; the next one is started without a long pause."""

STOP_SECONDS = 4.5
"""How long a worker may take to stop; a service has 10 seconds where Docker stops it."""

log = logging.getLogger(__name__)


class Supervisor:
    """Keeps one worker running."""

    def __init__(self, settings: Settings) -> None:
        self._path = lock_path(settings.database_url, settings.worker_name)
        self._pause = FIRST_PAUSE_SECONDS

    async def supervise(self) -> None:
        """Start the worker whenever none has the lock, until this task is cancelled, and then stop it."""
        told = ""
        while True:
            try:
                lock = take(self._path)
                told = ""
            except OSError as error:
                lock = None
                if told != (reason := error.strerror or str(error)):
                    told = reason
                    log.warning("no worker: its lock cannot be had", extra={"fields": {"reason": reason}})
            if lock is None:  # it is another service's worker, or none can be
                await asyncio.sleep(random.uniform(0.5, 1.5) * FIRST_PAUSE_SECONDS)  # noqa: S311  # spreads them out
                continue
            await self._run(lock)
            await asyncio.sleep(self._pause)

    async def _run(self, lock: int) -> None:
        began = time.monotonic()
        worker = _start(lock)
        try:
            status = await asyncio.to_thread(worker.wait)
        finally:
            _stop(worker)
        steady = time.monotonic() - began > STEADY_SECONDS
        self._pause = FIRST_PAUSE_SECONDS if steady else min(2 * self._pause, LONGEST_PAUSE_SECONDS)
        log.warning("the worker ended", extra={"fields": {"status": status, "next_in_seconds": self._pause}})


def _start(lock: int) -> subprocess.Popen[bytes]:
    """A worker that has the lock, and as its standard input a pipe whose other end only this process has."""
    command = [sys.executable, "-m", "app.worker", "--lock", str(lock)]
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[lock])  # noqa: S603  # our own
    finally:
        os.close(lock)


def _stop(worker: subprocess.Popen[bytes]) -> None:
    """Let the worker write its checkpoint and end; by then the service takes no requests any more."""
    worker.terminate()
    try:
        worker.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
    if worker.stdin:
        worker.stdin.close()
