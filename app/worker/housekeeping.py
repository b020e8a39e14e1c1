"""What a worker does beside training: hand jobs over, say that it lives, take over from those that do not."""

from __future__ import annotations

import socket
import time
from threading import Event

from app.logs import get_logger
from app.store.sync_store import Store
from app.worker.retry import retry_while_unavailable
from app.worker.workflow import Workflows

ROUND_SECONDS = 1.0
BEAT_SECONDS = 5.0
SILENT_SECONDS = 30.0
"""A worker that has said nothing for so long is held to be dead."""

LOOK_SECONDS = 30.0
"""How often jobs are looked for that run nowhere."""

FOR_EVER = 1e12
AT_ONCE = 20
"""Most jobs that are handed over in one round."""

log = get_logger(__name__)


class Housekeeping:
    """The rounds of one worker."""

    def __init__(self, store: Store, workflows: Workflows, worker: str, stopping: Event) -> None:
        self._store = store
        self._workflows = workflows
        self._worker = worker
        self._stopping = stopping
        self._beaten = self._looked = -float("inf")

    def run(self) -> None:
        """Go round until the process is asked to end."""
        while not self._stopping.is_set():
            retry_while_unavailable(self.go_round)
            self._stopping.wait(ROUND_SECONDS)

    def go_round(self) -> None:
        """Do all that is due."""
        now = time.monotonic()
        if now - self._beaten >= BEAT_SECONDS:
            self._store.workers.beat(self._worker, socket.gethostname())
            self._take_over()
            self._beaten = now
        if now - self._looked >= LOOK_SECONDS:
            self._look()
            self._workflows.sweep()
            self._looked = now
        self._hand_over()

    def _hand_over(self) -> None:
        """Put jobs that were accepted into the queue; a crash in between puts them there once more, to no effect."""
        for job, attempt in self._store.jobs.waiting(AT_ONCE):
            self._workflows.enqueue(job, attempt)
            self._store.jobs.hand_over(job, attempt)

    def _take_over(self) -> None:
        """Put the work of workers that have fallen silent back into the queue, where any worker finds it."""
        for silent in self._store.workers.adopt(self._worker, SILENT_SECONDS):
            count = self._workflows.resume(silent)
            self._store.workers.forget(silent)
            log.info("a worker is gone", worker=silent, jobs_taken_over=count)

    def _look(self) -> None:
        """Hand jobs over anew that should run and do not, because their workflow broke or is gone."""
        known = frozenset(self._store.workers.alive(FOR_EVER))  # of those that are silent, `_take_over` takes over
        for job, attempt in self._store.jobs.handed_over():
            if not self._workflows.is_going_on(job, attempt, known) and self._store.jobs.take_back(job, attempt):
                log.warning("a job ran nowhere and is handed over anew", job=job)
