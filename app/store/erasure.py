"""Erasing what was deleted, which a database keeps in its files until something makes it let go.

SQLite copies zeros over it, but into the write-ahead log first: the log has to be copied into the file and cut to
nothing. PostgreSQL leaves deleted rows where they are: the table has to be vacuumed. Neither works while somebody
reads what was there before, so an erasure is owed until it has worked.
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
    """Erases what was deleted in one database, again and again until that has worked.

    Parameters
    ----------
    engine : Engine
        Of the database.
    patience_seconds : float
        How long its connections wait for others otherwise.
    """

    def __init__(self, engine: sa.Engine, patience_seconds: float) -> None:
        self._engine = engine
        self._patience_seconds = patience_seconds
        self._turn = Lock()
        self._owed = False
        self._tried = 0.0  # by the monotonic clock, when that was to no avail

    def owe(self) -> None:
        """Have something to erase."""
        self._tried = 0.0
        self._owed = True

    def settle(self) -> None:
        """Erase what is owed, unless that failed a moment ago; called after every transaction."""
        if not self._owed or time.monotonic() < self._tried + RETRY_SECONDS or not self._turn.acquire(blocking=False):
            return
        try:
            wait = SHORT_WAIT_SECONDS if self._tried else WAIT_SECONDS
            self._owed = False  # beforehand: what another transaction deletes from now on is owed anew
            if not self._erase(wait):
                self._tried = time.monotonic()
                self._owed = True
        finally:
            self._turn.release()

    def _erase(self, wait_seconds: float) -> bool:
        """Try to erase, and tell whether all of it is gone."""
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
                cursor.execute(f"PRAGMA busy_timeout={int(self._patience_seconds * 1000)}")
        return bool(busy == 0)

    def _vacuum(self) -> bool:
        with self._engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.exec_driver_sql(f"VACUUM {lists.name}")
            kept = alone.exec_driver_sql(f"SELECT pg_stat_get_dead_tuples('{lists.name}'::regclass)").scalar_one()
        return bool(kept == 0)
