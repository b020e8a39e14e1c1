"""Translates errors of database drivers into outages with a reason in one line, without password, host or path."""

from __future__ import annotations

import os
import sqlite3

from sqlalchemy import exc

from app.store.errors import NotReady, Outage, Unavailable
from app.store.url import DatabaseUrl

MAX_REPEATED_CHARACTERS = 300
"""Longest excerpt of a database's own message."""

LACKING = "the database lacks a table or column of namewright"

SQLITE = {
    "SQLITE_FULL": "the disk of the database is full",
    "SQLITE_BUSY": "the database is busy: another process has been writing for too long",
    "SQLITE_LOCKED": "the database is busy: another process has been writing for too long",
    "SQLITE_READONLY": "the database file cannot be written",
    "SQLITE_CANTOPEN": "the database file cannot be opened or made",
    "SQLITE_PERM": "the database file cannot be opened or made",
    "SQLITE_AUTH": "the database file cannot be opened or made",
    "SQLITE_IOERR": "the disk of the database fails",
    "SQLITE_CORRUPT": "the database file is damaged",
    "SQLITE_NOTADB": "the database file is not an SQLite database",
    "SQLITE_NOMEM": "the database has not enough memory",
    "SQLITE_PROTOCOL": "the database file cannot be locked",
    "SQLITE_NOLFS": "the database file is too large for its file system",
}
"""By the name of SQLite's primary error code (https://sqlite.org/rescode.html)."""

POSTGRESQL = {
    "53100": "the disk of the database is full",
    "53200": "the database has not enough memory",
    "53300": "the database has no connection left",
    "53": "the database lacks resources",
    "57P03": "the database is starting or stopping",
    "57P": "the database is being stopped",
    "57014": "the database took too long",
    "55P03": "the database is busy: another process has held a lock for too long",
    "40": "the database is busy: two transactions were in each other's way",
    "25006": "the database is read-only",
    "28": "the database does not accept the user or password",
    "3D000": "the database server has no database of that name",
    "42501": "the user of the database lacks a permission",
    "42P01": LACKING,
    "42703": LACKING,
    "3F000": "the database has no schema to make tables in",
    "58": "the disk of the database fails",
    "XX": "the database is damaged",
}
"""By SQLSTATE or its beginning, the longest that fits (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""

AT_CONNECTING = {
    "password": "28",
    "role": "28",
    "no pg_hba.conf entry": "28",
    "does not exist": "3D000",
    "too many": "53300",
    "connection slots": "53300",
    "starting up": "57P03",
    "shutting down": "57P03",
    "recovery": "57P03",
}
"""What a server says that accepts no connection, for which the driver has no SQLSTATE."""


def explain(error: Exception, url: DatabaseUrl) -> Outage | None:
    """Why the database cannot be used; None for an error with another cause, such as a violated constraint."""
    if isinstance(error, exc.TimeoutError):
        return Unavailable("the database is busy: every connection to it is in use")
    lost = False
    if isinstance(error, exc.DBAPIError):
        lost = error.connection_invalidated
        cause: BaseException | None = error.orig
    else:
        cause = error
    reason = None
    if isinstance(cause, sqlite3.Error):
        reason = _sqlite(cause)
    elif not url.is_sqlite:
        reason = _postgresql(cause, lost=lost)
    if reason is None:
        return None
    return (NotReady if reason == LACKING else Unavailable)(reason, _scrub(str(cause), url))


def explain_os(error: OSError) -> Unavailable:
    """Why the folder or file of a database cannot be made."""
    said = os.strerror(error.errno).lower() if error.errno else "the system refuses"
    return Unavailable(f"the database file cannot be made: {said}", str(error))


def _sqlite(error: sqlite3.Error) -> str | None:
    if isinstance(error, sqlite3.IntegrityError | sqlite3.DataError):
        return None
    if str(error).startswith(("no such table", "no such column")):
        return LACKING
    return SQLITE.get("_".join(getattr(error, "sqlite_errorname", "").split("_")[:2]))


def _postgresql(error: BaseException | None, *, lost: bool) -> str | None:
    import psycopg  # here, since a service with SQLite has no need of its 6 MB

    if not isinstance(error, psycopg.Error) or isinstance(error, psycopg.IntegrityError | psycopg.DataError):
        return None
    state = error.sqlstate or ""
    for length in (5, 3, 2):
        if len(state) >= length and (reason := POSTGRESQL.get(state[:length])):
            return reason
    for said, state in AT_CONNECTING.items():
        if said in str(error):
            return POSTGRESQL[state]
    if lost or isinstance(error, psycopg.OperationalError):
        return "the database server cannot be reached"
    return None


def _scrub(said: str, url: DatabaseUrl) -> str:
    """One line, of bounded length, without the password."""
    line = " ".join(said.split())
    if url.password:
        line = line.replace(url.password, "***")
    return line if len(line) <= MAX_REPEATED_CHARACTERS else line[: MAX_REPEATED_CHARACTERS - 3] + "..."
