"""The workflow of a job on DBOS: what goes on by itself after a crash.

DBOS records each step that was taken. When the worker starts again, or another one takes over, the workflow runs once
more: steps on record are passed over, and the first that is not goes on from the last checkpoint. Nothing but the id
of a job goes through DBOS.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import UTC, datetime, timedelta
from threading import Event, Lock
from typing import NoReturn

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID

from app.store.sync_store import Store
from app.worker.trainer import Trainer

APPLICATION = "namewright"

VERSION = "1"
"""Of the workflow: what was begun under one is not taken up under another."""

QUEUE = "namewright-training"
WAITING = {"ENQUEUED", "DELAYED"}
OVER = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]

KEPT_SECONDS = 600
SWEPT = 100
"""Most jobs that are swept up at once."""


class Workflows:
    """Jobs on DBOS, in this process; there is one of it.

    Parameters
    ----------
    trainer
        Does the jobs that come to this process.
    worker
        Its name: work that was left unfinished under it is taken up at the next launch.
    store
        Where DBOS keeps its own tables beside ours; on SQLite, through an engine of ours.
    stopping
        Set when the process is asked to end: no step is begun any more.
    """

    def __init__(self, trainer: Trainer, worker: str, store: Store, stopping: Event) -> None:
        self._trainer = trainer
        self._stopping = stopping
        self._one_at_a_time = Lock()  # recovered work comes past the queue and its limit
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
        """Take up what was left unfinished, then what is in the queue."""
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=1, on_conflict="always_update")

    def enqueue(self, job: str, attempt: int) -> None:
        """Put a job into the queue: once after each attempt, however often it is asked for."""
        with SetWorkflowID(_name(job, attempt)):
            DBOS.enqueue_workflow(QUEUE, self._workflow, job)

    def is_going_on(self, job: str, attempt: int, workers: Container[str]) -> bool:
        """Whether what `enqueue` put into the queue waits for a worker of this version, or is with one of these."""
        found = DBOS.list_workflows(workflow_ids=[_name(job, attempt)], load_input=False, load_output=False)
        return any(
            workflow.app_version == VERSION
            and (workflow.status in WAITING or (workflow.status == "PENDING" and workflow.executor_id in workers))
            for workflow in found
        )

    def sweep(self) -> None:
        """Delete what DBOS keeps of jobs that ended a while ago: a row for each step."""
        before = datetime.now(UTC) - timedelta(seconds=KEPT_SECONDS)
        ended = DBOS.list_workflows(
            status=OVER, completed_before=before.isoformat(), limit=SWEPT, load_input=False, load_output=False
        )
        if ended:
            DBOS.delete_workflows([workflow.workflow_id for workflow in ended])

    def resume(self, worker: str) -> int:
        """Put what a worker has begun back into the queue; how much that was."""
        begun = DBOS.list_workflows(executor_id=worker, status="PENDING", load_input=False, load_output=False)
        for workflow in begun:
            DBOS.resume_workflow(workflow.workflow_id, queue_name=QUEUE)
        return len(begun)

    def paused(self, seconds: float) -> bool:
        """Wait until no step is being taken, which is for good once `stopping` is set; False if that takes longer."""
        return self._one_at_a_time.acquire(timeout=seconds)

    def _train(self, job: str) -> None:
        with self._one_at_a_time:
            claim = None if self._stopping.is_set() else self._trainer.begin(job)
            while claim and not self._stopping.is_set():
                more = DBOS.run_step({"name": "advance"}, self._trainer.advance, claim)
                # A step on record may be that of an attempt that had lost the job by then.
                if not more and not self._trainer.holds(claim):
                    return
            if claim is None and not self._stopping.is_set():
                return
        _wait_for_the_end()


def _name(job: str, attempt: int) -> str:
    return f"{job}-{attempt}"


def _wait_for_the_end() -> NoReturn:
    """Neither go on nor return, which DBOS would take for the end of the job."""
    while True:
        Event().wait()
