"""A TCP proxy between clients and a server on this machine, which behaves as a bad network does."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Literal, Self

PIECE_BYTES = 1 << 16
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER with a time of zero, by which `close` sends a reset."""

Direction = Literal["server", "client"]
"""Where bytes go to."""


class TcpProxy:
    """Forwards connections to a port of this machine: at once and whole, unless asked to do otherwise.

    Attributes
    ----------
    port : int
        Where it listens.
    """

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._changed = threading.Condition()
        self._stalled: frozenset[Direction] = frozenset()
        self._is_cut = False
        self._delay_seconds = 0.0
        self._open: set[socket.socket] = set()
        self._ended = False

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        self.cut()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def cut(self) -> None:
        """Reset every connection, and each new one as soon as it is made."""
        with self._changed:
            self._is_cut = True
            self._changed.notify_all()
            for each in self._open:
                _reset(each)
            self._open.clear()

    def stall(self, *directions: Direction) -> None:
        """Hold back what goes there, both ways by default, as if every packet were lost; connections stay open."""
        with self._changed:
            self._stalled = frozenset(directions or ("server", "client"))

    def delay(self, seconds: float) -> None:
        """Forward each piece only after so long."""
        self._delay_seconds = seconds

    def half_close(self) -> int:
        """End what the server sends on every connection, while its clients may go on sending; how many there were."""
        with self._changed:
            clients = [each for each in self._open if each.getsockname()[1] == self.port]
            for each in clients:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_WR)
            return len(clients)

    def heal(self) -> None:
        """Forward everything again, what was held back first."""
        with self._changed:
            self._is_cut, self._stalled, self._delay_seconds = False, frozenset(), 0.0
            self._changed.notify_all()

    def _accept(self) -> None:
        while not self._ended:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=[client], daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        with client:
            if not self._keep(client):
                return
            try:
                with socket.create_connection(("127.0.0.1", self._server_port)) as server:
                    if self._keep(server):
                        answering = threading.Thread(target=self._forward, args=[server, client, "client"], daemon=True)
                        answering.start()
                        self._forward(client, server, "server")
                        answering.join()
                    self._forget(server)
            except OSError:
                _reset(client)
            self._forget(client)

    def _forward(self, source: socket.socket, sink: socket.socket, to: Direction) -> None:
        try:
            while piece := source.recv(PIECE_BYTES):
                self._wait_for_passage(source, to)
                sink.sendall(piece)
            self._wait_for_passage(source, to)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            _reset(source)
            _reset(sink)

    def _wait_for_passage(self, source: socket.socket, to: Direction) -> None:
        time.sleep(self._delay_seconds)
        with self._changed:
            self._changed.wait_for(lambda: to not in self._stalled or source not in self._open)
            if source not in self._open:
                raise ConnectionResetError

    def _keep(self, each: socket.socket) -> bool:
        """Count a connection among the open ones; False where it was cut."""
        with self._changed:
            if self._is_cut:
                _reset(each)
            else:
                self._open.add(each)
            return not self._is_cut

    def _forget(self, each: socket.socket) -> None:
        with self._changed:
            self._open.discard(each)


def _reset(each: socket.socket) -> None:
    """Have the end of a connection be a reset, and wake who reads from it, who then closes it."""
    with suppress(OSError):
        each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        each.shutdown(socket.SHUT_RD)
