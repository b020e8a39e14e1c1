"""Admins who train models, put versions in and out of service, and delete them, over and over."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import numpy as np

from tests.soak.asking import OK, Ask, Check, as_it_is, send
from tests.soak.ledger import Ledger
from tests.support.processes import until
from tests.support.trainings import Job, find_job, lasting, quick, some_names, until_ended, until_running

DONE, ACCEPTED, NO_CONTENT, NOT_FOUND = OK, 202, 204, 404
TRAINING_SECONDS = 300
"""Longest that a small training is waited for, with others before it in the queue."""

FEW_NAMES = 40
FEW_MINUTES = 0.05
PNG = b"\x89PNG"


class NotAsExpected(Exception):
    """An answer was wrong, which the ledger has: what was to follow is left out."""


class Admin(threading.Thread):
    """One admin, who has a model that nobody else trains, and lets it live through the same again and again.

    Parameters
    ----------
    connect : callable
        Makes a client of the service that sends the admin token.
    model : str
        The name of its model.
    pause_seconds : float
        Between two things that it does.
    """

    def __init__(
        self,
        connect: Callable[[], httpx.Client],
        ledger: Ledger,
        rng: np.random.Generator,
        model: str,
        *,
        pause_seconds: float,
    ) -> None:
        super().__init__(name=f"admin of {model}", daemon=True)
        self._connect, self._ledger, self._rng, self._model = connect, ledger, rng, model
        self._pause_seconds = pause_seconds
        self._over = threading.Event()

    def run(self) -> None:
        """Do one thing after the other until told to stop; the model is deleted in the end."""
        while not self._over.is_set():
            with self._connect() as self._client:
                try:
                    for what in self._life():
                        self._ledger.did(what)
                        if self._over.wait(self._pause_seconds):
                            break
                except NotAsExpected:
                    pass
                except (AssertionError, httpx.HTTPError, KeyError, ValueError) as error:
                    self._ledger.failed(f"{self.name}: {error!r}")
                self._client.delete(f"/models/{self._model}")

    def stop(self) -> None:
        """Begin nothing more."""
        self._over.set()

    def _life(self) -> Iterator[str]:
        """From the first version to the deletion of the model; what was done, after each thing."""
        first = self._train(self._quick(), upload=True)
        yield "training of a file"
        second = self._train(self._quick())
        yield "training of a list, followed by events"
        self._ask("loss curve", f"/train/{second['id']}/loss.png", check=_is_png)
        yield "loss curve drawn"
        for version in (first["version"], second["version"], first["version"]):
            self._serve(version)
            yield "version put into service"
        self._ask("version", f"/sample?model={self._model}@{second['version']}&count=20")
        self._ask("weights", f"/models/{self._model}/versions/{second['version']}/weights")
        yield "version drawn from and downloaded"
        self._cancel()
        yield "training cancelled"
        self._ask("delete", f"/models/{self._model}/versions/{second['version']}", "DELETE", status=NO_CONTENT)
        self._ask("deleted", f"/sample?model={self._model}@{second['version']}", status=NOT_FOUND)
        yield "version deleted"
        names = some_names(FEW_NAMES, int(self._rng.integers(100)))
        third = self._train({"model": self._model, "names": names, "minutes": FEW_MINUTES, "publish": "always"})
        yield "training by the default preset"
        self._until_served(third["version"])
        self._ask("withdraw", f"/models/{self._model}/alias/champion", "DELETE", status=NO_CONTENT)
        self._ask("withdrawn", f"/sample?model={self._model}", status=NOT_FOUND)
        self._serve(first["version"])
        yield "model taken out of service and put back"
        self._ask("delete", f"/models/{self._model}", "DELETE")
        until(self._is_gone, f"the deletion of {self._model}", seconds=TRAINING_SECONDS, pause=0.5)
        yield "model deleted"

    def _quick(self) -> Job:
        return quick(self._model, names=some_names(120, int(self._rng.integers(100))))

    def _train(self, order: Job, *, upload: bool = False) -> Job:
        """Train, follow the events of it, and see that what it made is served."""
        if upload:
            fields = {name: str(value) for name, value in order.items() if name != "names"}
            options: dict[str, Any] = {"data": fields, "files": {"file": ("names.txt", "\n".join(order["names"]))}}
            job = self._ask("upload", "/train/upload", "POST", status=ACCEPTED, **options).json()["id"]
            ended = until_ended(self._client, job, TRAINING_SECONDS)
        else:
            job = self._ask("train", "/train", "POST", status=ACCEPTED, json=order).json()["id"]
            self._follow(job)
            ended = find_job(self._client, job)
        if ended["state"] != "succeeded":
            self._ledger.failed(f"training {job} has {ended['state']}: {ended['error']}")
            raise NotAsExpected
        self._until_served(ended["version"])
        return ended

    def _follow(self, job: str) -> None:
        """Read the events of a training until the service ends them: the last is of its last state."""
        with self._client.stream("GET", f"/train/{job}/events") as answer:
            events = [line.removeprefix("data: ") for line in answer.iter_lines() if line.startswith("data: ")]
        state = json.loads(events[-1])["state"]
        assert state == "succeeded", f"the last event of training {job} says {state}"

    def _cancel(self) -> None:
        """Cancel a training that runs."""
        job = self._ask("train", "/train", "POST", status=ACCEPTED, json=lasting(120, self._model)).json()["id"]
        until_running(self._client, job, seconds=TRAINING_SECONDS)
        self._ask("cancel", f"/train/{job}/cancel", "POST")
        ended = until_ended(self._client, job, TRAINING_SECONDS)
        assert ended["state"] == "cancelled", ended

    def _serve(self, version: int) -> None:
        """Put a version into service, and wait until it answers."""
        self._ask("alias", f"/models/{self._model}/alias/champion", "PUT", json={"version": version})
        self._until_served(version)

    def _until_served(self, version: int) -> None:
        path = f"/sample?model={self._model}&count=5"
        until(lambda: self._client.get(path).json().get("version") == version, f"version {version}", pause=0.2)

    def _is_gone(self) -> bool:
        return self._client.get(f"/models/{self._model}").status_code == NOT_FOUND

    def _ask(
        self, kind: str, path: str, method: str = "GET", status: int = DONE, check: Check = as_it_is, **options: Any
    ) -> httpx.Response:
        answer = send(self._client, self._ledger, Ask(kind, path, method, status, check, options))
        if answer is None:
            raise NotAsExpected
        return answer


def _is_png(answer: httpx.Response) -> None:
    assert answer.content.startswith(PNG)
