"""The server: one process, or several that share the port; it ends on SIGTERM or SIGINT.

With several, this process takes the port, starts the others, and starts one again that has ended; it answers nothing.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from argparse import SUPPRESS, ArgumentParser
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from app import logs
from app.logs import get_logger
from app.metrics import Shares
from app.settings import STARTUP_FAILURE, Address, Settings, stop
from app.store.backoff import Backoff
from model import __version__

SETTINGS = (
    "HOST and PORT, and variables that begin with NAMEWRIGHT_, set everything; docs/settings.md has the table of them."
)

SWITCH_SECONDS = 0.0005
"""How long a thread that draws keeps the event loop waiting for the interpreter's lock; Python's own is 5 ms."""

KILL_SECONDS = 9.0
"""After which a process that does not stop is killed; `docker stop` kills after 10."""

LOOK_SECONDS = 0.2
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
STEADY_SECONDS = 60.0
"""A process that ran for so long did not fail at its start; the next one is started after the first pause."""

log = get_logger(__name__)


def main(prog: str = "python -m app") -> None:
    """Serve until SIGTERM or SIGINT; requests in flight are answered first."""
    parser = ArgumentParser(prog=prog, description="Serve names over HTTP.", epilog=SETTINGS)
    parser.add_argument("--version", action="version", version=f"namewright {__version__}")
    workers = "server processes that share the port; by default NAMEWRIGHT_PROCESSES, which is 1"
    parser.add_argument("--workers", type=int, metavar="N", help=workers)
    parser.add_argument("--one-of", nargs=3, metavar=("PORT", "PLACE", "FOLDER"), help=SUPPRESS)
    options = parser.parse_args()
    settings, address = Settings.read(), Address.read()
    number = settings.processes if options.workers is None else options.workers
    if number < 1:
        parser.error("--workers should be at least 1")
    logs.configure(settings.log_level, settings.log_format)
    if options.one_of:
        port, place, folder = options.one_of
        Thread(target=_end_with_the_parent, name="parent watch", daemon=True).start()
        _serve(settings, _share(address.host, int(port)), Shares(Path(folder), int(place)))
    elif number == 1:
        _serve(settings, _listen(address))
    else:
        with _listen(address) as listening:
            port = listening.getsockname()[1]
        with _share(address.host, port), tempfile.TemporaryDirectory(prefix="namewright-") as folder:
            status = Processes(port, folder, number).run()
        sys.exit(status)


def _serve(settings: Settings, listening: socket.socket, shares: Shares | None = None) -> None:
    """Answer requests in this process."""
    from app.http.bounds import bounds_of_process
    from app.http.web_server import WebServer
    from app.main import create_app

    sys.setswitchinterval(SWITCH_SECONDS)
    # uvicorn raises the signal once more when it has stopped; a requested stop is a success.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with listening:
        host, port = listening.getsockname()[:2]
        url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        app = create_app(settings, url, shares)
        WebServer(app, *bounds_of_process(settings.max_connections)).run(sockets=[listening])


def _listen(address: Address) -> socket.socket:
    """Take the port before anything is loaded, or end the process."""
    try:
        return socket.create_server((address.host, address.port), family=_family(address.host))
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0]
        stop(f"{address.host} port {address.port} cannot be had ({reason}); set PORT or HOST to another")


def _share(host: str, port: int) -> socket.socket:
    """A socket of this process on a port that others have too; connections are for those that listen.

    The system divides connections by chance. From one socket for all, the first process takes all that come at once.
    """
    shared = socket.socket(_family(host))
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if shared.family == socket.AF_INET6:
        shared.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)  # as `_listen` does
    shared.bind((host, port))
    return shared


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _end_with_the_parent() -> None:
    """Stop when the other end of the pipe is closed, which it is even if the parent was killed."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


@dataclass(slots=True)
class Place:
    """One of the processes, and when the next one in its place may start."""

    process: subprocess.Popen[bytes]
    started: float
    restart_at: float | None = None
    backoff: Backoff = field(default_factory=lambda: Backoff(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS))
    restarts: int = 0


class Processes:
    """Several server processes.

    Parameters
    ----------
    port
        That they share.
    folder
        Where they keep their counters for each other.
    number
        How many.
    """

    def __init__(self, port: int, folder: str, number: int) -> None:
        self._port, self._folder, self._number = port, folder, number
        self._stopping = Event()

    def run(self) -> int:
        """Keep them running until SIGTERM or SIGINT; the status to exit with."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        places = [Place(self._start(index), time.monotonic()) for index in range(self._number)]
        status = 0
        while not status and not self._stopping.wait(LOOK_SECONDS):
            status = max(self._look_after(index, place) for index, place in enumerate(places))
        _stop_all([place.process for place in places])
        return status

    def _look_after(self, index: int, place: Place) -> int:
        """Start a process again that has ended; the status to exit with where it never started, or else 0."""
        now = time.monotonic()
        if place.restart_at is not None:
            if now >= place.restart_at:
                place.process, place.started, place.restart_at = self._start(index), now, None
                place.restarts += 1
        elif (status := place.process.poll()) is not None:
            if status == STARTUP_FAILURE and not place.restarts:
                return status
            if now - place.started > STEADY_SECONDS:
                place.backoff.reset()
            pause = place.backoff.next_seconds()
            log.warning("server process ended", status=status, next_in_seconds=pause)
            place.restart_at = now + pause
        return 0

    def _start(self, index: int) -> subprocess.Popen[bytes]:
        """Start a process, whose standard input is a pipe that only this one holds."""
        command = [sys.executable, "-P", "-m", "app", "--one-of", str(self._port), str(index), self._folder]
        return subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603


def _stop_all(processes: list[subprocess.Popen[bytes]]) -> None:
    """Let each answer what it has begun, and kill those that take too long."""
    deadline = time.monotonic() + KILL_SECONDS
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            log.warning("server process killed, since it did not stop", process=process.pid)
            process.kill()
            process.wait()
