"""Erasing what was deleted, which a database keeps in its files for a while.

SQLite copies zeros over it, but into the write-ahead log first: the log has to be copied into the file and cut to
nothing. PostgreSQL leaves deleted rows where they are: the table has to be vacuumed. Neither works while a transaction
reads the state before, so an erasure is tried again until it has worked.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from threading import Lock

import sqlalchemy as sa
from sqlalchemy import exc

from app.store.tables import lists

WAIT_SECONDS = 0.5
"""Longest that the first attempt waits for readers of an SQLite file, and keeps writers waiting."""

SHORT_WAIT_SECONDS = 0.05
"""The same for every attempt after it."""

RETRY_SECONDS = 1.0


class Eraser:
    """Erases what was deleted in one database, as soon as that can be done.

    Parameters
    ----------
    engine : Engine
        Of the database.
    busy_seconds : float
        How long its connections wait for others otherwise.
    """

    def __init__(self, engine: sa.Engine, busy_seconds: float) -> None:
        self._engine = engine
        self._busy_seconds = busy_seconds
        self._erasing = Lock()
        self._requested = False
        self._failed = 0.0  # when the last attempt failed, by the monotonic clock

    def request_erasure(self) -> None:
        """Note that something was deleted."""
        self._failed = 0.0
        self._requested = True

    def run_erasure(self) -> None:
        """Erase what was deleted, unless that failed a moment ago; called after every transaction."""
        if (
            not self._requested
            or time.monotonic() < self._failed + RETRY_SECONDS
            or not self._erasing.acquire(blocking=False)
        ):
            return
        try:
            wait = SHORT_WAIT_SECONDS if self._failed else WAIT_SECONDS
            self._requested = False  # beforehand: another transaction may delete more meanwhile
            if not self._erase(wait):
                self._failed = time.monotonic()
                self._requested = True
        finally:
            self._erasing.release()

    def _erase(self, wait_seconds: float) -> bool:
        """Try to erase; whether all of it is gone."""
        with contextlib.suppress(exc.SQLAlchemyError, sqlite3.Error):
            return self._cut(wait_seconds) if self._engine.dialect.name == "sqlite" else self._vacuum()
        return False

    def _cut(self, wait_seconds: float) -> bool:
        with contextlib.closing(self._engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={int(wait_seconds * 1000)}")
            try:
                busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            finally:
                cursor.execute(f"PRAGMA busy_timeout={int(self._busy_seconds * 1000)}")
        return bool(busy == 0)

    def _vacuum(self) -> bool:
        with self._engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.exec_driver_sql(f"VACUUM {lists.name}")
            kept = alone.exec_driver_sql(f"SELECT pg_stat_get_dead_tuples('{lists.name}'::regclass)").scalar_one()
        return bool(kept == 0)
