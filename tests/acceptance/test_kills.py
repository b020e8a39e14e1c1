"""Kills lose nothing: a short version of `make chaos`."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from model.artifact.model_file import Artifact
from tests.support.kills import COUNTERS, ORPHAN_SECONDS, disturbed, undisturbed
from tests.support.postgresql import Cluster
from tests.support.processes import children, is_alive, until
from tests.support.stores import assert_same_bits
from tests.support.trainings import (
    Job,
    admin,
    find_job,
    lasting,
    quick,
    submit,
    training_service,
    until_ended,
    until_running,
)

pytestmark = pytest.mark.slow

ORDER = lasting(7)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Artifact, float]:
    """The model of a training without a kill, and its duration in seconds."""
    return undisturbed(f"sqlite:///{tmp_path_factory.mktemp('whole')}/namewright.db", ORDER)


@pytest.mark.parametrize("victim", ["api", "checkpoint"])
def test_a_kill_with_sqlite_loses_nothing(whole: tuple[Artifact, float], tmp_path: Path, victim: str) -> None:
    if victim == "checkpoint" and not COUNTERS.exists():
        pytest.skip("this system has no counter of what a process has written")
    urls = (f"sqlite:///{tmp_path}/{number}.db" for number in range(9))
    assert_survives(ORDER, victim, whole, lambda: next(urls))


@pytest.mark.parametrize("victim", ["both", "checkpoint"])
def test_a_kill_with_postgresql_loses_nothing(whole: tuple[Artifact, float], cluster: Cluster, victim: str) -> None:
    assert_survives(ORDER, victim, whole, cluster.create_database)


def assert_survives(order: Job, victim: str, whole: tuple[Artifact, float], new_url: Callable[[], str]) -> None:
    expected, seconds = whole
    outcome = disturbed(new_url, order, victim, seconds, np.random.default_rng())
    print(outcome)
    assert_same_bits(outcome.artifact, expected)


def test_a_worker_does_not_outlive_a_service_that_is_killed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/namewright.db"
    with training_service(url) as service, admin(service) as client:
        job = submit(client, lasting(2))["id"]
        until_running(client, job)
        (orphan,) = children(service.process.pid, "app.worker")
        service.kill()
    with training_service(url) as service, admin(service) as client:
        until(lambda: not is_alive(orphan), "the end of the orphan", seconds=ORPHAN_SECONDS)
        assert until_ended(client, job)["state"] == "succeeded"
        (worker,) = children(service.process.pid, "app.worker")
        assert worker != orphan


def test_a_worker_that_is_killed_is_started_again(tmp_path: Path) -> None:
    with training_service(f"sqlite:///{tmp_path}/namewright.db") as service, admin(service) as client:
        workers = set()
        for version in (1, 2):
            assert until_ended(client, submit(client, quick())["id"])["version"] == version
            (worker,) = children(service.process.pid, "app.worker")
            workers.add(worker)
            os.kill(worker, signal.SIGKILL)
        assert len(workers) == 2


def test_a_cancelled_training_stops_soon_and_changes_nothing(tmp_path: Path) -> None:
    with training_service(f"sqlite:///{tmp_path}/namewright.db") as service, admin(service) as client:
        assert until_ended(client, submit(client, quick())["id"])["version"] == 1
        long = submit(client, lasting(60))["id"]
        until_running(client, long)
        assert client.post(f"/train/{long}/cancel").status_code == 200
        assert find_job(client, long)["state"] == "cancelled"
        assert client.get("/sample?model=elves").json()["version"] == 1
        # one training at a time: the next one runs only when the worker has left the cancelled one
        assert until_ended(client, submit(client, quick())["id"], seconds=10)["version"] == 2
        assert find_job(client, long)["version"] is None
