"""Connections and transactions, the same for SQLite and PostgreSQL."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from app.store import address
from app.store.errors import Unavailable
from app.store.postgresql import postgresql_engine
from app.store.reasons import explain
from app.store.sqlite import sqlite_engine

ERASE_MILLISECONDS = 500
"""Longest that erasing what was deleted waits for readers of an SQLite file."""


class Database:
    """Transactions on one database; connects when the first is begun.

    Parameters
    ----------
    url : str or URL
        `sqlite:///path` or `postgresql://...`, as `app.store.address.parse` reads it.
    patience_seconds : float
        How long to wait for another writer, or for a free connection.
    """

    def __init__(self, url: str | sa.URL, patience_seconds: float = 5) -> None:
        self.url = address.parse(url) if isinstance(url, str) else url
        self.patience_seconds = patience_seconds
        self.is_sqlite = address.is_sqlite(self.url)
        self._engine = (sqlite_engine if self.is_sqlite else postgresql_engine)(self.url, patience_seconds)

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that sees one state of the database from its first statement to its last."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._translated(), self._engine.connect() as connection, connection.execution_options(**options).begin():
            yield connection

    @contextlib.contextmanager
    def writing(self, *, erases: bool = False) -> Iterator[sa.Connection]:
        """A transaction that writes: the only one on SQLite, READ COMMITTED on PostgreSQL.

        `erases` tells that something private is deleted in it, of which no trace is to stay in the file.
        """
        with (
            self._translated(),
            self._engine.connect() as connection,
            connection.execution_options(writes=True).begin(),
        ):
            yield connection
        if erases and self.is_sqlite:
            self._erase()

    def clock(self, connection: sa.Connection) -> float:
        """Seconds since the epoch by the clock of the database, on which workers of several machines agree."""
        now = "(julianday('now') - 2440587.5) * 86400.0" if self.is_sqlite else "extract(epoch from clock_timestamp())"
        return float(connection.exec_driver_sql(f"SELECT {now}").scalar_one())

    @contextlib.contextmanager
    def raw(self) -> Iterator[Any]:
        """A connection of the driver outside any transaction, for what cannot run inside one."""
        with self._translated(), contextlib.closing(self._engine.raw_connection()) as connection:
            yield connection.driver_connection

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._engine.dispose()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (exc.SQLAlchemyError, sqlite3.Error) as error:
            unavailable = explain(error, self.url)
            if unavailable is None:
                raise
            raise unavailable from error

    def _erase(self) -> None:
        """Copy the write-ahead log into the file, where deleted pages are zeroed, and cut the log to nothing.

        As well as it goes: whoever is reading just now keeps the log, and the next time does it.
        """
        with contextlib.suppress(Unavailable), self.raw() as connection:
            connection.execute(f"PRAGMA busy_timeout={ERASE_MILLISECONDS}")
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                connection.execute(f"PRAGMA busy_timeout={int(self.patience_seconds * 1000)}")
