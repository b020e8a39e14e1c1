"""What a worker does from its start to its end."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Event, Thread

from app.logs import get_logger
from app.settings import Settings
from app.store.errors import NotReady, Unavailable
from app.store.sync_store import Store
from app.worker.housekeeping import Housekeeping
from app.worker.promotion import Judge
from app.worker.retry import retry_while_unavailable
from app.worker.trainer import Trainer
from app.worker.workflow import Workflows

DATABASE_SECONDS = 30
"""How long a transaction waits for the writers before it."""

PAUSE_SECONDS = 3.0
"""Longest that the end waits for the step that is being taken, which then ends early with its checkpoint."""

LEAVE_SECONDS = 1.0
"""Longest that the end waits for the database."""

log = get_logger(__name__)


class WorkerRuntime:
    """The parts of a worker, put together."""

    def __init__(self, settings: Settings, stopping: Event) -> None:
        self._name = settings.worker_name
        self._weights = settings.weights
        self._stopping = stopping
        self._store = Store(settings.database_url, DATABASE_SECONDS)
        self._workflows: Workflows | None = None

    def work(self) -> None:
        """Begin as soon as there is a database, and go on until the process is asked to end."""
        try:
            retry_while_unavailable(self._store.migrate)
            retry_while_unavailable(lambda: self._store.workers.beat(self._name, socket.gethostname()))
            trainer = Trainer(self._store, Judge(self._store, self._weights), self._name, self._stopping)
            workflows = Workflows(trainer, self._name, self._store, self._stopping)
            workflows.launch()
            self._workflows = workflows
            log.info("worker ready", worker=self._name)
            Housekeeping(self._store, workflows, self._name, self._stopping).run()
        except NotReady as error:
            log.warning("the worker ends, to start anew", reason=error.reason)
        except Exception:
            log.exception("the worker failed")

    def end(self) -> None:
        """Wait for the checkpoint of the step that is being taken, and leave the job for any worker to take over."""
        if self._workflows:
            self._workflows.paused(PAUSE_SECONDS)
        leaving = Thread(target=self._leave, daemon=True)
        leaving.start()
        leaving.join(LEAVE_SECONDS)

    def _leave(self) -> None:
        with suppress(Unavailable):
            self._store.workers.leave(self._name)
