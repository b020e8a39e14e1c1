"""A database that stops while the service answers and a model trains, and starts again."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import httpx

from tests.support.postgresql import Cluster
from tests.support.processes import Process, until
from tests.support.stores import attempts_at
from tests.support.trainings import (
    TOKEN,
    admin,
    find_job,
    lasting,
    quick,
    submit,
    training_service,
    until_ended,
    until_running,
)

NOTICE_SECONDS = 120
"""How long a service is waited for that is to notice that its database is back."""


@dataclass
class Sampler:
    """A client that draws names all the time, on one connection, and counts the answers."""

    service: Process
    query: str = "/sample?count=5"
    answers: int = 0
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def __enter__(self) -> Self:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(10)

    def _ask(self) -> None:
        with self.service.client() as client:
            while not self._over.is_set():
                began = time.monotonic()
                try:
                    answer = client.get(self.query)
                except httpx.HTTPError as error:
                    self.failures.append(repr(error))
                    continue
                self.slowest = max(self.slowest, time.monotonic() - began)
                self.answers += 1
                if answer.status_code != 200:
                    self.failures.append(answer.text)
                time.sleep(0.05)


@dataclass(frozen=True, slots=True)
class OutageReport:
    """What happened during an outage."""

    answers: int
    slowest: float  # seconds
    refused_within: float  # seconds: the slowest 503 of /train
    accepted_after: float  # seconds from the end of the outage
    attempts: int

    def __str__(self) -> str:
        return (
            f"{self.answers} of {self.answers} requests to /sample answered, the slowest in {self.slowest:.2f} s; "
            f"/train refused within {self.refused_within:.1f} s, accepted {self.accepted_after:.1f} s after the end; "
            f"the training that ran succeeded in {self.attempts} attempts"
        )


def train_through_outage(cluster: Cluster, url: str, seconds: float) -> OutageReport:
    """Stop a database during a training, start it again, and check that the training succeeds."""
    with training_service(url) as service, admin(service) as client:
        job = submit(client, lasting(6))["id"]
        until_running(client, job)
        with Sampler(service) as sampler:
            cluster.stop("fast")
            stopped = time.monotonic()
            refusals = []
            while time.monotonic() - stopped < seconds:
                began = time.monotonic()
                answer = client.post("/train", json=quick())
                refusals.append(time.monotonic() - began)
                assert answer.status_code == 503, answer.text
                assert int(answer.headers["retry-after"]) > 0
                assert TOKEN not in answer.text
                assert "password" not in answer.text
                assert client.get("/health/ready").status_code == 200
                time.sleep(0.2)
            cluster.start()
            started = time.monotonic()
            second = until(lambda: try_submit(client), "an accepted training", seconds=NOTICE_SECONDS)
            accepted_after = time.monotonic() - started
            first = until_ended(client, job)
            assert first["state"] == "succeeded", first
            assert until_ended(client, second)["state"] == "succeeded"
            assert find_job(client, job)["version"] == 1
        assert sampler.failures == []
        assert sampler.answers > 10 * seconds
    return OutageReport(sampler.answers, sampler.slowest, max(refusals), accepted_after, attempts_at(url, job))


def try_submit(client: httpx.Client) -> str | None:
    """The id of a new job; None if it is refused."""
    answer = client.post("/train", json=quick())
    return answer.json()["id"] if answer.status_code == 202 else None
