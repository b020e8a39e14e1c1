"""Backups: one file that holds all of a database, made while the database is in use.

On SQLite it is a database of its own, made by `VACUUM INTO`, which reads one state of the source, keeps no writer
waiting and leaves out what was deleted. On PostgreSQL it is an archive of `pg_dump`, with the schema of DBOS in it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from app.store.database import Database
from app.store.errors import Outage
from app.store.migration import revision
from app.store.tables import VERSION_TABLE
from app.store.url import DatabaseUrl

SQLITE_START = b"SQLite format 3\0"
POSTGRESQL_START = b"PGDMP"

WAIT_SECONDS = 60
"""How long a lock is waited for."""

EVERYTHING_OR_NOTHING = ("--exit-on-error", "--single-transaction")
FOR_ANY_USER = ("--no-owner", "--no-privileges", "--no-password")
"""The user of the database that is restored need not have the name of the one before."""

USED = f"""
SELECT 1 FROM pg_class WHERE relname = '{VERSION_TABLE}' UNION SELECT 1 FROM pg_namespace WHERE nspname = 'dbos'
"""  # noqa: S608


class BackupError(Exception):
    """A backup cannot be made or restored; the message says what to do, and repeats no password."""


def backup(url: DatabaseUrl, path: Path) -> None:
    """Write all of a database to a new file, which its owner alone may read.

    Raises
    ------
    BackupError
        The file is there already or cannot be written, there is nothing to back up, or `pg_dump` fails.
    """
    if path.exists():
        raise BackupError(f"{path} is there already; give the backup another name")
    if url.is_sqlite and not Path(url.name).exists():
        raise BackupError(f"there is no database {url.name}; NAMEWRIGHT_DATABASE_URL says where it is")
    _known_revision(url)
    with _written_whole(path) as scratch:
        if url.is_sqlite:
            _copy(Path(url.name), scratch)
        else:
            _run("pg_dump", url, "--format=custom", f"--lock-wait-timeout={WAIT_SECONDS}s", f"--file={scratch}")


def restore(path: Path, url: DatabaseUrl) -> None:
    """Make a database of a backup, where there is none yet: all of it or nothing.

    Raises
    ------
    BackupError
        The file is no backup, one of the other kind of database, damaged, or one of a newer namewright; there is a
        database already; or `pg_restore` fails.
    """
    start = _first_bytes(path)
    if not start.startswith(SQLITE_START if url.is_sqlite else POSTGRESQL_START):
        kinds = {
            SQLITE_START: "of an SQLite database, not of PostgreSQL",
            POSTGRESQL_START: "of PostgreSQL, not SQLite",
        }
        kind = next((said for begins, said in kinds.items() if start.startswith(begins)), "no backup")
        raise BackupError(f"{path} is {kind}; NAMEWRIGHT_DATABASE_URL says which database is to be made of it")
    if url.is_sqlite:
        _restore_file(path, Path(url.name))
    else:
        _restore_archive(path, url)


def _restore_file(path: Path, target: Path) -> None:
    if there := [str(one) for end in ("", "-wal", "-shm") if (one := target.with_name(target.name + end)).exists()]:
        raise BackupError(f"{', '.join(there)}: stop every process of namewright, and move that away first")
    with _reported(target.parent):
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _written_whole(target) as scratch:
        _copy(path, scratch)
        _known_revision(DatabaseUrl(f"sqlite:///{quote(str(scratch))}", True, str(scratch)))


def _restore_archive(path: Path, url: DatabaseUrl) -> None:
    with _reported("the database"), closing(Database(url)) as database, database.reading() as connection:
        if connection.exec_driver_sql(USED).first():
            raise BackupError("the database has tables of namewright already; restore into an empty one")
    if VERSION_TABLE not in _run("pg_restore", None, "--list", str(path)):
        raise BackupError(f"{path} holds no database of namewright")
    _run("pg_restore", url, *EVERYTHING_OR_NOTHING, str(path))
    _known_revision(url)


def _copy(source: Path, scratch: Path) -> None:
    """Copy a database file, which is checked before, as it is at one moment."""
    uri = f"file:{quote(str(source))}?mode=rw"  # a log that a crash has left is read by those only who may write
    with (
        _reported(source),
        closing(sqlite3.connect(uri, uri=True, timeout=WAIT_SECONDS, isolation_level=None)) as connection,
    ):
        if (found := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise BackupError(f"{source} is damaged: {' '.join(found.split())}")
        connection.execute("VACUUM INTO ?", [str(scratch)])


def _run(program: str, url: DatabaseUrl | None, *arguments: str) -> str:
    """Run a program of PostgreSQL, the password in its environment, where other users cannot see it; its output."""
    found = shutil.which(program)
    if found is None:
        raise BackupError(
            f"there is no {program} here; it comes with PostgreSQL's client ('apt install postgresql-client')"
        )
    environment = dict(os.environ)
    if url is not None:
        from psycopg.conninfo import conninfo_to_dict, make_conninfo

        parts = conninfo_to_dict(url.text.replace("postgresql+psycopg://", "postgresql://", 1))
        if password := parts.pop("password", None):
            environment["PGPASSWORD"] = str(password)
        arguments = (*FOR_ANY_USER, f"--dbname={make_conninfo('', **parts)}", *arguments)
    done = subprocess.run([found, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{program} failed: {' '.join(done.stderr.split()) or done.returncode}")
    return done.stdout


def _known_revision(url: DatabaseUrl) -> None:
    """Refuse a database that is not namewright's, or of a newer one."""
    with _reported("the database"), closing(Database(url, WAIT_SECONDS)) as database:
        if revision(database) is None:
            raise BackupError("it holds no tables of namewright")


def _first_bytes(path: Path) -> bytes:
    with _reported(path), path.open("rb") as file:
        return file.read(len(SQLITE_START))


@contextmanager
def _written_whole(path: Path) -> Iterator[Path]:
    """A scratch file for its owner only, which takes the place of `path` once it has been written."""
    with _reported(path.parent):
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(descriptor)
        scratch = Path(name)
    try:
        yield scratch
        with _reported(path):
            _sync(scratch)
            scratch.rename(path)
            _sync(path.parent)
    finally:
        scratch.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _reported(what: object) -> Iterator[None]:
    """What the system or a database refuses, in one line."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"{what}: {(isinstance(error, OSError) and error.strerror) or error}") from error
    except Outage as outage:
        raise BackupError(str(outage)) from outage
