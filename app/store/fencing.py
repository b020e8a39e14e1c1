"""What every change of a running job has in common: the fence, and what goes when a job ends."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.store.errors import Superseded
from app.store.records import Claim, State
from app.store.rows import plain
from app.store.tables import checkpoints, jobs, lists


def fence(claim: Claim) -> sa.ColumnElement[bool]:
    """Whether a row is that of a claimed job at which no other attempt has begun, and which has not ended."""
    return (jobs.c.id == claim.job.id) & (jobs.c.attempt == claim.attempt) & (jobs.c.state == "running")


def hold(connection: sa.Connection, claim: Claim) -> None:
    """Lock the row of a claimed job, so that no other attempt begins before this transaction ends.

    Raises
    ------
    Superseded
        Another attempt has begun, or the job has ended.
    """
    if connection.execute(sa.select(jobs.c.id).where(fence(claim)).with_for_update()).first() is None:
        raise Superseded(f"attempt {claim.attempt} at job {claim.job.id} may not write any more")


def change(connection: sa.Connection, id: str, **values: Any) -> None:  # noqa: A002
    """Write columns of a job; whoever follows it sees that it changed."""
    connection.execute(sa.update(jobs).where(jobs.c.id == id).values(revision=jobs.c.revision + 1, **values))


def end(
    connection: sa.Connection,
    id: str,  # noqa: A002
    now: float,
    *,
    state: State,
    error: str | None = None,
    **values: Any,
) -> None:
    """End a job and delete its list and its checkpoint, in a transaction that erases."""
    told = None if error is None else plain(error)
    change(connection, id, state=state, finished=now, seconds_left=None, error=told, **values)
    connection.execute(sa.delete(lists).where(lists.c.job_id == id))
    connection.execute(sa.delete(checkpoints).where(checkpoints.c.job_id == id))
