"""A service with its worker, as one machine would have it, that can be killed, stopped and started again."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

import httpx

from tests.support.kills import ORPHAN_SECONDS
from tests.support.processes import WAIT_SECONDS, Process, children, is_alive, until
from tests.support.trainings import TOKEN

POLL_SECONDS = "0.2"
"""How often a service looks for a new version: the faults are many, and each waits for what comes of it."""


class Site:
    """One service and the worker beside it.

    Parameters
    ----------
    name : str
        Of its worker; "" for the default one, of which there is one on a machine.
    url : str
        Of the database, by the way that this site takes to it.
    prefix : sequence of str
        A command that runs the service, such as one that enters a network of its own.
    new_transport : callable
        Makes the way by which requests go there.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        prefix: Sequence[str] = (),
        new_transport: Callable[[], httpx.BaseTransport] = httpx.HTTPTransport,
    ) -> None:
        self.name = name
        self._command = [*prefix, sys.executable, "-m", "app"]
        self._new_transport = new_transport
        self._environment = {
            "NAMEWRIGHT_DATABASE_URL": url,
            "NAMEWRIGHT_ADMIN_TOKEN": TOKEN,
            "NAMEWRIGHT_WORKER_ID": name,
            "NAMEWRIGHT_POLL_SECONDS": POLL_SECONDS,
            "NAMEWRIGHT_MAX_SECONDS": "60",
            "COVERAGE_PROCESS_CONFIG": "",  # other tests cover these lines; to measure them here would double the time
        }
        self._logs: list[Process] = []
        self._client: httpx.Client | None = None

    def start(self, **environment: str) -> None:
        """Start the service with some more variables; returns before it is ready."""
        self._forget_client()
        self.process = Process(self._command, self._environment | environment, self._new_transport)
        self._logs.append(self.process)

    @property
    def client(self) -> httpx.Client:
        """A client with the admin token, of the service as it runs now."""
        if self._client is None:
            self._client = self.process.client(headers={"Authorization": f"Bearer {TOKEN}"})
        return self._client

    @property
    def workers(self) -> list[int]:
        """The process of its worker; none where that of another site has the lock, or it is being started again."""
        return children(self.process.process.pid, "app.worker")

    def stop(self) -> None:
        """Stop the service as an operator does."""
        status = self.process.stop()
        assert status == 0, (status, self.process.log)

    def kill(self, workers: Sequence[int] | None = None) -> None:
        """Send SIGKILL to the service, and wait for the end of its worker; who has looked for it before is faster."""
        workers = self.workers if workers is None else workers
        self.process.kill()
        for worker in workers:
            until(lambda: not is_alive(worker), "the end of a worker without a service", seconds=ORPHAN_SECONDS)  # noqa: B023

    def kill_all(self) -> None:
        """Send SIGKILL to the service and its worker, as a power failure does."""
        workers = self.workers
        for worker in workers:
            send(worker, signal.SIGKILL)
        self.process.kill()

    def end(self) -> None:
        """Kill the service, and keep nothing open."""
        self.kill()
        self._forget_client()

    def until_ready(self) -> None:
        """Wait until the service answers, has its database, and knows of a worker."""

        def ready() -> bool:
            with suppress(httpx.HTTPError):
                answer = self.client.get("/health/ready", timeout=5)
                training = answer.json()["training"]
                return bool(answer.status_code == 200 and training["available"] and training["workers"])
            return False

        until(ready, f"the readiness of site {self.name}", seconds=2 * WAIT_SECONDS, pause=0.1)

    @property
    def log(self) -> str:
        """What all its services have logged."""
        return "".join(process.log for process in self._logs)

    def _forget_client(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None


def send(process: int, number: signal.Signals) -> None:
    """Send a signal to a process, if it is still there."""
    with suppress(ProcessLookupError):
        os.kill(process, number)


def pause_all(processes: Sequence[int]) -> None:
    """Stop processes in their tracks."""
    for each in processes:
        send(each, signal.SIGSTOP)


def resume_all(processes: Sequence[int]) -> None:
    """Have them go on."""
    for each in processes:
        send(each, signal.SIGCONT)
