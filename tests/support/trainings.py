"""Trainings over HTTP, for tests that start the service as a process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import numpy as np

from model.corpus.bundled import bundled_path
from tests.support.processes import WAIT_SECONDS, Process, started, until

TOKEN = "a-token-of-the-tests"  # noqa: S105
ENDED = {"succeeded", "failed", "cancelled"}

Job = dict[str, Any]


def some_names(count: int, seed: int = 0) -> list[str]:
    """Real names; the same ones for the same seed."""
    rows = [row for row in bundled_path("us").read_text("utf-8").splitlines() if not row.startswith("#")]
    return sorted(row.partition(",")[0] for row in np.random.default_rng(seed).choice(rows, count, replace=False))


def quick(model: str = "elves", **more: Any) -> Job:
    """An order that takes about a second."""
    return {"model": model, "names": some_names(120), "hidden": 32, "steps": 100, "seed": 1, "publish": "always"} | more


def lasting(seconds: float, model: str = "elves", **more: Any) -> Job:
    """An order whose training takes about so long on one core, with checkpoints of a megabyte."""
    size = {"hidden": 256, "batch": 64, "steps": round(seconds * STEPS_PER_SECOND), "learning_rate": 0.0005}
    return {"model": model, "names": some_names(4000), "seed": 1, "publish": "always"} | size | more


STEPS_PER_SECOND = 60
"""Of `lasting`, on an idle machine."""


@contextmanager
def training_service(database_url: str, *command: str, **settings: str) -> Iterator[Process]:
    """Run the service with an admin token and a worker."""
    environment = {
        "NAMEWRIGHT_DATABASE_URL": database_url,
        "NAMEWRIGHT_ADMIN_TOKEN": TOKEN,
        "NAMEWRIGHT_WORKER": "embedded",
        "COVERAGE_PROCESS_CONFIG": "",  # other tests cover these lines; to measure them here would double the time
    }
    environment |= {f"NAMEWRIGHT_{name.upper()}": value for name, value in settings.items()}
    with started(environment, *command) as service:
        yield service


def admin(service: Process) -> httpx.Client:
    """A client that sends the admin token."""
    return service.client(headers={"Authorization": f"Bearer {TOKEN}"})


def until_open(client: httpx.Client) -> None:
    """Wait until a service that has just started has opened its database."""
    until(lambda: client.get("/health/ready").json()["training"]["available"], "an open database")


def submit(client: httpx.Client, order: Job) -> Job:
    """Order a training once the service has opened its database; the accepted job."""
    until_open(client)
    answer = client.post("/train", json=order)
    assert answer.status_code == 202, answer.text
    job: Job = answer.json()
    return job


def find_job(client: httpx.Client, job: str) -> Job:
    """The current state of a job."""
    found: Job = client.get(f"/train/{job}").raise_for_status().json()
    return found


def until_ended(client: httpx.Client, job: str, seconds: float = 240) -> Job:
    """Wait until a job has ended, in whichever state."""

    def ended() -> Job | None:
        found = find_job(client, job)
        return found if found["state"] in ENDED else None

    return until(ended, f"the end of job {job}", seconds, pause=0.2)


def until_running(client: httpx.Client, job: str, step: int = 1, seconds: float = WAIT_SECONDS) -> Job:
    """Wait until a running job has reached a step."""

    def running() -> Job | None:
        found = find_job(client, job)
        assert found["state"] not in ENDED, found
        return found if found["state"] == "running" and found["progress"]["step"] >= step else None

    return until(running, f"step {step} of job {job}", seconds)
