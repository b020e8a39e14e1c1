"""Hundreds of thousands of names over a real socket."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.processes import Process, started, until

pytestmark = pytest.mark.slow

COUNT = 200_000
QUERY: dict[str, str | int] = {"model": "us-seed", "format": "ndjson", "decent": False}
MEGABYTE = 2**20


@pytest.fixture(scope="module")
def server() -> Iterator[Process]:
    with started({"NAMEWRIGHT_MAX_STREAM_COUNT": str(COUNT)}) as server:
        yield server


@pytest.fixture
def client(server: Process) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def resident(server: Process) -> int:
    """Memory of the service, in bytes."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{server.process.pid}/status").read_text())
    assert found
    return int(found[1]) * 1024


def drawn(client: httpx.Client) -> int:
    """Names that the service has drawn of the model."""
    found = re.search(r'namewright_names_drawn_total\{model="us-seed"\} ([0-9.e+]+)', client.get("/metrics").text)
    assert found
    return int(float(found[1]))


@pytest.mark.parametrize(("unique", "growth"), [(False, 8), (True, 8 + 24 * COUNT // MEGABYTE)])  # in megabytes
def test_many_names_are_streamed_in_little_memory(
    server: Process, client: httpx.Client, unique: bool, growth: int
) -> None:
    until(lambda: client.get("/health/ready").json()["training"]["available"], "the database")  # all is imported
    client.get("/sample", params=QUERY | {"count": 20_000, "unique": False}).raise_for_status()
    before = most = resident(server)
    names: list[str] = []
    with client.stream("GET", "/sample", params=QUERY | {"count": COUNT, "unique": unique, "seed": 1}) as answer:
        lines = answer.iter_lines()
        for number in range(COUNT):
            names.append(json.loads(next(lines))["name"])
            if number % 1000 == 0:
                most = max(most, resident(server))
        end = json.loads(next(lines))["end"]
        assert next(lines, None) is None
    assert (end["names"], end["shortfall"], end["left_out"]) == (COUNT, None, {"decent": 0})
    assert unique is (len(set(names)) == COUNT)
    assert most - before < growth * MEGABYTE


def test_work_stops_when_the_client_leaves(server: Process, client: httpx.Client) -> None:
    before = drawn(client)
    with client.stream("GET", "/sample", params=QUERY | {"count": COUNT, "details": True, "seed": 2}) as answer:
        next(answer.iter_raw())
    server.await_line(re.compile(rf'"path": "/sample", "status": 200.*"id": "{answer.headers["x-request-id"]}"'))
    left = drawn(client)
    assert 0 < left - before < COUNT
    for _ in range(5):
        assert len(client.get("/sample", params={"model": "us-seed", "count": 7}).json()["names"]) == 7
    assert drawn(client) == left + 5 * 7


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_an_answer_whose_service_ends_is_no_whole_answer(ending: signal.Signals) -> None:
    query = QUERY | {"count": 100_000, "details": True}
    with started({}) as server, server.client() as client, client.stream("GET", "/sample", params=query) as answer:
        chunks = answer.iter_raw()
        next(chunks)
        server.process.send_signal(ending)
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            list(chunks)
        assert server.wait() == (0 if ending == signal.SIGTERM else -ending)
        assert ("stream cut off" in server.log) is (ending == signal.SIGTERM)
        assert "Traceback" not in server.log
