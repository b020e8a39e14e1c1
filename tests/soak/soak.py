"""A service with its worker under a steady load, and what is seen of it."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import httpx
import numpy as np

from tests.soak.admins import Admin
from tests.soak.clients import Client
from tests.soak.footprint import Sample, Sampler
from tests.soak.ledger import Ledger
from tests.soak.mix import Mix
from tests.support.postgresql import Cluster, server_binaries
from tests.support.processes import Process, until
from tests.support.trainings import TOKEN, training_service, until_open

CLIENTS = 4
ADMINS = 2
PER_SECOND = 5.0
"""Requests of each client."""

ADMIN_PAUSE_SECONDS = 2.0
SAMPLE_SECONDS = 5.0
LATEST_SECONDS = 600.0
"""How long is waited for what still runs at the end; a training may have to come to its end."""


class Soak:
    """A run on one service; `samples` and `ledger` have what is seen.

    Parameters
    ----------
    kinds : set of str, optional
        Requests of these kinds only.
    clients, admins : int
        How many ask, and how many train and delete models.
    pause_seconds : float
        Between two things that an admin does.
    """

    def __init__(
        self,
        service: Process,
        seed: int,
        *,
        kinds: set[str] | None = None,
        clients: int = CLIENTS,
        admins: int = ADMINS,
        pause_seconds: float = ADMIN_PAUSE_SECONDS,
    ) -> None:
        self._service = service
        self.ledger = Ledger()
        rng = np.random.default_rng(seed)
        with service.client(headers={"Authorization": f"Bearer {TOKEN}"}) as client:
            until_open(client)
            until(lambda: client.get("/health/ready").json()["training"]["workers"], "a worker")
            mix = Mix(client.get("/models").raise_for_status().json()["models"])
        self._clients = [
            Client(self._connector(number), self.ledger, mix, generator, per_second=PER_SECOND, kinds=kinds)
            for number, generator in enumerate(rng.spawn(clients))
        ]
        self._admins = [
            Admin(
                self._connector(clients + number, is_admin=True),
                self.ledger,
                generator,
                f"soak-{number}",
                pause_seconds=pause_seconds,
            )
            for number, generator in enumerate(rng.spawn(admins))
        ]

    def run(self, seconds: float, every: float) -> Iterator[tuple[float, float]]:
        """Load the service for so long; the begin and the end of each span of time that has passed."""
        self._sampler = Sampler(self._service.process.pid, SAMPLE_SECONDS)
        self._sampler.start()
        threads: list[Client | Admin] = [*self._clients, *self._admins]
        for thread in threads:
            thread.start()
        began = passed = self.ledger.elapsed
        while passed < began + seconds and self._service.process.poll() is None:
            time.sleep(max(0, min(passed + every, began + seconds) - self.ledger.elapsed))
            yield passed, min(passed + every, began + seconds)
            passed += every
        self._sampler.stop()
        for thread in threads:
            thread.stop()
        for thread in threads:
            thread.join(LATEST_SECONDS)
            if thread.is_alive():
                self.ledger.failed(f"{thread.name} still waits for an answer")
        if self._service.process.poll() is not None:
            self.ledger.failed(f"the service ended: {self._service.log[-1000:]}")

    @property
    def samples(self) -> Sequence[Sample]:
        """What the processes held, as far as it was seen."""
        return self._sampler.samples

    def _connector(self, number: int, *, is_admin: bool = False) -> Callable[[], httpx.Client]:
        """Makes connections from an address of its own, as each client has one."""

        def connect() -> httpx.Client:
            headers = {"Authorization": f"Bearer {TOKEN}"} if is_admin else {}
            transport = httpx.HTTPTransport(trust_env=False, local_address=f"127.0.0.{2 + number}")
            return httpx.Client(
                base_url=f"http://127.0.0.1:{self._service.port}", transport=transport, timeout=60, headers=headers
            )

        return connect


@contextmanager
def service_on(database: str) -> Iterator[Process]:
    """A service with its worker on a new database, `sqlite` or `postgresql`."""
    with tempfile.TemporaryDirectory() as folder:
        if database == "sqlite":
            with training_service(f"sqlite:///{folder}/namewright.db", max_seconds="0.5") as service:
                yield service
            return
        binaries = server_binaries()
        if binaries is None:
            raise FileNotFoundError("no PostgreSQL server here: 'apt-get install postgresql' adds one")
        cluster = Cluster(binaries)
        try:
            cluster.start()
            with training_service(cluster.create_database(), max_seconds="0.5") as service:
                yield service
        finally:
            cluster.remove()


def errors_logged(service: Process) -> list[str]:
    """What the service and its worker have logged as errors."""
    marks = ('"level": "error"', '"level": "critical"', "Traceback")
    return [line.strip() for line in service.log.splitlines() if any(mark in line for mark in marks)]


def load() -> str:
    """How busy the machine is, for those who read the latencies."""
    return f"{os.cpu_count()} cores, load of {os.getloadavg()[0]:.1f}"
