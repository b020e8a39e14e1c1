"""SQLAlchemy engines for SQLite, for us and for DBOS."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event

from app.store.url import DatabaseUrl

DBOS_BUSY_SECONDS = 30
SUBSECONDS_SINCE = (3, 42)
"""The SQLite that brought `unixepoch('subsec')`, which DBOS calls on Python 3.12 and newer."""

LEAST_FREE_BYTES = 8 * 2**20
"""Of a disk that has room for a list, its checkpoint and the write-ahead log."""


def sqlite_engine(url: DatabaseUrl, wait_seconds: float) -> sa.Engine:
    """An engine whose transactions begin as `BEGIN`, or with the option `writes` as `BEGIN IMMEDIATE`.

    The driver would begin one by itself, later than the first read, and then fail where another has written meanwhile.
    """
    engine = sa.create_engine(
        url.text,
        pool_size=4,
        max_overflow=8,
        pool_timeout=wait_seconds,
        hide_parameters=True,
        connect_args={"timeout": wait_seconds, "isolation_level": None},
    )
    event.listen(engine, "do_connect", _make_no_file)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def dbos_engine(url: DatabaseUrl, subseconds_since: tuple[int, ...] = SUBSECONDS_SINCE) -> sa.Engine | None:
    """An engine with all that DBOS's own sets on SQLite; None for PostgreSQL, where its own will do."""
    if not url.is_sqlite:
        return None
    engine = sa.create_engine(url.text, pool_size=8, max_overflow=12, hide_parameters=True)
    event.listen(engine, "do_connect", _make_no_file)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = "IMMEDIATE"
        connection.execute(f"PRAGMA busy_timeout={DBOS_BUSY_SECONDS * 1000}")
        connection.execute("PRAGMA foreign_keys=ON")
        if sqlite3.sqlite_version_info < subseconds_since:
            connection.create_function("unixepoch", 1, _unixepoch)

    return engine


def identity(url: DatabaseUrl) -> tuple[int, int] | None:
    """By which the file at this path differs from one that was there before; None where there is none."""
    try:
        found = Path(url.name).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _make_no_file(_: Any, __: Any, arguments: list[Any], options: dict[str, Any]) -> None:
    """Have the driver open the file only if it is there: one that it made would be open to everybody."""
    arguments[0] = f"file:{quote(arguments[0])}?mode=rw"
    options["uri"] = True


def _unixepoch(modifier: str) -> float:
    if modifier not in ("subsec", "subsecond"):
        raise ValueError(f"unixepoch({modifier!r}) is not known here")
    return round(time.time(), 3)


def shortage(url: DatabaseUrl) -> str | None:
    """That the disk of a file has no room for a list and a checkpoint, in words; None where it has."""
    try:
        disk = os.statvfs(Path(url.name).parent)
    except OSError:  # which the next transaction explains
        return None
    free = disk.f_bavail * disk.f_frsize
    if free >= LEAST_FREE_BYTES:
        return None
    return f"the disk of the database is full: {free // 2**20} MB are free, of the {LEAST_FREE_BYTES // 2**20} it needs"
