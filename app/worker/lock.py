"""A lock that one process holds at a time; the system releases it when the process ends."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from pathlib import Path

from app.store.url import DatabaseUrl

POSTGRESQL_PORT = 5432


def lock_path(url: DatabaseUrl, worker: str) -> Path:
    """Where the lock of a worker on a database is: beside the SQLite file, else in the folder for temporary files.

    The same for every spelling of one database: user, password and options do not count.
    """
    if url.is_sqlite:
        database = Path(url.name).resolve()
        return database.with_name(f"{database.name}.{_digest(worker)}.lock")
    place = _digest(url.server, str(url.port or POSTGRESQL_PORT), f"/{url.name}", worker)
    return Path(tempfile.gettempdir()) / f"namewright-{os.getuid()}-{place}.lock"


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


def holds(descriptor: int, path: Path) -> bool:
    """Whether a descriptor still holds the lock that others would take: False where the file was removed."""
    try:
        held, there = os.fstat(descriptor), path.stat()
    except OSError:
        return False
    return (held.st_dev, held.st_ino) == (there.st_dev, there.st_ino)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
