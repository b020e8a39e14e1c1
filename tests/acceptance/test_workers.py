"""Two workers on PostgreSQL, one of which is killed for good."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest

from tests.support.processes import Process, started, until
from tests.support.stores import opened
from tests.support.trainings import admin, quick, submit, training_service, until_ended

pytestmark = pytest.mark.slow

JOBS = 6


def worker(url: str, name: str) -> Any:
    return started({"NAMEWRIGHT_DATABASE_URL": url, "NAMEWRIGHT_WORKER_ID": name}, "app.worker")


def test_six_jobs_outlive_one_of_two_workers_and_are_published_once_each(postgresql_url: str) -> None:
    with ExitStack() as stack:
        service = stack.enter_context(training_service(postgresql_url, worker="none"))
        client = stack.enter_context(admin(service))
        workers: dict[str, Process] = {
            name: stack.enter_context(worker(postgresql_url, name)) for name in ("one", "two")
        }
        order = quick() | {"hidden": 128, "steps": 200}
        jobs = [submit(client, order | {"seed": seed})["id"] for seed in range(JOBS)]

        until(lambda: len(of_state(postgresql_url, jobs, "succeeded")) >= 4, "the first third of the jobs")
        lost = until(lambda: job_of(postgresql_url, jobs, "one"), "a job of worker one", pause=0.005)
        workers["one"].kill()

        ended = [until_ended(client, job) for job in jobs]
        assert [job["state"] for job in ended] == ["succeeded"] * JOBS
        assert sorted(job["version"] for job in ended) == list(range(1, JOBS + 1))
        with opened(postgresql_url) as store:
            assert store.versions.catalogue().models["elves"].versions == tuple(range(1, JOBS + 1))
            finished = store.jobs.get(lost)
        assert finished is not None
        assert (finished.worker, finished.attempt) == ("two", 2)


def of_state(url: str, jobs: list[str], state: str) -> list[str]:
    with opened(url) as store:
        return [job.id for job in map(store.jobs.get, jobs) if job and job.state == state]


def job_of(url: str, jobs: list[str], name: str) -> str | None:
    """The job that a worker trains, if it has made its first steps."""
    with opened(url) as store:
        for job in map(store.jobs.get, jobs):
            if job and job.state == "running" and job.worker == name and job.step:
                return job.id
    return None
