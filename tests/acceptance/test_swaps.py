"""Swaps of versions under load, in every process, fail no request."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import httpx
import pytest

from tests.support.kills import ORPHAN_SECONDS
from tests.support.processes import WAIT_SECONDS, Process, children, is_alive, until
from tests.support.trainings import admin, quick, submit, training_service, until_ended

pytestmark = pytest.mark.slow

SWAPS = 20
CONNECTIONS = 8
LETTERS = {1: "abcdefgh", 2: "stuvwxyz"}
"""The letters in the names of each version."""


def names_of(version: int) -> list[str]:
    letters = LETTERS[version]
    return [a + b + c for a in letters for b in letters for c in letters][::3]


@pytest.fixture(scope="module")
def swapping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    folder = tmp_path_factory.mktemp("swaps")
    with training_service(f"sqlite:///{folder}/namewright.db", poll_seconds="0.05") as service:
        yield service


class Client(threading.Thread):
    """Draws names all the time, on one connection."""

    def __init__(self, service: Process, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self._client = service.client()
        self._over = over
        self.answers: list[httpx.Response] = []

    def run(self) -> None:
        with self._client as client:
            while not self._over.is_set():
                self.answers.append(client.get("/sample?model=elves&count=3"))


def test_swaps_under_load_fail_no_request(swapping: Process) -> None:
    over = threading.Event()
    with admin(swapping) as client:
        for version in (1, 2):
            ended = until_ended(client, submit(client, quick(names=names_of(version)))["id"])
            assert ended["version"] == version, ended
        until(lambda: client.get("/sample?model=elves").json()["version"] == 2, "version 2")
        clients = [Client(swapping, over) for _ in range(CONNECTIONS)]
        for each in clients:
            each.start()
        for swap in range(SWAPS):
            version = 1 + swap % 2
            answer = client.put("/models/elves/alias/champion", json={"version": version})
            assert answer.status_code == 200, answer.text
            until(
                lambda: client.get("/sample?model=elves").json()["version"] == version,  # noqa: B023
                f"version {version}",
                pause=0.01,
            )
            assert client.get("/health/ready").status_code == 200
        over.set()
        for each in clients:
            each.join(WAIT_SECONDS)

    answers = [answer for each in clients for answer in each.answers]
    assert len(answers) > SWAPS * CONNECTIONS
    assert {answer.status_code for answer in answers} == {200}
    seen = set()
    for body in (answer.json() for answer in answers):
        seen.add(body["version"])
        assert set("".join(body["names"]).lower()) <= set(LETTERS[body["version"]]), body
    assert seen == {1, 2}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A service of two processes."""
    command = ("uvicorn", "app.main:create_app", "--factory", "--workers", "2", "--host", "127.0.0.1", "--port", "0")
    with training_service(f"sqlite:///{tmp_path_factory.mktemp('two')}/namewright.db", *command) as service:
        until(lambda: service.log.count('"ready"') == 2, "two processes")
        yield service


def test_two_uvicorn_workers_serve_a_new_version_once_it_is_published(two: Process) -> None:
    def served() -> set[int]:
        """The versions that forty connections find, shared out among the processes."""
        versions = set()
        for _ in range(40):
            with two.client() as client:
                versions.add(client.get("/sample?model=elves").json().get("version"))
        return versions

    with admin(two) as client:
        assert until_ended(client, submit(client, quick())["id"])["version"] == 1
    until(lambda: served() == {1}, "the new version in both processes")


def test_what_is_withdrawn_ends_in_both_processes_and_after_a_new_training_begins_at_the_next_number(
    two: Process,
) -> None:
    def statuses(query: str) -> set[int]:
        """What forty connections are answered."""
        found = set()
        for _ in range(40):
            with two.client() as client:
                found.add(client.get(query).status_code)
        return found

    with admin(two) as client:
        version = until_ended(client, submit(client, quick("dwarves"))["id"])["version"]
        until(lambda: statuses("/sample?model=dwarves") == {200}, "the model in both processes")
        assert client.delete("/models/dwarves/alias/champion").status_code == 204
        for query in ("/sample?model=dwarves", f"/sample?model=dwarves@{version}"):
            until(lambda: statuses(query) == {404}, "no answer of either process")  # noqa: B023
        again = submit(client, quick("dwarves"))["id"]
        refused = client.delete("/models/dwarves")
        ended = until_ended(client, again)
        assert (refused.status_code, refused.json()["jobs"]) == (409, [again])
        assert (ended["version"], ended["published"]) == (version + 1, False)
        assert statuses("/sample?model=dwarves") == {404}
        answer = client.delete("/models/dwarves")
        assert answer.json() == {"deleted": [version, version + 1], "version": None}
        until(lambda: "dwarves" not in client.get("/models").text, "no such model")
        assert until_ended(client, submit(client, quick("dwarves"))["id"])["version"] == version + 2
        until(lambda: statuses("/sample?model=dwarves") == {200}, "the new model in both processes")


def test_two_uvicorn_workers_share_one_training_worker_whichever_of_them_is_killed(two: Process) -> None:
    first = until(lambda: training_workers(two), "a worker")
    assert len(first) == 1
    (parent,) = [process for process in children(two.process.pid) if children(process, "app.worker")]
    os.kill(parent, signal.SIGKILL)
    until(lambda: not is_alive(first[0]), "the end of the orphan", seconds=ORPHAN_SECONDS)
    second = until(lambda: training_workers(two), "another worker")
    assert len(second) == 1
    with admin(two) as client:
        assert until_ended(client, submit(client, quick())["id"])["state"] == "succeeded"
    assert training_workers(two) == second


def training_workers(service: Process) -> list[int]:
    """The training workers of all processes of a service."""
    return [worker for process in children(service.process.pid) for worker in children(process, "app.worker")]
