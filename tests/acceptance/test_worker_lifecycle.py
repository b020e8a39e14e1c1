"""The worker beside a service: it ends with it, is started again, and leaves a job that is cancelled."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.kills import ORPHAN_SECONDS
from tests.support.processes import Process, children, is_alive, until
from tests.support.trainings import (
    admin,
    find_job,
    lasting,
    quick,
    submit,
    training_service,
    until_ended,
    until_open,
    until_running,
)

pytestmark = pytest.mark.slow


def test_a_worker_does_not_outlive_a_service_that_is_killed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/namewright.db"
    with training_service(url) as service, admin(service) as client:
        job = submit(client, lasting(2))["id"]
        until_running(client, job)
        (orphan,) = children(service.process.pid, "app.worker")
        service.kill()
    with training_service(url) as service, admin(service) as client:
        until(lambda: not is_alive(orphan), "the end of the orphan", seconds=ORPHAN_SECONDS)
        until_open(client)
        assert until_ended(client, job)["state"] == "succeeded"
        (worker,) = children(service.process.pid, "app.worker")
        assert worker != orphan


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A service that no test kills."""
    with training_service(f"sqlite:///{tmp_path_factory.mktemp('lifecycle')}/namewright.db") as service:
        yield service


def test_a_worker_that_is_killed_is_started_again(own: Process) -> None:
    with admin(own) as client:
        assert until_ended(client, submit(client, quick("elves"))["id"])["version"] == 1
        (killed,) = children(own.process.pid, "app.worker")
        os.kill(killed, signal.SIGKILL)
        assert until_ended(client, submit(client, quick("elves"))["id"])["version"] == 2
        (worker,) = children(own.process.pid, "app.worker")
        assert worker != killed


def test_a_cancelled_training_stops_soon_and_changes_nothing(own: Process) -> None:
    with admin(own) as client:
        assert until_ended(client, submit(client, quick("dwarves"))["id"])["version"] == 1
        long = submit(client, lasting(600, "dwarves"))["id"]
        until_running(client, long)
        assert client.post(f"/train/{long}/cancel").status_code == 200
        assert find_job(client, long)["state"] == "cancelled"
        assert client.get("/sample?model=dwarves").json()["version"] == 1
        # one training at a time: the next one runs only when the worker has left the cancelled one
        assert until_ended(client, submit(client, quick("dwarves"))["id"])["version"] == 2
        assert find_job(client, long)["version"] is None
