"""What a worker does beside training: give jobs to DBOS, send heartbeats, take over the jobs of lost workers."""

from __future__ import annotations

import socket
import time
from threading import Event

from app.logs import get_logger
from app.store.sync_store import Store
from app.worker.retry import retry_while_unavailable
from app.worker.workflow import Workflows

INTERVAL_SECONDS = 1.0
HEARTBEAT_SECONDS = 5.0
SILENT_SECONDS = 30.0
"""A worker without a heartbeat for so long is lost."""

log = get_logger(__name__)


class Housekeeping:
    """The periodic duties of one worker."""

    def __init__(self, store: Store, workflows: Workflows, worker: str, stopping: Event) -> None:
        self._store = store
        self._workflows = workflows
        self._worker = worker
        self._stopping = stopping
        self._next_heartbeat = 0.0  # by the monotonic clock
        self._enqueued: set[str] = set()

    def run(self) -> None:
        """Do what is due about once a second, until the process is to end."""
        while not self._stopping.is_set():
            retry_while_unavailable(self._run_once, self._stopping)
            self._stopping.wait(INTERVAL_SECONDS)

    def _run_once(self) -> None:
        if (now := time.monotonic()) >= self._next_heartbeat:
            self._store.workers.beat(self._worker, socket.gethostname())
            self._take_over()
            self._next_heartbeat = now + HEARTBEAT_SECONDS
        self._enqueue()

    def _take_over(self) -> None:
        for lost in self._store.workers.forget_silent(self._worker, SILENT_SECONDS):
            log.warning("worker lost", worker=lost)
        self._workflows.take_over(self._store.workers.known())

    def _enqueue(self) -> None:
        """Give DBOS the unfinished jobs that this process has not given it yet.

        When a worker starts, that is all of them: DBOS's tables may have been lost.
        """
        unfinished = self._store.runs.unfinished()
        if new := [job for job in unfinished if job not in self._enqueued]:
            self._workflows.enqueue(new)
        self._enqueued = set(unfinished)
