"""Kills in the midst of a transaction: of publishing, and of what an admin does with models.

Other transactions are made to wait, so that the one in question is under way when they no longer have to. On PostgreSQL
it is certain to stand between its first write and its commit; on SQLite it is about to, and the first write to the
file's log is waited for.
"""

from __future__ import annotations

import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psycopg

from app.store.records import Entry
from tests.chaos.installation import TRAINING_SECONDS, Fault, Installation, order, try_request
from tests.chaos.sites import send
from tests.support.processes import until
from tests.support.stores import opened

MANAGED = "orcs"
"""The model that is promoted, withdrawn and deleted."""

BLOCKED = """
SELECT 1 FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND query LIKE '%namewright_catalogue%' AND datname = current_database()
"""

Change = tuple[str, str, Any, Entry | None]
"""A request by its method, path and body, and what the model is to be after it."""


def prepare(installation: Installation) -> None:
    """Have two versions of the model, one of which is in service."""
    (entry,) = installation.known.get(MANAGED, [None])
    while entry is None or len(entry.versions) < 2:
        installation.until_succeeded(installation.submit(order(20, MANAGED)))
        (entry,) = installation.known[MANAGED]
    if entry.champion is None:
        version = entry.versions[-1]
        answer = installation.sites[0].client.put(f"/models/{MANAGED}/alias/champion", json={"version": version})
        assert answer.status_code == 200, answer.text
        installation.known[MANAGED] = [Entry(version, entry.versions, is_withdrawn=False)]


def kill_in_publish(installation: Installation, rng: np.random.Generator) -> str:
    """The worker is killed while it publishes."""
    with opened(installation.url) as store:
        (job,) = store.runs.unfinished()

        def is_trained() -> bool:
            found = store.jobs.get(job)
            return found is not None and (found.state == "succeeded" or found.step == found.steps)

        if installation.kind == "sqlite":
            until(is_trained, "the last checkpoint", seconds=TRAINING_SECONDS, pause=0.02)
    workers = installation.busy_site().workers

    def kill() -> None:
        for worker in workers:
            send(worker, signal.SIGKILL)

    return _strike(installation, rng, lambda: None, kill, wait_seconds=rng.uniform(0.5, 4))


def kill_in_promotion(installation: Installation, rng: np.random.Generator) -> str:
    """The service is killed while an admin puts another version into service."""
    entry = _entry(installation)
    version = next(number for number in entry.versions if number != entry.champion)
    after = replace(entry, champion=version)
    return _kill_in(installation, rng, ("PUT", "/alias/champion", {"version": version}, after))


def kill_in_withdrawal(installation: Installation, rng: np.random.Generator) -> str:
    """The service is killed while an admin takes the model out of service."""
    after = replace(_entry(installation), champion=None, is_withdrawn=True)
    return _kill_in(installation, rng, ("DELETE", "/alias/champion", None, after))


def kill_in_deletion_of_a_version(installation: Installation, rng: np.random.Generator) -> str:
    """The service is killed while an admin deletes a version."""
    entry = _entry(installation)
    version = next(number for number in entry.versions if number != entry.champion)
    after = replace(entry, versions=tuple(number for number in entry.versions if number != version))
    return _kill_in(installation, rng, ("DELETE", f"/versions/{version}", None, after))


def kill_in_deletion(installation: Installation, rng: np.random.Generator) -> str:
    """The service is killed while an admin deletes the model."""
    return _kill_in(installation, rng, ("DELETE", "", None, None))


def _entry(installation: Installation) -> Entry:
    (entry,) = installation.known[MANAGED]
    assert entry is not None
    return entry


def _kill_in(installation: Installation, rng: np.random.Generator, change: Change) -> str:
    """Kill the service that makes a change; what was promised is known by whether it has answered."""
    method, path, body, after = change
    site = installation.sites[rng.integers(len(installation.sites))]
    site.until_ready()
    before = _entry(installation)
    until(lambda: site.client.get(f"/models/{MANAGED}").status_code == 200, "the model")
    workers = site.workers
    answers: list[httpx.Response | None] = []
    asking = threading.Thread(
        target=lambda: answers.append(try_request(site, method, f"/models/{MANAGED}{path}", json=body))
    )
    done = _strike(installation, rng, asking.start, site.process.process.kill, wait_seconds=rng.uniform(0.2, 1))
    asking.join()
    site.kill(workers)
    (answer,) = answers
    promised = answer is not None and answer.is_success
    installation.known[MANAGED] = [after] if promised else [before, after]
    site.start()
    return f"{done}; {'answered' if promised else 'no answer'}"


def _strike(
    installation: Installation,
    rng: np.random.Generator,
    begin: Callable[[], None],
    kill: Callable[[], object],
    *,
    wait_seconds: float,
) -> str:
    """Begin a transaction, and kill in the midst of it or as soon as it can end."""
    if installation.kind == "sqlite":
        with _file_locked(installation.url):
            begin()
            time.sleep(wait_seconds)
        _await_write(Path(installation.url.removeprefix("sqlite:///") + "-wal"))
        time.sleep(rng.uniform(0, 0.01))
        kill()
        return "at its first write"
    is_early = rng.random() < 0.5
    with psycopg.connect(installation.url) as holding, psycopg.connect(installation.url, autocommit=True) as looking:
        holding.execute("SELECT sequence FROM namewright_catalogue FOR UPDATE")
        begin()
        until(lambda: looking.execute(BLOCKED).fetchone(), "a transaction that waits", TRAINING_SECONDS, pause=0.01)
        if is_early:
            kill()
        else:
            holding.rollback()
            time.sleep(rng.uniform(0, 0.02))
            kill()
    return "before its commit" if is_early else "about its commit"


@contextmanager
def _file_locked(url: str) -> Iterator[None]:
    database = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=60, isolation_level=None)
    try:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")
    finally:
        database.close()


def _await_write(path: Path) -> None:
    """Return at the next write to a file, or after a while without one."""
    deadline = time.monotonic() + 3
    before = _modified(path)
    while _modified(path) == before and time.monotonic() < deadline:
        pass


def _modified(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_mtime_ns
    return 0


FAULTS: dict[str, Fault] = {
    "killed in publish": kill_in_publish,
    "killed in promotion": kill_in_promotion,
    "killed in withdrawal": kill_in_withdrawal,
    "killed in deletion of a version": kill_in_deletion_of_a_version,
    "killed in deletion": kill_in_deletion,
}
