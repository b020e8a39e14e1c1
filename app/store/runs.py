"""Jobs as the workers see them: each attempt at one has a number, and only the last attempt may write."""

from __future__ import annotations

import json
from typing import Any, Unpack

import sqlalchemy as sa

from app.store.database import Database
from app.store.errors import Superseded, UnreadableJob
from app.store.records import ENDED, Claim, Progress, State
from app.store.rows import JOB_ID, finite, history_to_json, job_of, plain, to_json
from app.store.tables import checkpoints, jobs, lists

CRASHING = (
    "the training was begun {attempts} times without reaching its next checkpoint: its worker ended each time, perhaps "
    "for want of memory; try fewer hidden units, a smaller batch or fewer names"
)

KEPT_FOR_A_JOB = (lists, checkpoints)
"""Tables of what is kept until a job ends."""


class Runs:
    """What a worker does with jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unfinished(self) -> list[str]:
        """The ids of the jobs that have not ended, oldest first."""
        wanted = sa.select(jobs.c.id).where(jobs.c.state.not_in(ENDED)).order_by(jobs.c.number)
        with self._database.reading() as connection:
            return list(connection.execute(wanted).scalars())

    def begin(self, id: str, worker: str, max_fruitless: int) -> Claim | None:  # noqa: A002
        """Begin another attempt at a job, which supersedes every earlier one.

        Parameters
        ----------
        id : str
            Of the job.
        worker : str
            The name of the worker.
        max_fruitless : int
            Most attempts without a checkpoint between them; one more fails the job instead.

        Returns
        -------
        claim : Claim, optional
            Nothing when there is no such job, when it has ended, or when it failed just now, as one that cannot be
            read does.
        """
        if not JOB_ID.fullmatch(id):
            return None
        with self._database.writing(erases=KEPT_FOR_A_JOB) as connection:
            wanted = sa.select(jobs).where(jobs.c.id == id)
            before = connection.execute(wanted.with_for_update()).first()
            if before is None or before.state in ENDED:
                return None
            now = self._database.clock(connection)
            if before.fruitless >= max_fruitless:
                end(connection, id, now, state="failed", error=CRASHING.format(attempts=before.fruitless))
                return None
            _change(
                connection,
                id,
                state="running",
                attempt=before.attempt + 1,
                fruitless=before.fruitless + 1,
                worker=plain(worker),
                started=now if before.started is None else before.started,
            )
            try:
                return Claim(job_of(connection.execute(wanted).mappings().one()))
            except UnreadableJob as error:
                end(connection, id, now, state="failed", error=str(error))
                return None

    def content(self, id: str) -> bytes | None:  # noqa: A002
        """The list of a job that has not ended, where it came with one."""
        return self._bytes(sa.select(lists.c.content).where(lists.c.job_id == id))

    def checkpoint_of(self, id: str) -> bytes | None:  # noqa: A002
        """The last checkpoint of a job that has not ended, where there is one."""
        return self._bytes(sa.select(checkpoints.c.content).where(checkpoints.c.job_id == id))

    def plan(self, claim: Claim, plan: dict[str, Any]) -> None:
        """Keep the hyperparameters for this attempt and every later one."""
        with self._database.writing() as connection:
            hold(connection, claim)
            _change(connection, claim.job.id, plan=to_json(plan))

    def progress(self, claim: Claim, **progress: Unpack[Progress]) -> None:
        """Write how far a training is."""
        with self._database.writing() as connection:
            hold(connection, claim)
            _change(connection, claim.job.id, **_columns(progress))

    def checkpoint(self, claim: Claim, content: bytes, **progress: Unpack[Progress]) -> None:
        """Write how far a training is, and keep a checkpoint to go on from."""
        with self._database.writing() as connection:
            hold(connection, claim)
            _change(connection, claim.job.id, fruitless=0, **_columns(progress))
            row = {"step": progress["step"], "content": content, "written": self._database.clock(connection)}
            replaced = connection.execute(
                sa.update(checkpoints).where(checkpoints.c.job_id == claim.job.id).values(row)
            )
            if not replaced.rowcount:
                connection.execute(sa.insert(checkpoints).values(job_id=claim.job.id, **row))

    def fail(self, claim: Claim, error: str) -> None:
        """End a job that cannot succeed, and say why."""
        with self._database.writing(erases=KEPT_FOR_A_JOB) as connection:
            hold(connection, claim)
            end(connection, claim.job.id, self._database.clock(connection), state="failed", error=error)

    def _bytes(self, wanted: sa.Select[Any]) -> bytes | None:
        with self._database.reading() as connection:
            row = connection.execute(wanted).first()
        return None if row is None else bytes(row[0])


def hold(connection: sa.Connection, claim: Claim) -> None:
    """Lock the row of a claimed job, so that no other attempt begins before this transaction ends.

    Raises
    ------
    Superseded
        Another attempt has begun, or the job has ended.
    """
    ours = (jobs.c.id == claim.job.id) & (jobs.c.attempt == claim.attempt) & (jobs.c.state == "running")
    if connection.execute(sa.select(jobs.c.id).where(ours).with_for_update()).first() is None:
        raise Superseded(f"attempt {claim.attempt} at job {claim.job.id} may not write any more")


def end(
    connection: sa.Connection,
    id: str,  # noqa: A002
    now: float,
    *,
    state: State,
    error: str | None = None,
    **values: Any,
) -> None:
    """End a job and delete its list, its checkpoint and what it drew, in a transaction that erases."""
    reason = None if error is None else plain(error)
    _change(connection, id, state=state, finished=now, seconds_left=None, drawn=None, error=reason, **values)
    connection.execute(sa.delete(lists).where(lists.c.job_id == id))
    connection.execute(sa.delete(checkpoints).where(checkpoints.c.job_id == id))


def unfinished_of(connection: sa.Connection, model: str) -> tuple[str, ...]:
    """The ids of the jobs that are to publish under a name and have not ended, oldest first."""
    wanted = sa.select(jobs.c.id, jobs.c.request).where(jobs.c.state.not_in(ENDED)).order_by(jobs.c.number)
    return tuple(row.id for row in connection.execute(wanted) if json.loads(row.request)["model"] == model)


def _change(connection: sa.Connection, id: str, **values: Any) -> None:  # noqa: A002
    """Write columns of a job under its next revision, by which its followers see the change."""
    connection.execute(sa.update(jobs).where(jobs.c.id == id).values(revision=jobs.c.revision + 1, **values))


def _columns(progress: Progress) -> dict[str, Any]:
    return progress | {
        "names_per_second": finite(progress["names_per_second"]),
        "seconds_left": finite(progress["seconds_left"]),
        "history": history_to_json(progress["history"]),
        "drawn": to_json(list(progress["drawn"])),
    }
