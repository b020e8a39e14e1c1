"""Which databases there are, and how each is spoken to."""

from __future__ import annotations

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

SQLITE = ("sqlite", "sqlite+pysqlite")
POSTGRESQL = ("postgres", "postgresql", "postgresql+psycopg")
FORMS = "sqlite:///path or postgresql://user:password@host/name"


def parse(url: str) -> URL:
    """Read a database URL, as hosts and operators write it.

    Raises
    ------
    ValueError
        What is wrong with it, in one line that repeats nothing of it but the scheme.
    """
    scheme, found, _ = url.partition("://")
    if not found or scheme not in SQLITE + POSTGRESQL:
        shown = f"{scheme}:// is not supported" if found and scheme.replace("+", "").isalnum() else "it is not a URL"
        raise ValueError(f"{shown} as the URL of a database; write {FORMS}")
    try:
        read = make_url(url)
    except (ArgumentError, ValueError):
        raise ValueError(f"the URL of the database cannot be read; write {FORMS}") from None
    if scheme in SQLITE:
        return _sqlite(read)
    if "@" in (read.host or ""):
        raise ValueError("the password in the URL of the database has an @ in it; write %40 instead")
    return read.set(drivername="postgresql+psycopg")


def is_sqlite(url: URL) -> bool:
    """Whether it is a file on this machine."""
    return url.get_backend_name() == "sqlite"


def _sqlite(url: URL) -> URL:
    if url.host:
        raise ValueError("the URL of an SQLite database has three slashes, or four before a path from the root")
    if not url.database or url.database.startswith((":memory:", "file:")):
        raise ValueError("an SQLite database must be a file that every process can open; write sqlite:///path")
    return url.set(drivername="sqlite")
