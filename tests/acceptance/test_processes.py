"""Several server processes on one port: all answer, their counters add up, and what dies is replaced."""

import os
import re
import signal
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.support.processes import Process, children, is_alive, started, until

pytestmark = pytest.mark.slow

STOP_LIMIT = 10  # seconds: when `docker stop` kills
ANSWERED = re.compile(r'^namewright_requests_total\{.*route="/sample".*\} (\d+)', re.MULTILINE)
READY = re.compile(r'"event": "ready"')
REQUESTS = 40


@pytest.fixture
def server() -> Iterator[Process]:
    with started({}, "app", "--workers", "2") as server:
        server.await_line(READY, times=2)
        yield server


def answered(server: Process) -> int:
    """Requests for names that any process has answered."""
    with server.client() as client:
        return sum(map(int, ANSWERED.findall(client.get("/metrics").text.replace(".0\n", "\n"))))


def ask(server: Process, times: int) -> None:
    """Ask for names, on a new connection each time."""
    for _ in range(times):
        with server.client() as client:
            client.get("/sample").raise_for_status()


def test_counters_add_up_over_the_processes_and_outlive_them(server: Process) -> None:
    processes = children(server.process.pid, "app --one-of")
    assert len(processes) == 2
    ask(server, REQUESTS)
    until(lambda: answered(server) == REQUESTS, "the counters of both")
    time.sleep(2)  # until both have written theirs
    for process in processes:
        os.kill(process, signal.SIGKILL)
    server.await_line(READY, times=4)
    assert answered(server) == REQUESTS
    ask(server, 1)
    until(lambda: answered(server) == REQUESTS + 1, "the counters of both")


def test_a_process_that_dies_is_replaced_and_the_other_answers_meanwhile(server: Process) -> None:
    first, second = children(server.process.pid, "app --one-of")
    os.kill(first, signal.SIGKILL)
    until(lambda: not is_alive(first), "the end of a process")
    ask(server, 5)
    until(lambda: len(set(children(server.process.pid, "app --one-of")) - {first, second}) == 1, "a replacement")
    server.await_line(READY, times=3)
    ask(server, 5)


def test_sigterm_ends_all_of_them_in_time_and_cuts_off_a_stream(server: Process) -> None:
    processes = children(server.process.pid, "app --one-of")
    with server.client() as client, client.stream("GET", "/sample?count=100000&format=ndjson") as answer:
        lines = answer.iter_lines()
        next(lines)
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        with pytest.raises(httpx.RemoteProtocolError):
            list(lines)
    assert server.wait() == 0
    assert time.monotonic() - began < STOP_LIMIT
    assert not any(map(is_alive, processes))


def test_they_end_when_the_process_that_started_them_is_killed(server: Process) -> None:
    processes = children(server.process.pid, "app --one-of")
    server.process.kill()
    until(lambda: not any(map(is_alive, processes)), "the end of all processes")


def test_one_worker_trains_beside_them_and_another_process_starts_the_next() -> None:
    with started({"NAMEWRIGHT_WORKER": "embedded"}, "app", "--workers", "2") as server:
        server.await_line(READY, times=2)
        until(lambda: workers(server), "a worker")
        time.sleep(3)  # the other process tries for the lock meanwhile
        ((owner, worker),) = workers(server)
        os.kill(owner, signal.SIGKILL)
        until(lambda: not is_alive(worker), "the end of the worker")
        until(lambda: workers(server), "another worker")
        assert len(workers(server)) == 1


def workers(server: Process) -> list[tuple[int, int]]:
    """Each server process with a training worker, and the worker."""
    processes = children(server.process.pid, "app --one-of")
    return [(each, worker) for each in processes for worker in children(each, "app.worker")]


def test_a_start_that_cannot_succeed_ends_with_its_status() -> None:
    with started({"NAMEWRIGHT_DEFAULT_MODEL": "elves"}, "app", "--workers", "2") as server:
        assert server.wait() == 3
        assert "elves" in server.log


def test_a_port_that_is_taken_is_refused_before_any_process_is_started() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with started({"PORT": port, "NAMEWRIGHT_PROCESSES": "2"}) as server:
            assert server.wait() == 3
            assert "cannot be had" in server.log


def test_no_process_is_refused() -> None:
    with started({}, "app", "--workers", "0") as server:
        assert server.wait() == 2
        assert "at least 1" in server.log
