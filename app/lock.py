"""A lock that one process holds at a time, for as long as it lives: the system lets go of it when the process ends."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import tempfile
from pathlib import Path

SQLITE = re.compile(r"sqlite(\+pysqlite)?:///")


def lock_path(database_url: str, worker: str) -> Path:
    """Where the lock of a worker on a database is: beside the SQLite file, else in the folder for temporary files."""
    if found := SQLITE.match(database_url):
        database = Path(database_url[found.end() :])
        return database.with_name(f"{database.name}.{_digest(worker)}.lock")
    return Path(tempfile.gettempdir()) / f"namewright-{os.getuid()}-{_digest(database_url, worker)}.lock"


def take(path: Path) -> int | None:
    """Take the lock: the descriptor that holds it, or None where another process does.

    A child that inherits the descriptor holds the lock as well, until the last of both has closed it or ended.

    Raises
    ------
    OSError
        The file cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
