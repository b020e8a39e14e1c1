"""Connections and transactions, the same for SQLite and PostgreSQL."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from app.store import url as address
from app.store.erasure import Eraser
from app.store.errors import NotReady
from app.store.outages import explain
from app.store.postgresql import postgresql_engine
from app.store.sqlite import identity, sqlite_engine


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
        self._eraser = Eraser(self._engine, patience_seconds)
        self._file: tuple[int, int] | None = None  # to hold to

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that sees one state of the database from its first statement to its last."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._check_file()
        with self._translated(), self._engine.connect() as connection, connection.execution_options(**options).begin():
            yield connection
        self._eraser.settle()

    @contextlib.contextmanager
    def writing(self, *, erases: bool = False) -> Iterator[sa.Connection]:
        """A transaction that writes: the only one on SQLite, READ COMMITTED on PostgreSQL.

        `erases` tells that something private is deleted in it, of which no trace is to stay in the database.
        """
        self._check_file()
        try:
            with (
                self._translated(),
                self._engine.connect() as connection,
                connection.execution_options(writes=True).begin(),
            ):
                yield connection
        finally:
            if erases:  # even if it failed, since a commit may arrive of which the answer is lost
                self._eraser.owe()
        self._eraser.settle()

    def clock(self, connection: sa.Connection) -> float:
        """Seconds since the epoch by the clock of the database, on which workers of several machines agree."""
        now = "(julianday('now') - 2440587.5) * 86400.0" if self.is_sqlite else "extract(epoch from clock_timestamp())"
        return float(connection.exec_driver_sql(f"SELECT {now}").scalar_one())

    @contextlib.contextmanager
    def raw(self) -> Iterator[Any]:
        """A connection of the driver outside any transaction, for what cannot run inside one."""
        with self._translated(), contextlib.closing(self._engine.raw_connection()) as connection:
            yield connection.driver_connection

    def hold_to_file(self) -> None:
        """Work in the file of SQLite that is there now, and in no other that may come in its place."""
        self._file = identity(self.url)

    def let_go(self) -> None:
        """Work in whatever file there is."""
        self.close()
        self._file = None

    def erase(self) -> None:
        """Erase what was deleted, as a process may owe it that has crashed; now, or else after a later transaction."""
        self._eraser.owe()
        self._eraser.settle()

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

    def _check_file(self) -> None:
        """Work in no file that has lost its name, of which nothing would be left at the end."""
        if self._file is not None and identity(self.url) != self._file:
            raise NotReady("the file of the database was removed or replaced")
