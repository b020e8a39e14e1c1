"""A clock that is set while trainings run: that of the database, by which workers agree on who is lost.

On PostgreSQL it is the clock of the server, as libfaketime shows it to it; its monotonic clock goes on, as on a machine
whose clock is set. The services and workers cannot be run so: under libfaketime, `time.sleep` fails in Python 3.11. On
SQLite the clock is theirs; what a jump changes there is how long ago everything seems that the database remembers,
and that is what is changed.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from app.store.tables import workers
from tests.chaos.database_faults import draws
from tests.chaos.installation import Fault, Installation, NotHere
from tests.support.stores import opened

LIBRARIES = ("/usr/lib", "/usr/local/lib")
HOUR = 3600
JUMPS = (HOUR, -HOUR, 30 * 24 * HOUR, -30 * 24 * HOUR, 45, -45)  # seconds
CACHED_SECONDS = 1
"""How long libfaketime goes on with an offset before it reads the next one."""


def library() -> str | None:
    """Where libfaketime is; None where it is not installed."""
    found = [path for folder in LIBRARIES for path in Path(folder).rglob("faketime/libfaketimeMT.so.1")]
    return str(found[0]) if found else None


def jump(installation: Installation, rng: np.random.Generator) -> str:
    """The server's clock jumps somewhere, and back."""
    cluster, faketime = installation.cluster, library()
    if faketime is None:
        raise NotHere("'apt-get install faketime' adds libfaketime")
    assert cluster is not None
    seconds = JUMPS[rng.integers(len(JUMPS))]
    with tempfile.TemporaryDirectory() as folder, draws(installation):
        Path(folder).chmod(0o755)
        clock = Path(folder) / "clock"
        clock.write_text("+0\n", "ascii")
        cluster.stop()
        cluster.start(
            LD_PRELOAD=faketime,
            FAKETIME_TIMESTAMP_FILE=str(clock),
            FAKETIME_CACHE_DURATION=str(CACHED_SECONDS),
            DONT_FAKE_MONOTONIC="1",
        )
        for offset in (seconds, 0):
            clock.write_text(f"{offset:+d}\n", "ascii")
            time.sleep(CACHED_SECONDS + rng.uniform(2, 8))
        cluster.stop()
        cluster.start()
    return f"{seconds:+,} s and back"


def jump_since(installation: Installation, rng: np.random.Generator) -> str:
    """The heartbeats that the database remembers become as old as after a jump."""
    seconds = JUMPS[rng.integers(len(JUMPS))]
    with opened(installation.url) as store:
        for offset in (seconds, -seconds):
            with store.database.writing() as connection:
                connection.execute(sa.update(workers).values(seen=workers.c.seen - offset))
            time.sleep(rng.uniform(2, 8))
    return f"{seconds:+,} s and back"


ON_SQLITE: dict[str, Fault] = {"clock jumps": jump_since}
ON_POSTGRESQL: dict[str, Fault] = {"clock jumps": jump}
