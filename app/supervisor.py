"""Beside the service: one training worker, started again when it ends and stopped with the service.

Of several services on one database and machine, one has the worker: whoever gets the lock starts it, and the worker
inherits the lock. It is free again when the worker has ended, not before, so there are never two.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time

from app.logs import get_logger
from app.settings import Settings
from app.shutdown import ShutdownFlag
from app.worker.lock import lock_path, take

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A worker that ran for so long did not fail at its start; the next one is started without a long pause."""

STOP_SECONDS = 4.5
"""How long a worker may take to stop; a service has 10 seconds where Docker stops it."""

TOKEN = "NAMEWRIGHT_ADMIN_TOKEN"  # noqa: S105  # its name, of which a worker has no use

log = get_logger(__name__)


class Supervisor:
    """Keeps one worker running, until the word of a stop."""

    def __init__(self, settings: Settings, stopping: ShutdownFlag) -> None:
        self._path = lock_path(settings.database, settings.worker_name)
        self._stopping = stopping
        self._pause = FIRST_PAUSE_SECONDS

    async def supervise(self) -> None:
        """Start the worker whenever none has the lock, until this task is cancelled, and then stop it."""
        told = ""
        while not self._stopping.asked:
            try:
                lock = take(self._path)
                if lock is not None:
                    await self._run(lock)
                told = ""
            except OSError as error:  # of the lock, or of the start: there may be no place, memory or descriptor left
                self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
                if told != (reason := error.strerror or str(error)):
                    told = reason
                    log.warning("no worker can be started", reason=reason)
            # Where several services wait for one lock, they do not all try at once.
            await self._stopping.sleep(random.uniform(0.75, 1.25) * self._pause)  # noqa: S311

    async def _run(self, lock: int) -> None:
        began = time.monotonic()
        worker = _start(lock)
        telling = asyncio.create_task(self._tell(worker))
        try:
            status = await asyncio.to_thread(worker.wait)
        finally:
            telling.cancel()
            _stop(worker)
        steady = time.monotonic() - began > STEADY_SECONDS
        self._pause = FIRST_PAUSE_SECONDS if steady else min(2 * self._pause, LONGEST_PAUSE_SECONDS)
        if not self._stopping.asked:
            log.warning("the worker ended", status=status, next_in_seconds=self._pause)

    async def _tell(self, worker: subprocess.Popen[bytes]) -> None:
        """Pass the word of a stop on, so that the worker writes its checkpoint while the last answers are given."""
        while not self._stopping.asked:
            await self._stopping.sleep(LONGEST_PAUSE_SECONDS)
        worker.terminate()


def _start(lock: int) -> subprocess.Popen[bytes]:
    """A worker that has the lock, and as its standard input a pipe whose other end only this process has."""
    command = [sys.executable, "-m", "app.worker", "--lock", str(lock)]
    environment = {name: value for name, value in os.environ.items() if name.upper() != TOKEN}
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[lock], env=environment)  # noqa: S603
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
