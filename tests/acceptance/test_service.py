"""The service as a process, over real sockets."""

from __future__ import annotations

import json
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import httpx
import pytest

from tests.support.processes import WAIT_SECONDS, Process, started, until
from tests.support.services import write_models

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("weights")
    write_models(folder)
    return str(folder)


@pytest.fixture(scope="module")
def server(weights: str) -> Iterator[Process]:
    with started({"NAMEWRIGHT_WEIGHTS": weights}) as server:
        yield server


@pytest.fixture
def client(server: Process) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def send(server: Process, data: bytes) -> bytes:
    """Send raw bytes; the answer, until the server closes the connection or sends nothing for two seconds."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=2) as connection:
        connection.sendall(data)
        received = b""
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except TimeoutError:
            pass
        return received


def test_it_draws_names(client: httpx.Client) -> None:
    names = client.get("/sample?start=a&max_length=12&count=5").json()["names"]
    assert len(set(names)) == 5
    assert all(name.startswith("A") and len(name) <= 12 for name in names)


def test_it_does_not_reveal_its_server(client: httpx.Client) -> None:
    assert "server" not in client.get("/sample").headers


def test_a_head_request_has_no_body(client: httpx.Client) -> None:
    assert client.head("/health/live").content == b""


def test_an_upgrade_to_another_protocol_is_ignored(client: httpx.Client) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "A" * 24,
    }
    assert client.get("/sample", headers=upgrade).status_code == 200


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "chunked"])
def test_a_hundred_megabytes_are_refused_and_never_held(server: Process, client: httpx.Client, announced: bool) -> None:
    megabyte = b"x" * 2**20
    body = (megabyte for _ in range(100))
    headers = {"Content-Type": "application/json"} | ({"Content-Length": str(100 * 2**20)} if announced else {})
    until(lambda: client.get("/health/ready").json()["training"]["available"], "the database")  # it takes memory too
    before = resident_megabytes(server)
    answer = client.post("/sample", content=body, headers=headers)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert resident_megabytes(server) - before < 20
    assert client.get("/sample").status_code == 200


def resident_megabytes(server: Process) -> float:
    """The peak memory of the process; 0 where the system has no /proc."""
    status = Path(f"/proc/{server.process.pid}/status")
    if not status.exists():
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
    assert found is not None
    return int(found[1]) / 1024


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"GET /sample HTTP/9.9\r\n\r\n",
        b"GET /sample?start=\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /sample\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /sample HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /sample HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
        b"POST /sample HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET http://[broken/sample HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /sample HTTP/1.1\r\nHost: x\r\nX-Request-Id: \x01\x02\r\nConnection: close\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"",
    ],
)
def test_nonsense_on_the_wire_is_survived(server: Process, client: httpx.Client, data: bytes) -> None:
    assert b" 500 " not in send(server, data).partition(b"\r\n")[0]
    assert client.get("/sample").status_code == 200
    assert not any("Traceback" in line for line in server.lines)


def test_a_client_that_leaves_does_no_harm(server: Process, client: httpx.Client) -> None:
    for path in (b"/sample?count=1000&max_length=64", b"/docs-assets/swagger-ui-bundle.js"):
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(
            b"POST /sample HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
        )
    assert client.get("/sample").status_code == 200
    assert not any('"failure"' in line or "Traceback" in line for line in server.lines)


def test_every_line_of_the_log_is_json(server: Process, client: httpx.Client) -> None:
    client.get("/sample", headers={"X-Request-Id": "find-me"})
    server.await_line(re.compile("find-me.*\n"))
    logged = [json.loads(line) for line in server.lines]
    (line,) = [line for line in logged if line.get("id") == "find-me"]
    assert (line["path"], line["status"]) == ("/sample", 200)


def test_a_seed_means_the_same_under_load(client: httpx.Client) -> None:
    alone = [client.get(f"/sample?seed={seed}&count=50").json() for seed in range(40)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda seed: client.get(f"/sample?seed={seed}&count=50").json(), range(40)))
    assert together == alone


@pytest.mark.no_cover
def test_over_capacity_is_refused_at_once_with_a_time_to_come_back(weights: str) -> None:
    heavy = "/sample?count=1000&max_length=1&top_k=1"  # runs into its bound on work
    settings = {"NAMEWRIGHT_WEIGHTS": weights, "NAMEWRIGHT_MAX_WAITING": "1", "NAMEWRIGHT_SAMPLING_THREADS": "1"}
    with started(settings) as server, server.client() as client, ThreadPoolExecutor(12) as pool:
        answers: list[httpx.Response] = []
        refused: list[httpx.Response] = []
        deadline = time.monotonic() + WAIT_SECONDS
        while not refused and time.monotonic() < deadline:
            answers += pool.map(lambda _: client.get(heavy), range(12))
            refused = [answer for answer in answers if answer.status_code == 503]
        assert {answer.status_code for answer in answers} == {200, 503}
        assert all(answer.headers["retry-after"] == "1" for answer in refused)
        assert all(answer.json()["type"] == "/problems/over-capacity" for answer in refused)
        assert client.get("/sample").status_code == 200


@contextmanager
def half_a_request(server: Process) -> Iterator[tuple[socket.socket, BinaryIO]]:
    """A request whose body the application waits for."""
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=WAIT_SECONDS) as connection,
        connection.makefile("rb") as answer,
    ):
        connection.sendall(
            b"POST /sample HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 13\r\n"
            b"Expect: 100-continue\r\n\r\n"
        )
        assert answer.readline() == b"HTTP/1.1 100 Continue\r\n"
        yield connection, answer


def test_a_stop_answers_what_is_in_flight_and_succeeds(weights: str) -> None:
    with started({"NAMEWRIGHT_WEIGHTS": weights}) as server, half_a_request(server) as (connection, answer):
        server.process.send_signal(signal.SIGTERM)
        server.await_line(re.compile("shutting down"))
        connection.sendall(b'{"start":"b"}')
        assert answer.readline() == b"\r\n"
        assert answer.readline() == b"HTTP/1.1 200 OK\r\n"
        assert server.wait() == 0
    events = [json.loads(line)["event"] for line in server.lines]
    assert "request" in events[events.index("shutting down") :]


def test_a_client_that_never_sends_its_body_cannot_hold_up_a_stop(weights: str) -> None:
    with started({"NAMEWRIGHT_WEIGHTS": weights}) as server, half_a_request(server):
        server.process.send_signal(signal.SIGTERM)
        assert server.wait() == 0


@pytest.mark.parametrize("stop", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.no_cover)])
def test_an_idle_service_stops_on_a_signal(weights: str, stop: signal.Signals) -> None:
    with started({"NAMEWRIGHT_WEIGHTS": weights}) as server, server.client() as client:
        client.get("/sample")  # and keeps the connection
        server.process.send_signal(stop)
        assert server.wait() == 0


NEVER_ENDING = """
import threading
from app.http import web_server
from app.server import main

