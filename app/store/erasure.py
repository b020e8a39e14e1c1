"""Erasing what was deleted, which a database keeps in its files for a while.

SQLite copies zeros over it, but into the write-ahead log first: the log has to be copied into the file and cut to
nothing. PostgreSQL leaves deleted rows where they are, and even `VACUUM` only marks their bytes as free: the table has
to be written anew. Neither works while a transaction reads the state before, so an erasure is tried again until it has
worked.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Collection
from threading import Lock

import sqlalchemy as sa
from sqlalchemy import exc

from app.store.tables import checkpoints, lists, versions

WAIT_SECONDS = 0.5
"""Longest that the first attempt waits for readers of an SQLite file, and keeps writers waiting."""

SHORT_WAIT_SECONDS = 0.05
"""The same for every attempt after it."""

RETRY_SECONDS = 1.0

PRIVATE = (lists, checkpoints, versions)
"""Tables with names, or with weights that were made from names."""

MAX_REWRITTEN_BYTES = 128 * 2**20
"""A PostgreSQL table that is larger is not written anew, which would keep others from it for more than seconds."""


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
        self._requested: frozenset[sa.Table] = frozenset()
        self._noting = Lock()
        self._failed = 0.0  # when the last attempt failed, by the monotonic clock

    def request_erasure(self, tables: Collection[sa.Table]) -> None:
        """Note that something was deleted from these tables."""
        with self._noting:
            self._requested |= frozenset(tables)
        self._failed = 0.0

    def request_leftovers(self) -> None:
        """Note what a process may have deleted that has crashed since; PostgreSQL counts the rows."""
        tables: Collection[sa.Table] = PRIVATE
        if self._engine.dialect.name != "sqlite":
            with self._engine.connect() as connection:
                tables = {table for table in PRIVATE if table is not versions or _deleted_rows(connection, table)}
        self.request_erasure(tables)

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
            with self._noting:  # beforehand: another transaction may delete more meanwhile
                tables, self._requested = self._requested, frozenset()
            if not self._erase(tables, wait):
                self.request_erasure(tables)
                self._failed = time.monotonic()
        finally:
            self._erasing.release()

    def _erase(self, tables: Collection[sa.Table], wait_seconds: float) -> bool:
        """Try to erase; whether all of it is gone."""
        with contextlib.suppress(exc.SQLAlchemyError, sqlite3.Error):
            return self._cut(wait_seconds) if self._engine.dialect.name == "sqlite" else self._rewrite(tables)
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

    def _rewrite(self, tables: Collection[sa.Table]) -> bool:
        with self._engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            written = [_write_anew(alone, table) for table in tables]
        return all(written)


def _write_anew(connection: sa.Connection, table: sa.Table) -> bool:
    """Copy what a PostgreSQL table holds into new files, and drop the old ones; False where it is in use.

    `VACUUM FULL` would copy deleted rows that a transaction still sees, so they are to be gone before.
    """
    connection.exec_driver_sql(f"VACUUM {table.name}")
    if _deleted_rows(connection, table):
        return False
    if _figure(connection, "pg_total_relation_size", table) > MAX_REWRITTEN_BYTES:
        return True
    before = _figure(connection, "pg_relation_filenode", table)
    connection.exec_driver_sql(f"VACUUM (FULL, SKIP_LOCKED) {table.name}")
    return _figure(connection, "pg_relation_filenode", table) != before


def _deleted_rows(connection: sa.Connection, table: sa.Table) -> int:
    """How many deleted rows a PostgreSQL table holds, as far as it has counted them."""
    return _figure(connection, "pg_stat_get_dead_tuples", table)


def _figure(connection: sa.Connection, function: str, table: sa.Table) -> int:
    return int(connection.exec_driver_sql(f"SELECT {function}('{table.name}'::regclass)").scalar_one())
