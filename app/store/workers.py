"""Heartbeats of the workers."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.store.database import Database
from app.store.rows import plain
from app.store.tables import workers


class Workers:
    """The workers, by ids that stay the same when they start again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def beat(self, id: str, host: str) -> None:  # noqa: A002
        """Note that a worker is alive."""
        with self._database.writing() as connection:
            insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
            row = {"host": plain(host), "seen": self._database.clock(connection)}
            beaten = insert(workers).values(id=plain(id), **row)
            connection.execute(beaten.on_conflict_do_update(index_elements=[workers.c.id], set_=row))

    def leave(self, id: str) -> None:  # noqa: A002
        """Forget a worker that stops; what it leaves unfinished may be taken over at once."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(workers).where(workers.c.id == plain(id)))

    def known(self) -> list[str]:
        """The ids of the workers that have neither stopped nor been forgotten."""
        with self._database.reading() as connection:
            return list(connection.execute(sa.select(workers.c.id).order_by(workers.c.id)).scalars())

    def alive(self, within_seconds: float = 30) -> list[str]:
        """The ids of the workers with a heartbeat in the last seconds."""
        with self._database.reading() as connection:
            wanted = sa.select(workers.c.id).where(self._silence(connection) <= within_seconds).order_by(workers.c.id)
            return list(connection.execute(wanted).scalars())

    def silent(self, seconds: float = 30) -> list[str]:
        """The ids of the workers that have not stopped, and sent no heartbeat in the last seconds: hung, or lost."""
        with self._database.reading() as connection:
            wanted = sa.select(workers.c.id).where(self._silence(connection) > seconds).order_by(workers.c.id)
            return list(connection.execute(wanted).scalars())

    def forget_silent(self, by: str, silent_seconds: float = 30) -> list[str]:
        """Forget every worker but `by` that has sent no heartbeat for so long.

        Returns
        -------
        ids : list of str
            Of those workers; where several call this at once, each id goes to one of them.
        """
        with self._database.writing() as connection:
            silent = self._silence(connection) > silent_seconds
            forgotten = sa.delete(workers).where(silent, workers.c.id != plain(by)).returning(workers.c.id)
            return sorted(connection.execute(forgotten).scalars())

    def _silence(self, connection: sa.Connection) -> sa.ColumnElement[float]:
        """Seconds since the last heartbeat of a worker.

        One that is yet to come was sent before the clock was set back: a dead worker would count as alive until then.
        """
        return sa.func.abs(sa.literal(self._database.clock(connection), sa.Double) - workers.c.seen)
