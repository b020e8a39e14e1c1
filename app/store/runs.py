"""Jobs as the workers see them: taken one at a time, each write fenced by the number of the attempt."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from app.store.fencing import change, end, fence, hold
from app.store.handover import Handover
from app.store.records import ENDED, Claim, Point
from app.store.rows import JOB_ID, finite, history_to_json, job_of, plain, to_json
from app.store.tables import checkpoints, jobs, lists

CRASHING = (
    "the training was begun {attempts} times without reaching its next checkpoint: its worker ended each time, perhaps "
    "for want of memory; try fewer hidden units, a smaller batch or fewer names"
)


class Running(Handover):
    """What a worker does with jobs."""

    def holds(self, claim: Claim) -> bool:
        """Whether a claim still stands."""
        with self._database.reading() as connection:
            return connection.execute(sa.select(jobs.c.id).where(fence(claim))).first() is not None

    def begin(self, id: str, worker: str, max_fruitless: int) -> Claim | None:  # noqa: A002
        """Begin another attempt at a job, which supersedes every earlier one.

        Parameters
        ----------
        id : str
            Of the job.
        worker : str
            Who begins it.
        max_fruitless : int
            Most attempts without a checkpoint between them; one more fails the job instead.

        Returns
        -------
        claim : Claim, optional
            Nothing when there is no such job, when it has ended, or when it failed just now.
        """
        if not JOB_ID.fullmatch(id):
            return None
        with self._database.writing(erases=True) as connection:
            wanted = sa.select(jobs).where(jobs.c.id == id)
            before = connection.execute(wanted.with_for_update()).first()
            if before is None or before.state in ENDED:
                return None
            now = self._database.clock(connection)
            if before.fruitless >= max_fruitless:
                end(connection, id, now, state="failed", error=CRASHING.format(attempts=before.fruitless))
                return None
            change(
                connection,
                id,
                state="running",
                attempt=before.attempt + 1,
                fruitless=before.fruitless + 1,
                worker=plain(worker),
                started=now if before.started is None else before.started,
            )
            row = connection.execute(wanted).mappings().one()
            plan = None if row["plan"] is None else json.loads(row["plan"])
            return Claim(job_of(row), row["attempt"], worker, plan)

    def content(self, id: str) -> bytes | None:  # noqa: A002
        """The list of a job that has not ended, where it came with one."""
        return self._bytes(sa.select(lists.c.content).where(lists.c.job_id == id))

    def checkpoint_of(self, id: str) -> bytes | None:  # noqa: A002
        """The last checkpoint of a job that has not ended, where it came to one."""
        return self._bytes(sa.select(checkpoints.c.content).where(checkpoints.c.job_id == id))

    def plan(self, claim: Claim, plan: dict[str, Any]) -> None:
        """Keep what was worked out once for all attempts."""
        with self._database.writing() as connection:
            hold(connection, claim)
            change(connection, claim.job.id, plan=to_json(plan))

    def progress(
        self,
        claim: Claim,
        *,
        step: int,
        steps: int | None,
        names_per_second: float | None,
        seconds_left: float | None,
        history: Iterable[Point],
    ) -> None:
        """Tell how far a training is."""
        with self._database.writing() as connection:
            hold(connection, claim)
            change(connection, claim.job.id, **_progress(step, steps, names_per_second, seconds_left, history))

    def checkpoint(
        self,
        claim: Claim,
        content: bytes,
        *,
        step: int,
        steps: int | None,
        names_per_second: float | None,
        seconds_left: float | None,
        history: Iterable[Point],
    ) -> None:
        """Tell how far a training is, and keep what it goes on from."""
        with self._database.writing() as connection:
            hold(connection, claim)
            told = _progress(step, steps, names_per_second, seconds_left, history)
            change(connection, claim.job.id, fruitless=0, **told)
            row = {"step": step, "content": content, "written": self._database.clock(connection)}
            replaced = connection.execute(
                sa.update(checkpoints).where(checkpoints.c.job_id == claim.job.id).values(row)
            )
            if not replaced.rowcount:
                connection.execute(sa.insert(checkpoints).values(job_id=claim.job.id, **row))

    def fail(self, claim: Claim, error: str) -> None:
        """End a job that cannot succeed, and say why."""
        with self._database.writing(erases=True) as connection:
            hold(connection, claim)
            end(connection, claim.job.id, self._database.clock(connection), state="failed", error=error)

    def _bytes(self, wanted: sa.Select[Any]) -> bytes | None:
        with self._database.reading() as connection:
            row = connection.execute(wanted).first()
        return None if row is None else bytes(row[0])


def _progress(
    step: int,
    steps: int | None,
    names_per_second: float | None,
    seconds_left: float | None,
    history: Iterable[Point],
) -> dict[str, Any]:
    return {
        "step": step,
        "steps": steps,
        "names_per_second": finite(names_per_second),
        "seconds_left": finite(seconds_left),
        "history": history_to_json(history),
    }
