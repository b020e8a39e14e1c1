"""Trainings in which something is killed.

Each starts the service with a worker beside it on a database of its own, asks for a training, kills -9 what it is to
kill while the training runs, and starts again what does not come back by itself. What comes out is to be compared
with what a training makes that nobody interrupts.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psycopg

from model.artifact.model_file import Artifact
from tests.support.processes import Process, children, is_alive, until
from tests.support.stores import Landing, TooLate, attempts_at, landed, stored
from tests.support.trainings import Job, admin, submit, training_service, until_ended, until_open, until_running

COUNTERS = Path("/proc")
"""Where Linux tells how much a process has written; elsewhere no write to a file can be caught."""

TRIES = 5
"""A kill that comes too late is none; so often is an earlier instant tried."""

ORPHAN_SECONDS = 120
"""How long the end of a worker whose service is gone is waited for."""

A_CHECKPOINT = 512 * 2**10
"""Bytes that a worker writes at one go only for a checkpoint."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a training in which something was killed."""

    victim: str
    landing: Landing
    attempts: int
    seconds: float
    artifact: Artifact

    def __str__(self) -> str:
        return (
            f"{self.victim:10} killed at step {self.landing.step}, the last checkpoint at {self.landing.checkpoint}; "
            f"{self.attempts} attempts, {self.seconds:.0f} s"
        )


def undisturbed(url: str, order: Job) -> tuple[Artifact, float]:
    """What a training makes that nobody interrupts, and the seconds from its first step to its end."""
    with training_service(url) as service, admin(service) as client:
        job = submit(client, order)["id"]
        until_running(client, job)
        began = time.monotonic()
        ended = until_ended(client, job)
        assert ended["state"] == "succeeded", ended
        return stored(url), time.monotonic() - began


def disturbed(
    new_url: Callable[[], str], order: Job, victim: str, expected: float, rng: np.random.Generator
) -> Outcome:
    """What comes of a training of so many seconds in which something is killed at any instant of them."""
    share = rng.uniform(0.05, 0.8)
    for _ in range(TRIES):
        try:
            return _disturbed(new_url(), order, victim, share * expected)
        except TooLate:
            share /= 2
    raise AssertionError(f"{TRIES} trainings were over before anything could be killed")


def _disturbed(url: str, order: Job, victim: str, after: float) -> Outcome:
    began = time.monotonic()
    with ExitStack() as stack:
        service = stack.enter_context(training_service(url))
        client = stack.enter_context(admin(service))
        job = submit(client, order)["id"]
        until_running(client, job)
        time.sleep(after)
        (worker,) = children(service.process.pid, "app.worker")
        kill(victim, service, worker, url)
        landing = landed(url, job)
        if victim in {"api", "both"}:
            until(lambda: not is_alive(worker), "the end of a worker whose service is gone", seconds=ORPHAN_SECONDS)
            service = stack.enter_context(training_service(url))
            client = stack.enter_context(admin(service))
            until_open(client)
        ended = until_ended(client, job)
        assert ended["state"] == "succeeded", ended
        assert ended["version"] == 1, ended
        attempts = attempts_at(url, job)
        assert attempts > 1, "the kill had no effect"
        return Outcome(victim, landing, attempts, time.monotonic() - began, stored(url))


def kill(victim: str, service: Process, worker: int, url: str) -> None:
    """Kill -9 what is to be killed; for a checkpoint, the worker while it writes one."""
    if victim == "checkpoint":
        (await_a_write_to_postgresql if url.startswith("postgres") else await_a_write_to_a_file)(worker, url)
    if victim != "api":
        os.kill(worker, signal.SIGKILL)
    if victim in {"api", "both"}:
        service.kill()


def await_a_write_to_a_file(worker: int, _url: str) -> None:
    """Return in the midst of the next checkpoint."""
    counter = COUNTERS / str(worker) / "io"

    def written() -> int:
        return int(counter.read_text("ascii").partition("wchar: ")[2].split()[0])

    before, since = written(), time.monotonic()
    deadline = since + 30
    while (now := written()) - before < A_CHECKPOINT:
        if time.monotonic() - since > 0.05:
            before, since = now, time.monotonic()
        if since > deadline:
            raise TooLate


def await_a_write_to_postgresql(_worker: int, url: str) -> None:
    """The same where the server tells what it is busy with."""
    busy = "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query ~ %s"
    deadline = time.monotonic() + 30
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(busy, ["(INSERT INTO|UPDATE) namewright_checkpoints"]).fetchone() is None:
            if time.monotonic() > deadline:
                raise TooLate
