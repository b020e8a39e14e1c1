"""The life of a worker from its start to its end."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Event, Thread

from app.logs import get_logger
from app.settings import Settings
from app.store.errors import NotReady, Unavailable
from app.store.sync_store import Store
from app.worker.hangs import ThreadWatch
from app.worker.housekeeping import Housekeeping
from app.worker.promotion import PromotionPolicy
from app.worker.retry import WorkerStopping, retry_while_unavailable
from app.worker.trainer import Trainer
from app.worker.workflow import Workflows

DATABASE_SECONDS = 30
"""How long a transaction waits for the writers before it."""

CHECKPOINT_SECONDS = 3.0
"""Longest that the end waits for the training to stop with its checkpoint."""

LEAVE_SECONDS = 1.0
"""Longest that the end waits for the database."""

log = get_logger(__name__)


class WorkerRuntime:
    """The parts of a worker, put together; `watch` is to watch the threads that do its work."""

    def __init__(self, settings: Settings, stopping: Event, watch: ThreadWatch) -> None:
        self._watch = watch
        self._name = settings.worker_name
        self._weights = settings.weights
        self._stopping = stopping
        self._store = Store(settings.database_url, DATABASE_SECONDS)
        self._workflows: Workflows | None = None

    def work(self) -> None:
        """Begin as soon as there is a database, and go on until the process is to end."""
        store, stopping = self._store, self._stopping
        with suppress(WorkerStopping), self._watch.watching():
            try:
                retry_while_unavailable(store.migrate, stopping)
                retry_while_unavailable(lambda: store.workers.beat(self._name, socket.gethostname()), stopping)
                trainer = Trainer(store, PromotionPolicy(store, self._weights), self._name, stopping)
                workflows = Workflows(trainer, self._name, store, stopping, self._watch)
                workflows.launch()
                self._workflows = workflows
                log.info("worker ready", worker=self._name)
                Housekeeping(store, workflows, self._name, stopping).run()
            except NotReady as error:
                log.warning("database replaced; the worker ends and is started again", reason=error.reason)
            except Exception:
                log.exception("worker failed")

    def end(self) -> None:
        """Wait for the last checkpoint, and leave the job for any worker to take over."""
        if self._workflows:
            self._workflows.wait_until_idle(CHECKPOINT_SECONDS)
        leaving = Thread(target=self._leave, daemon=True)
        leaving.start()
        leaving.join(LEAVE_SECONDS)

    def _leave(self) -> None:
        with suppress(Unavailable):
            self._store.workers.leave(self._name)
