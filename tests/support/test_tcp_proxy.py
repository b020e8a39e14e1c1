"""The bad network does what it says."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.support.tcp_proxy import TcpProxy

SOON = 0.3  # seconds in which something would arrive
PATIENCE = 60


@pytest.fixture
def proxy() -> Iterator[TcpProxy]:
    """A proxy before a server that sends everything back."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, args=[server], daemon=True).start()
        with TcpProxy(server.getsockname()[1]) as proxy:
            yield proxy


def serve(server: socket.socket) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=send_back, args=[connection], daemon=True).start()


def send_back(connection: socket.socket) -> None:
    with connection:
        try:
            while piece := connection.recv(1000):
                connection.sendall(piece)
        except OSError:
            return


@pytest.fixture
def client(proxy: TcpProxy) -> Iterator[socket.socket]:
    with connect(proxy) as client:
        exchange(client, b"at once")
        yield client


def connect(proxy: TcpProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=PATIENCE)


def exchange(client: socket.socket, content: bytes) -> None:
    client.sendall(content)
    receive(client, content)


def receive(client: socket.socket, content: bytes) -> None:
    received = b""
    while len(received) < len(content):
        piece = client.recv(len(content) - len(received))
        assert piece, received
        received += piece
    assert received == content


def greet(proxy: TcpProxy) -> None:
    with connect(proxy) as another:
        exchange(another, b"again")


def hears_nothing(client: socket.socket) -> None:
    client.settimeout(SOON)
    with pytest.raises(TimeoutError):
        client.recv(1)
    client.settimeout(PATIENCE)


def test_everything_passes_in_order(client: socket.socket) -> None:
    content = bytes(range(256)) * 4000
    sending = threading.Thread(target=client.sendall, args=[content])
    sending.start()
    receive(client, content)
    sending.join()
    client.shutdown(socket.SHUT_WR)
    assert client.recv(1) == b""


def test_what_is_cut_is_reset_and_new_connections_too(proxy: TcpProxy, client: socket.socket) -> None:
    proxy.cut()
    with pytest.raises(ConnectionResetError):
        client.recv(1)
    with pytest.raises(ConnectionError):
        greet(proxy)
    proxy.heal()
    greet(proxy)


@pytest.mark.parametrize("direction", ["server", "client"])
def test_what_is_stalled_arrives_once_it_is_healed(proxy: TcpProxy, client: socket.socket, direction: str) -> None:
    proxy.stall(direction)  # type: ignore[arg-type]
    client.sendall(b"later")
    hears_nothing(client)
    proxy.heal()
    receive(client, b"later")


def test_a_stall_ends_by_a_cut(proxy: TcpProxy, client: socket.socket) -> None:
    proxy.stall()
    client.sendall(b"never")
    hears_nothing(client)
    proxy.cut()
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def test_a_delay_holds_each_piece_up(proxy: TcpProxy, client: socket.socket) -> None:
    proxy.delay(2 * SOON)  # each way
    client.sendall(b"late")
    hears_nothing(client)
    receive(client, b"late")


def test_half_closed_ends_what_the_server_sends(proxy: TcpProxy, client: socket.socket) -> None:
    assert proxy.half_close() == 1
    assert client.recv(1) == b""
    client.sendall(b"still open this way")
