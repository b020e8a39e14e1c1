"""Which jobs are with whatever runs them: DBOS, which knows each by its id and the number of attempts before."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.store.database import Database
from app.store.tables import jobs

GOING_ON = jobs.c.state.in_(("queued", "running"))


class Handover:
    """What passes between the queue of the store and that of DBOS."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, limit: int) -> list[tuple[str, int]]:
        """Jobs that have not ended and are not handed over: ids and numbers of attempts so far, the oldest first."""
        wanted = sa.select(jobs.c.id, jobs.c.attempt).where(GOING_ON, jobs.c.handed_over.is_(None))
        return self._pairs(wanted.order_by(jobs.c.number).limit(limit))

    def hand_over(self, id: str, attempt: int) -> None:  # noqa: A002
        """Note that a job was given to whatever runs it, after so many attempts."""
        with self._database.writing() as connection:
            free = (jobs.c.id == id) & GOING_ON & jobs.c.handed_over.is_(None)
            connection.execute(sa.update(jobs).where(free).values(handed_over=attempt))

    def handed_over(self) -> list[tuple[str, int]]:
        """Jobs that have not ended and are handed over: ids and the numbers that `hand_over` was given."""
        wanted = sa.select(jobs.c.id, jobs.c.handed_over).where(GOING_ON, jobs.c.handed_over.is_not(None))
        return self._pairs(wanted.order_by(jobs.c.number))

    def take_back(self, id: str, attempt: int) -> bool:  # noqa: A002
        """Have a job handed over anew; who may still be at it writes nothing any more. False if it has ended."""
        with self._database.writing() as connection:
            given = (jobs.c.id == id) & (jobs.c.handed_over == attempt) & GOING_ON
            again = {"handed_over": None, "attempt": jobs.c.attempt + 1, "revision": jobs.c.revision + 1}
            return connection.execute(sa.update(jobs).where(given).values(again)).rowcount == 1

    def _pairs(self, wanted: sa.Select[Any]) -> list[tuple[str, int]]:
        with self._database.reading() as connection:
            return [(row[0], row[1]) for row in connection.execute(wanted)]
