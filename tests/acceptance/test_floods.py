"""A service that clients crowd or hold on to, with as few descriptors as a system may allow."""

import resource
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support.processes import Process

pytestmark = pytest.mark.slow

DESCRIPTORS = 256
CONNECTIONS = 400
BEGINNINGS = {
    "silent": b"",
    "slow heads": b"GET /sample HTTP/1.1\r\nHost: a\r\nX: ",
    "slow bodies": b"POST /sample HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
    "streams that nobody reads": b"GET /sample?count=100000&format=txt HTTP/1.1\r\nHost: a\r\n\r\n",
}


@pytest.fixture(scope="module")
def service() -> Iterator[Process]:
    with tempfile.TemporaryDirectory() as folder:
        settings = {"NAMEWRIGHT_DATABASE_URL": f"sqlite:///{folder}/namewright.db", "NAMEWRIGHT_WORKER": "none"}
        command = ["sh", "-c", f'ulimit -n {DESCRIPTORS}; exec "$0" -m app', sys.executable]
        service = Process(command, settings)
        try:
            yield service
        finally:
            assert service.stop() == 0


@pytest.mark.parametrize("beginning", BEGINNINGS.values(), ids=BEGINNINGS.keys())
def test_a_new_client_is_answered_beside_more_connections_than_descriptors(service: Process, beginning: bytes) -> None:
    assert resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE)[0] == DESCRIPTORS
    with ExitStack() as stack:
        for _ in range(CONNECTIONS):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", service.port), timeout=60))
            connection.sendall(beginning)
        for _ in range(3):
            with service.client() as client:
                assert client.get("/sample").status_code == 200
