"""The training worker beside the service: started again when it ends or hangs, and stopped with the service.

Of several services on one database and machine, the one that has the lock starts the worker, which inherits the lock.
The lock is free again when the worker has ended, not before, so there are never two.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack

from app.logs import get_logger
from app.settings import Settings
from app.shutdown import ShutdownFlag
from app.store.backoff import Backoff
from app.worker.lock import lock_path, take

COMMAND = (sys.executable, "-P", "-m", "app.worker")  # -P: not what is called `app` where the service was started

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A worker that ran for so long did not fail at its start; the next one is started after the first pause."""

SILENT_SECONDS = 30.0
"""A worker without a sign of life for so long hangs; it gives one each second, see `app.worker.__main__`."""

LOOKS = 30
"""How often its signs are looked for within that time; so often in a row there must be none."""

STOP_SECONDS = 4.5
"""How long a worker may take to stop."""

LAST_STOP_SECONDS = 7.5
"""When it is killed at the latest, after the service was asked to stop, which has 10 seconds where Docker stops it."""

TOKENS = frozenset({"NAMEWRIGHT_ADMIN_TOKEN", "NAMEWRIGHT_FORMER_ADMIN_TOKEN"})
"""Variables whose values a worker does not need."""

MOST_SIGNS = 4096
"""Bytes that are read at once."""

log = get_logger(__name__)


class Supervisor:
    """Keeps one worker running until the service stops.

    Parameters
    ----------
    settings, stopping
        Of the service.
    command
        What to start, without the descriptor of the lock.
    first_pause_seconds
        Before the first attempt to start the worker again.
    silent_seconds
        After how long without a sign of life the worker is killed.
    """

    def __init__(
        self,
        settings: Settings,
        stopping: ShutdownFlag,
        *,
        command: Sequence[str] = COMMAND,
        first_pause_seconds: float = FIRST_PAUSE_SECONDS,
        silent_seconds: float = SILENT_SECONDS,
    ) -> None:
        self._path = lock_path(settings.database, settings.worker_name)
        self._stopping = stopping
        self._command = command
        self._backoff = Backoff(first_pause_seconds, LONGEST_PAUSE_SECONDS)
        self._pause = first_pause_seconds
        self._look_seconds = silent_seconds / LOOKS

    async def supervise(self) -> None:
        """Start the worker whenever none has the lock, until this task is cancelled; then stop it."""
        logged = ""
        while not self._stopping.asked:
            try:
                lock = take(self._path)
                if lock is not None:
                    await self._run(lock)
                logged = ""
            except OSError as error:  # no place for the lock, or no memory or descriptor left for a process
                self._pause = self._backoff.next_seconds()
                if logged != (reason := error.strerror or str(error)):
                    logged = reason
                    log.warning("no worker can be started", reason=reason)
            # The jitter keeps several services from trying for the lock at the same time.
            await self._stopping.sleep(random.uniform(0.75, 1.25) * self._pause)  # noqa: S311

    async def _run(self, lock: int) -> None:
        began = time.monotonic()
        worker, signs = self._start(lock)
        watching = [
            asyncio.create_task(self._terminate_at_stop(worker)),
            asyncio.create_task(self._kill_when_silent(worker, signs)),
        ]
        try:
            status = await asyncio.to_thread(worker.wait)
        finally:
            for task in watching:
                task.cancel()
            _stop(worker, min(STOP_SECONDS, max(LAST_STOP_SECONDS - self._stopping.seconds_ago, 0.0)))
            os.close(signs)
        if time.monotonic() - began > STEADY_SECONDS:
            self._backoff.reset()
        self._pause = self._backoff.next_seconds()
        if not self._stopping.asked:
            log.warning("worker ended", status=status, next_in_seconds=self._pause)

    async def _terminate_at_stop(self, worker: subprocess.Popen[bytes]) -> None:
        """Let the worker write its checkpoint while the service gives its last answers."""
        while not self._stopping.asked:
            await self._stopping.sleep(LONGEST_PAUSE_SECONDS)
        worker.terminate()

    async def _kill_when_silent(self, worker: subprocess.Popen[bytes], signs: int) -> None:
        """Kill a worker that hangs; not by the clock, which goes on while a machine lets both of us rest."""
        silent = 0
        while silent < LOOKS:
            await asyncio.sleep(self._look_seconds)
            try:
                silent = 0 if os.read(signs, MOST_SIGNS) else silent + 1
            except BlockingIOError:
                silent += 1
        log.warning("worker killed, since it hangs", process=worker.pid)
        worker.kill()

    def _start(self, lock: int) -> tuple[subprocess.Popen[bytes], int]:
        """Start a worker that inherits the lock, and whose standard input is a pipe that only this process holds.

        Returns
        -------
        worker, signs
            The process, and a pipe to read its signs of life from.
        """
        environment = {name: value for name, value in os.environ.items() if name.upper() not in TOKENS}
        with ExitStack() as held:
            held.callback(os.close, lock)
            signs, sending = os.pipe()
            held.callback(os.close, sending)
            os.set_blocking(signs, False)
            command = [*self._command, "--lock", str(lock), "--signs", str(sending)]
            try:
                worker = subprocess.Popen(  # noqa: S603
                    command, stdin=subprocess.PIPE, pass_fds=[lock, sending], env=environment
                )
            except OSError:
                os.close(signs)
                raise
            return worker, signs


def _stop(worker: subprocess.Popen[bytes], seconds: float) -> None:
    """Let the worker write its checkpoint and end; by then the service accepts no requests."""
    worker.terminate()
    try:
        worker.wait(seconds)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
    if worker.stdin:
        worker.stdin.close()
