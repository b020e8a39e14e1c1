"""The workflow of a job on DBOS, which owns queueing and recovery.

A workflow has the id of its job, holds nothing else and takes no steps. When DBOS runs it again, after a crash or on
another worker, it goes on from the job's checkpoint in the store.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from threading import Event, Lock

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID

from app.logs import get_logger
from app.store.sync_store import Store
from app.worker.hangs import ThreadWatch
from app.worker.retry import WorkerStopping
from app.worker.trainer import Trainer

APPLICATION = "namewright"

VERSION = "1"
"""DBOS runs only workflows of its own application version. It stays the same for good: a workflow that holds nothing
but the id of a job cannot become out of date.
"""

QUEUE = "namewright-training"
GOING_ON = {"ENQUEUED", "DELAYED", "PENDING"}

RETRY_SECONDS = 3.0
"""Pause after an unexpected error in a workflow."""

log = get_logger(__name__)


def migrate(store: Store) -> None:
    """Bring DBOS's own tables up to date, as each worker does when it starts. Safe to run concurrently."""
    DBOS.migrate(store.dbos_url())


class Workflows:
    """The workflows of this process; DBOS allows one instance.

    Parameters
    ----------
    trainer
        Trains the jobs that come to this process.
    worker
        Its name: workflows that it left unfinished are run again at the next launch.
    store
        Where DBOS keeps its own tables beside ours; on SQLite, through an engine of ours.
    stopping
        Set when the process is to end.
    watch
        Watches the thread that trains.
    """

    def __init__(self, trainer: Trainer, worker: str, store: Store, stopping: Event, watch: ThreadWatch) -> None:
        self._trainer = trainer
        self._watch = watch
        self._stopping = stopping
        self._one_at_a_time = Lock()  # recovered workflows bypass the queue and its limit
        config: DBOSConfig = {
            "name": APPLICATION,
            "application_version": VERSION,
            "executor_id": worker,
            "system_database_url": store.dbos_url(),
            "system_database_engine": store.dbos_engine(),
            "serializer": DBOSPortableJSONSerializer(),  # the default one pickles
            "log_level": "ERROR",  # it warns several times a second of a database that is away, as we do once
        }
        DBOS(config=config)

        @DBOS.workflow(name="train", max_recovery_attempts=None)  # attempts are counted with the job
        def train(job: str) -> None:
            self._train(job)

        self._workflow = train

    def launch(self) -> None:
        """Run what this worker left unfinished, then what is in the queue."""
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=1, on_conflict="always_update")

    def enqueue(self, jobs: Sequence[str]) -> None:
        """Put unfinished jobs into the queue, except those that are waiting or running already.

        A workflow that has ended before its job, or that is of another application version, is replaced.
        """
        found = DBOS.list_workflows(workflow_ids=list(jobs), load_input=False, load_output=False)
        if dead := [one.workflow_id for one in found if one.status not in GOING_ON or one.app_version != VERSION]:
            log.warning("workflows replaced", jobs=dead)
            DBOS.delete_workflows(dead)
        for job in jobs:
            with SetWorkflowID(job):  # where there is a workflow of that id, DBOS keeps it as it is
                DBOS.enqueue_workflow(QUEUE, self._workflow, job)

    def take_over(self, workers: Container[str]) -> None:
        """Put jobs back into the queue that are running on none of these workers."""
        for workflow in DBOS.list_workflows(status="PENDING", load_input=False, load_output=False):
            if workflow.executor_id not in workers:
                DBOS.resume_workflow(workflow.workflow_id, queue_name=QUEUE)
                log.info("job taken over", workflow=workflow.workflow_id, worker=workflow.executor_id)

    def wait_until_idle(self, seconds: float) -> None:
        """Wait for the training to stop once `stopping` is set, but no longer than this."""
        if self._one_at_a_time.acquire(timeout=seconds):
            self._one_at_a_time.release()

    def _train(self, job: str) -> None:
        """Train a job until it has ended or is another worker's: what returns before that would end the workflow."""
        with self._one_at_a_time, self._watch.watching():
            while not self._stopping.is_set():
                try:
                    claim = self._trainer.begin(job)
                    while claim and self._trainer.advance(claim):
                        if self._stopping.is_set():
                            raise WorkerStopping
                except Exception:  # how often a job may be begun is counted with the job
                    log.exception("workflow failed", job=job)
                    self._stopping.wait(RETRY_SECONDS)
                else:
                    return
            raise WorkerStopping
