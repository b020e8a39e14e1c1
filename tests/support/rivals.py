"""Processes that do the same thing to a store at the same instant."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from contextlib import closing
from multiprocessing.synchronize import Barrier
from typing import Any, TypeVar

from app.store.errors import KeyReused, QueueFull
from app.store.sync_store import Store
from tests.support.store_jobs import ELVES, HALFWAY, NAMES, REPORT, begin, submit

PATIENCE = 120
COUNT = 4

T = TypeVar("T")
_barrier: Barrier


class Rivals:
    """So many processes, started once for all tests."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool = context.Pool(COUNT, _meet_at, [context.Barrier(COUNT)])

    def compete(self, act: Callable[[str, int], T], url: str) -> list[T]:
        """Have each of them do it with the URL of a store and its own number; what each returned."""
        return self._pool.starmap_async(_start, [(act, url, number) for number in range(COUNT)], 1).get(PATIENCE)

    def end(self) -> None:
        """Let the processes go."""
        self._pool.close()
        self._pool.join()


def _meet_at(barrier: Barrier) -> None:
    global _barrier
    _barrier = barrier


def _start(act: Callable[[str, int], Any], url: str, number: int) -> Any:
    _barrier.wait(PATIENCE)
    return act(url, number)


def migrate(url: str, _: int) -> int:
    """Make the store ready and look into it."""
    with closing(Store(url)) as store:
        store.migrate()
        return store.versions.sequence()


def submit_one(url: str, _: int) -> tuple[str, bool]:
    """Submit with the key that all have."""
    with closing(Store(url)) as store:
        job, made = store.jobs.submit(ELVES, NAMES, REPORT, max_queued=1, key="k", fingerprint="same")
        return job.id, made


def submit_another(url: str, number: int) -> bool:
    """Submit with the key that all have, but a request of one's own; whether it was taken."""
    with closing(Store(url)) as store:
        try:
            store.jobs.submit(ELVES, NAMES, REPORT, max_queued=99, key="k", fingerprint=str(number))
        except KeyReused:
            return False
        return True


def fill_queue(url: str, _: int) -> int:
    """Submit until the queue of ten is full; how many were taken."""
    taken = 0
    with closing(Store(url)) as store:
        try:
            while True:
                store.jobs.submit(ELVES, NAMES, REPORT, max_queued=10)
                taken += 1
        except QueueFull:
            return taken


def publish_ten(url: str, number: int) -> list[int]:
    """Publish under the name that all have, into service every time, against whatever is in service just then."""
    published = []
    with closing(Store(url)) as store:
        for _ in range(10):
            claim = begin(store, submit(store))
            version = None
            while version is None:
                entry = store.versions.catalogue().models.get("elves")
                version = store.versions.publish(
                    claim, b"w", {}, promote=True, verdict=str(number), champion_seen=entry.champion if entry else None
                )
            published.append(version)
    return published


def change_catalogue(url: str, number: int) -> int:
    """Publish and promote under the names that all have, each process in another order; how many changes that made."""
    changes = 0
    with closing(Store(url)) as store:
        for turn in range(8):
            model = ("elves", "dwarves")[(number + turn) % 2]
            claim = begin(store, submit(store, model=model))
            version = store.versions.publish(claim, b"w", {}, promote=False, verdict="", champion_seen=None)
            assert version is not None
            changes += 1 + store.versions.promote(model, version) + store.versions.promote(model, 0)
            store.jobs.cancel(submit(store).id)
    return changes


def forget_silent(url: str, number: int) -> list[str]:
    """Forget the silent workers."""
    with closing(Store(url)) as store:
        return store.workers.forget_silent(f"worker {number}", silent_seconds=-1)


def work(url: str, number: int) -> int:
    """Do what workers and the service do, as fast as it goes; how often nothing was in the way."""
    done = 0
    with closing(Store(url)) as store:
        claim = begin(store, submit(store))
        for _ in range(40):
            store.runs.checkpoint(claim, bytes(300_000), **HALFWAY)
            store.jobs.get(claim.job.id)
            store.versions.catalogue()
            store.workers.beat(str(number), "here")
            done += 1
        store.runs.fail(claim, "done")
    return done


def begin_job(url: str, number: int) -> int:
    """Begin an attempt at the one job that there is, and write in its name if it is still the last; its number."""
    with closing(Store(url)) as store:
        (job,) = store.jobs.list(state=None, limit=1)
        return begin(store, job, f"w{number}").attempt
