"""Databases that are away, slow, locked or full, while names are to be drawn all the same."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import numpy as np

from tests.chaos.installation import Fault, Installation, NotHere
from tests.support.outages import Sampler
from tests.support.postgresql import Cluster
from tests.support.processes import until

FULL_SECONDS = 6


def restart_fast(installation: Installation, _: np.random.Generator) -> str:
    """A restart, as for a new configuration."""
    return _away(installation, "fast", 0)


def restart_immediate(installation: Installation, _: np.random.Generator) -> str:
    """A crash, and the recovery from it."""
    return _away(installation, "immediate", 0)


def outage(installation: Installation, rng: np.random.Generator) -> str:
    """No server for a while."""
    return _away(installation, "fast", rng.uniform(5, 20))


def pause(installation: Installation, rng: np.random.Generator) -> str:
    """A server that accepts connections, and answers nothing for a while."""
    cluster, seconds = _cluster(installation), rng.uniform(2, 20)
    with draws(installation):
        cluster.pause()
        try:
            time.sleep(seconds)
        finally:
            cluster.resume()
    return f"{seconds:.0f} s"


def lock(installation: Installation, rng: np.random.Generator) -> str:
    """Another program that writes to the file of SQLite, and does not end."""
    seconds = rng.uniform(3, 40)  # a transaction of the service waits 5, one of a worker 30
    path = installation.url.removeprefix("sqlite:///")
    with draws(installation), closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        other.execute("ROLLBACK")
    return f"{seconds:.0f} s"


def fill_disk(installation: Installation, _: np.random.Generator) -> str:
    """No room left on the disk of the database, for a while."""
    folder = installation.files
    if not any(os.path.ismount(parent) and str(parent) != "/" for parent in (folder, *folder.parents)):
        raise NotHere("mounting a small disk takes root, and a container that allows it")
    filling = folder / "filling"
    with draws(installation):
        fill(filling)
        time.sleep(FULL_SECONDS)
        filling.unlink()
    cluster = installation.cluster
    if cluster is not None:
        with suppress(AssertionError):  # it may have recovered by itself
            until(lambda: not cluster.is_running, "the end of a server that found no room", seconds=2)
        if not cluster.is_running:
            cluster.stop()
            cluster.start()
            return f"{FULL_SECONDS} s; the server had ended, and was started again"
    return f"{FULL_SECONDS} s"


def fill(path: Path) -> None:
    """Write until the disk is full."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1 << 20))
    with path.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(512))


@contextmanager
def draws(installation: Installation) -> Iterator[None]:
    """Draw names all the time from every site; each request is answered."""
    with Sampler(installation.sites[0].process) as one, Sampler(installation.sites[-1].process) as other:
        yield
    assert one.failures == other.failures == [], (one.failures[:3], other.failures[:3])
    assert one.answers
    assert other.answers


def _away(installation: Installation, how: str, seconds: float) -> str:
    cluster = _cluster(installation)
    with draws(installation):
        cluster.stop(how)
        time.sleep(seconds)
        cluster.start()
    return f"{seconds:.0f} s" if seconds else ""


def _cluster(installation: Installation) -> Cluster:
    assert installation.cluster is not None
    return installation.cluster


ON_SQLITE: dict[str, Fault] = {"file locked": lock, "disk full": fill_disk}
ON_POSTGRESQL: dict[str, Fault] = {
    "server restarted": restart_fast,
    "server crashed": restart_immediate,
    "server away": outage,
    "server paused": pause,
    "disk full": fill_disk,
}
