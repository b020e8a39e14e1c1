"""Who is at work: heartbeats, and who takes over from the silent."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.store.database import Database
from app.store.rows import plain
from app.store.tables import workers

ADOPTION_SECONDS = 30
"""How long the work of a silent worker is kept for the one that took it over."""


class Workers:
    """The workers, by ids that stay the same when they start again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def beat(self, id: str, host: str) -> None:  # noqa: A002
        """Note that a worker is alive, whatever others thought."""
        with self._database.writing() as connection:
            insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
            now = self._database.clock(connection)
            row = {"host": plain(host), "seen": now, "adopted_by": None, "adopted_until": None}
            beaten = insert(workers).values(id=plain(id), **row)
            connection.execute(beaten.on_conflict_do_update(index_elements=[workers.c.id], set_=row))

    def leave(self, id: str) -> None:  # noqa: A002
        """Note that a worker has stopped; what it leaves undone may be taken over at once."""
        with self._database.writing() as connection:
            connection.execute(sa.update(workers).where(workers.c.id == plain(id)).values(seen=0.0))

    def alive(self, within_seconds: float = 30) -> list[str]:
        """The ids of workers heard of lately."""
        with self._database.reading() as connection:
            since = self._database.clock(connection) - within_seconds
            wanted = sa.select(workers.c.id).where(workers.c.seen >= since).order_by(workers.c.id)
            return list(connection.execute(wanted).scalars())

    def adopt(self, by: str, silent_seconds: float = 30) -> list[str]:
        """Take over from every worker that has been silent for so long and that nobody else is taking over from.

        Returns
        -------
        ids : list of str
            Of those workers, for `by` alone during the next `ADOPTION_SECONDS`.
        """
        with self._database.writing() as connection:
            now = self._database.clock(connection)
            free = sa.or_(workers.c.adopted_until.is_(None), workers.c.adopted_until < now)
            silent = sa.select(workers.c.id).where(workers.c.seen < now - silent_seconds, workers.c.id != by, free)
            found = connection.execute(silent.order_by(workers.c.id).with_for_update(skip_locked=True)).scalars()
            if ids := list(found):
                taken = {"adopted_by": plain(by), "adopted_until": now + ADOPTION_SECONDS}
                connection.execute(sa.update(workers).where(workers.c.id.in_(ids)).values(taken))
            return ids

    def forget(self, id: str) -> None:  # noqa: A002
        """Strike a worker off whose work was taken over, unless it is back by now."""
        with self._database.writing() as connection:
            gone = (workers.c.id == plain(id)) & workers.c.adopted_by.is_not(None)
            connection.execute(sa.delete(workers).where(gone))
