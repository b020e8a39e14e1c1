"""The moment in which the listening socket is closed: no connection that was made is reset."""

import select
import socket
import sys
from collections.abc import AsyncIterator, Callable

import pytest

from app.http import web_server
from app.http.application import Application
from app.http.bounds import Bounds
from app.http.listening import begin_no_handshake
from app.main import create_app
from app.settings import Settings
from tests.support.sockets import listening

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="no other system can keep handshakes from beginning")

REQUEST = b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"
LAST = REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[Application]:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


def connecting(listening: socket.socket) -> socket.socket:
    """A client of a socket, whose connection is made at once, or not."""
    client = socket.socket()
    client.setblocking(False)
    client.connect_ex(listening.getsockname())
    return client


def is_made(client: socket.socket) -> bool:
    """Whether the connection of a client is made, after a moment."""
    return bool(select.select([], [client], [], 0.05)[1])


def test_no_handshake_begins_and_connections_that_were_made_go_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        before = socket.create_connection(listening.getsockname())
        begin_no_handshake(listening)
        with connecting(listening) as after:
            assert not is_made(after)
        accepted, _ = listening.accept()
        with before, accepted:
            before.sendall(b"question")
            assert accepted.recv(100) == b"question"
            accepted.sendall(b"answer")
            assert before.recv(100) == b"answer"


class Crowded(socket.socket):
    """A listening socket to which, from some time on, a client connects whenever it was just found without one."""

    is_crowded: Callable[[], bool]
    clients: list[socket.socket]
    made: list[socket.socket]

    def accept(self) -> tuple[socket.socket, object]:
        """Accept a connection, as any socket does."""
        try:
            return super().accept()
        except BlockingIOError:
            if self.is_crowded():
                self.clients.append(client := connecting(self))
                if is_made(client):
                    self.made.append(client)
                    client.sendall(REQUEST)
            raise


@pytest.mark.anyio
async def test_every_connection_that_is_made_until_the_socket_is_closed_is_answered(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_server, "HANDSHAKE_SECONDS", 0.0)  # in which any number would come
    crowded = Crowded(fileno=socket.create_server(("127.0.0.1", 0)).detach())
    async with listening(app, Bounds(), crowded) as server:
        crowded.clients, crowded.made, crowded.is_crowded = [], [], lambda: server.server.is_stopping
        assert (await server.ask(LAST)).status == 200
        await server.stop()
    assert crowded.clients
    for client in crowded.clients:
        with client:
            if client in crowded.made:
                assert client.recv(2**16).startswith(b"HTTP/1.1 200 ")