web_server.LAST_SECONDS = 1.0
threading.Thread(target=threading.Event().wait, name="without end").start()
main()
"""


def test_a_service_that_does_not_end_says_where_its_threads_are_and_ends(weights: str, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/namewright.db"
    settings = {"NAMEWRIGHT_WEIGHTS": weights, "NAMEWRIGHT_WORKER": "none", "NAMEWRIGHT_DATABASE_URL": database}
    server = Process([sys.executable, "-c", NEVER_ENDING], settings)
    with server.client() as client:
        client.get("/sample")
    assert server.stop() == 1
    assert re.search(r"Timeout.*Thread 0x.*in wait", server.log, re.DOTALL)


def half(weights: str, folder: Path) -> dict[str, str]:
    whole = (Path(weights) / "us.npz").read_bytes()
    (folder / "us.npz").write_bytes(whole[: len(whole) // 2])
    return {"NAMEWRIGHT_WEIGHTS": str(folder)}


@pytest.mark.parametrize(
    "entry",
    [
        ("app",),
        pytest.param(
            ("uvicorn", "app.main:create_app", "--factory", "--log-level", "warning"), marks=pytest.mark.no_cover
        ),
    ],
)
@pytest.mark.parametrize("fault", ["no folder", "no default model", "half a file", "no such level"])
def test_a_start_that_cannot_succeed_ends_with_one_line(
    weights: str, tmp_path: Path, fault: str, entry: tuple[str, ...]
) -> None:
    settings: dict[str, Any] = {
        "no folder": {"NAMEWRIGHT_WEIGHTS": str(tmp_path / "nowhere")},
        "no default model": {"NAMEWRIGHT_WEIGHTS": weights, "NAMEWRIGHT_DEFAULT_MODEL": "elves"},
        "half a file": half(weights, tmp_path),
        "no such level": {"NAMEWRIGHT_WEIGHTS": weights, "NAMEWRIGHT_LOG_LEVEL": "loud"},
    }[fault]
    with started(settings, *entry) as server:
        assert server.wait() == 3
        (line,) = server.lines
        assert "namewright does not start: " in line


def test_it_says_where_it_listens_and_where_swagger_ui_is_when_that_is_true(server: Process) -> None:
    (ready,) = [line for line in map(json.loads, server.lines) if line["event"] == "ready"]
    assert httpx.get(ready["swagger_ui"], trust_env=False).status_code == 200
    assert ready["swagger_ui"] == f"http://127.0.0.1:{server.port}/docs"


@pytest.mark.parametrize("taken", ["PORT", "HOST"])
def test_an_address_that_cannot_be_taken_is_reported_on_one_line(server: Process, weights: str, taken: str) -> None:
    address = {"PORT": str(server.port)} if taken == "PORT" else {"HOST": "192.0.2.1"}  # RFC 5737: nobody's
    with started({"NAMEWRIGHT_WEIGHTS": weights, **address}) as second:
        assert second.wait() == 3
        (line,) = second.lines
        assert line.startswith("namewright does not start: ")
        assert f"{address[taken]} " in line
        assert "set PORT" in line


@pytest.mark.no_cover
def test_two_workers_serve_the_same_names(weights: str) -> None:
    command = ("uvicorn", "app.main:create_app", "--factory", "--workers", "2", "--host", "127.0.0.1", "--port", "0")
    with started({"NAMEWRIGHT_WEIGHTS": weights}, *command) as server:
        answers = []
        server.await_line(re.compile('"ready"'), times=2)
        for _ in range(20):
            with server.client() as client:
                answers.append(client.get("/sample?seed=7&count=9").json())
        assert all(answer == answers[0] for answer in answers)
        server.process.send_signal(signal.SIGTERM)
        assert server.wait() in {0, -signal.SIGTERM}
