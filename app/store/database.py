"""Connections and transactions, the same for SQLite and PostgreSQL."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from app.store.erasure import Eraser
from app.store.errors import NotReady
from app.store.outages import explain
from app.store.sqlite import identity, shortage, sqlite_engine
from app.store.url import DatabaseUrl


class Database:
    """Transactions on one database; connects when the first begins.

    Parameters
    ----------
    url : str or DatabaseUrl
        `sqlite:///path` or `postgresql://...`.
    wait_seconds : float
        How long to wait for another writer, or for a free connection.
    """

    def __init__(self, url: str | DatabaseUrl, wait_seconds: float = 5) -> None:
        self.url = DatabaseUrl.parse(url) if isinstance(url, str) else url
        self.wait_seconds = wait_seconds
        self.is_sqlite = self.url.is_sqlite
        self._engine = _make_engine(self.url, wait_seconds)
        self._eraser = Eraser(self._engine, wait_seconds)
        self._file: tuple[int, int] | None = None  # see hold_to_file

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that sees one state of the database from its first statement to its last."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._check_file()
        with self._translated(), self._engine.connect() as connection, connection.execution_options(**options).begin():
            yield connection
        self._eraser.run_erasure()

    @contextlib.contextmanager
    def writing(self, *, erases: Collection[sa.Table] = ()) -> Iterator[sa.Connection]:
        """A transaction that writes: the only one on SQLite, READ COMMITTED on PostgreSQL.

        From the tables in `erases`, it deletes something private, of which no trace is to stay in the database.
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
            if erases:  # even after a failure: the commit may have arrived, and only its answer been lost
                self._eraser.request_erasure(erases)
        self._eraser.run_erasure()

    def clock(self, connection: sa.Connection) -> float:
        """Seconds since the epoch by the clock of the database, on which workers of several machines agree."""
        now = "(julianday('now') - 2440587.5) * 86400.0" if self.is_sqlite else "extract(epoch from clock_timestamp())"
        return float(connection.exec_driver_sql(f"SELECT {now}").scalar_one())

    @contextlib.contextmanager
    def raw(self) -> Iterator[Any]:
        """A connection of the driver outside any transaction, for what cannot run inside one."""
        with self._translated(), contextlib.closing(self._engine.raw_connection()) as connection:
            yield connection.driver_connection

    def shortage(self) -> str | None:
        """Why the database cannot take much more, in one line for anyone; None where it can, or is on a server."""
        return shortage(self.url) if self.is_sqlite else None

    def hold_to_file(self) -> None:
        """Work only in the SQLite file that is there now, and in none that replaces it."""
        self._file = identity(self.url)

    def release_file(self) -> None:
        """Work in any file that is there."""
        self.close()
        self._file = None

    def erase(self) -> None:
        """Erase what a process deleted that has crashed since: now, or else after a later transaction."""
        with self._translated():
            self._eraser.request_leftovers()
        self._eraser.run_erasure()

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
        """Refuse to work in a file that was removed: its content would be lost."""
        if self._file is not None and identity(self.url) != self._file:
            raise NotReady("the file of the database was removed or replaced")


def _make_engine(url: DatabaseUrl, wait_seconds: float) -> sa.Engine:
    if url.is_sqlite:
        return sqlite_engine(url, wait_seconds)
    from app.store.postgresql import postgresql_engine  # here, since its driver takes 6 MB

    return postgresql_engine(url, wait_seconds)
