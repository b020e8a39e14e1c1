"""Bringing the schema up to date, by Alembic. Safe to run concurrently."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.store.database import Database
from app.store.errors import Unavailable
from app.store.outages import explain_os
from app.store.tables import PREFIX, VERSION_TABLE, metadata

SCRIPTS = Path(__file__).parent / "migrations"
ADVISORY_LOCK = 0x6E616D65_77726967
"""What one migration at a time holds on PostgreSQL: the letters `namewrig`."""

WAIT_SECONDS = 60
"""How long a migration waits for that of another process."""

ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps the connection that it works on in a global, which two threads would mix up."""


def _ours(_: Any, name: str | None, kind: str, *__: Any) -> bool:
    return kind != "table" or (name or "").startswith(PREFIX)


OPTIONS: dict[str, Any] = {
    "target_metadata": metadata,
    "version_table": VERSION_TABLE,
    "include_object": _ours,
    "transactional_ddl": True,
}
"""Alembic works on our tables only."""


def migrate(database: Database) -> None:
    """Bring the schema to its newest revision; make the file of SQLite and its folder, for their owner only."""
    if database.is_sqlite:
        _prepare_file(database)
    if not _is_current(database):
        _upgrade(database)
    database.erase()


def _upgrade(database: Database) -> None:
    with ONE_AT_A_TIME, closing(Database(database.url, WAIT_SECONDS)) as waiting, waiting.writing() as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
        command.upgrade(config, "head")


def revision(database: Database) -> str | None:
    """The revision of the schema, None where there are no tables of ours.

    Raises
    ------
    Unavailable
        A newer namewright made it, or the database cannot be read.
    """
    with database.reading() as connection:
        found = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()
    if found is not None and found not in {script.revision for script in _scripts().walk_revisions()}:
        raise Unavailable("the database was made by a newer namewright; use that one, or another database")
    return found


def _is_current(database: Database) -> bool:
    """Whether there is nothing to do; raises Unavailable where a newer namewright made the schema."""
    return revision(database) == _scripts().get_current_head()


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(SCRIPTS))


def _prepare_file(database: Database) -> None:
    """Make the file with its folder, with a write-ahead log, so that readers do not wait for a writer."""
    database.release_file()
    path = Path(database.url.name)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise explain_os(error) from error
    with database.raw() as connection:
        _use_write_ahead_log(connection, time.monotonic() + database.wait_seconds)
    database.hold_to_file()


def _use_write_ahead_log(connection: sqlite3.Connection, give_up: float) -> None:
    """Have the file keep a write-ahead log; this change does not wait by itself for others who are making it."""
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.02)
