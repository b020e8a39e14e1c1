"""Dear requests and many of them, over real sockets: others are answered, what is too much is refused."""

from __future__ import annotations

import json
import re
import select
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from app.settings import Settings
from tests.support.processes import Process, started
from tests.support.services import problem

pytestmark = pytest.mark.slow

DEAR = "/sample?count=1000&min_length=57&max_length=64&temperature=100&top_p=0.9999&details=true"
FAR = "/sample?offset=95000&count=5"  # takes many seconds, and is not bounded as answers are
BOUNDED = {"NAMEWRIGHT_MAX_SECONDS": str(Settings.model_fields["max_seconds"].default)}
LEFT = re.compile(r'"path": "/[a-z]+", "status": 499')


@pytest.fixture(scope="module")
def server() -> Iterator[Process]:
    with started(BOUNDED) as server:
        yield server


@pytest.fixture
def client(server: Process) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as pool:
        yield pool


def small(client: httpx.Client, seed: int) -> list[str]:
    answer = client.get("/sample", params={"count": 3, "seed": seed})
    assert answer.status_code == 200, answer.text
    names: list[str] = answer.json()["names"]
    return names


def test_the_dearest_request_ends_in_time_with_a_shortfall_whose_names_are_whole(client: httpx.Client) -> None:
    answer = client.get(DEAR).json()
    assert answer["shortfall"]
    assert len(answer["details"]) == len(answer["names"]) < 1000
    assert all(57 <= len(name) <= 64 for name in answer["names"])


def test_small_requests_are_answered_while_long_ones_are_worked_on(server: Process, client: httpx.Client) -> None:
    left = len(LEFT.findall(server.log))
    with ExitStack() as stack:
        long = [stack.enter_context(asked(server.port, f"{FAR}&seed={number}")) for number in range(2)]
        names = [small(client, seed) for seed in range(10)]
        assert all(len(each) == 3 for each in names)
        assert select.select(long, [], [], 0)[0] == [], "both were to be worked on"
    assert [small(client, seed) for seed in range(10)] == names
    server.await_line(LEFT, left + 2)


def asked(port: int, path: str) -> socket.socket:
    """A connection whose request has been sent; to close it is to leave, which a client of httpx in a thread cannot."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    return connection


def test_work_is_stopped_when_the_client_leaves_before_its_answer(server: Process, client: httpx.Client) -> None:
    dear: list[tuple[str, str, Any]] = [
        ("GET", f"{FAR}&seed=left", None),
        ("POST", "/sample", {"keys": list(map(str, range(1000))), "max_length": 64, "min_length": 9}),
        ("POST", "/score", {"names": ["abcdefgh" * 8] * 60}),
    ]
    for times, (method, path, body) in enumerate(dear, 1 + len(LEFT.findall(server.log))):
        with pytest.raises(httpx.ReadTimeout), server.client() as impatient:
            impatient.request(method, path, json=body, timeout=0.1)
        server.await_line(LEFT, times)
    assert small(client, 1)


def test_too_many_dear_requests_are_refused_and_none_fails(
    server: Process, client: httpx.Client, pool: ThreadPoolExecutor
) -> None:
    answers: list[Future[httpx.Response]] = [pool.submit(client.get, DEAR) for _ in range(16)]
    done = [answer.result() for answer in answers]
    refused = [answer for answer in done if answer.status_code == 503]
    assert 0 < len(refused) < 16
    for answer in refused:
        assert problem(answer, 503)["type"] == "/problems/over-capacity"
        assert 1 <= int(answer.headers["retry-after"]) <= 10
    assert {answer.status_code for answer in done} == {200, 503}
    assert small(client, 1)
    assert "Traceback" not in server.log


def test_more_names_than_are_scored_in_time_are_refused_with_how_many_are(client: httpx.Client) -> None:
    names = ["abcdefgh" * 8] * 1000
    [wrong] = problem(client.post("/score", json={"names": names}), 422)["errors"]
    assert wrong["field"] == "names"
    found = re.search(r"at most ([0-9,]+) at once", wrong["message"])
    assert found
    most = int(found[1].replace(",", ""))
    assert 0 < most < 1000
    assert len(client.post("/score", json={"names": names[:most]}).json()["scores"]) == most


def test_long_work_is_refused_when_the_service_stops(pool: ThreadPoolExecutor) -> None:
    with started(BOUNDED) as server, server.client() as client:
        small(client, 1)
        before = server.log.count('"/sample"')
        long = [pool.submit(client.get, f"{FAR}&seed={number}") for number in range(2)]
        assert small(client, 2)
        server.process.send_signal(signal.SIGTERM)
        for one in long:
            body = json.loads(one.result().text)
            assert (body["status"], body["type"]) == (503, "/problems/over-capacity")
        assert server.wait() == 0
        assert server.log.count('"/sample"') > before
        assert "Traceback" not in server.log
