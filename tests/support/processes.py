"""The service and its workers as processes, over real sockets."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import httpx

from tests.support.checkout import ROOT

WAIT_SECONDS = 120
"""The longest wait; each ends as soon as what it waits for is there."""

RUNNING = re.compile(r"http://127\.0\.0\.1:(\d+)")

T = TypeVar("T")


class Process:
    """A process with its log and, for the service, its port, and a way to it."""

    def __init__(
        self,
        command: list[str],
        settings: dict[str, str],
        new_transport: Callable[[], httpx.BaseTransport] = lambda: httpx.HTTPTransport(trust_env=False),
    ) -> None:
        self._new_transport = new_transport
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NAMEWRIGHT_")}
        weights = os.environ.get("NAMEWRIGHT_WEIGHTS", str(ROOT / "weights"))
        own = {"HOST": "127.0.0.1", "PORT": "0", "NAMEWRIGHT_WEIGHTS": weights, "PYTHONFAULTHANDLER": "1"}
        environment = kept | own | settings
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr:
            self.lines.extend(iter(self.process.stderr.readline, ""))

    @property
    def port(self) -> int:
        """The port that the system chose."""
        return int(self.await_line(RUNNING)[1])

    @property
    def log(self) -> str:
        """All that it has logged so far."""
        return "".join(self.lines)

    def await_line(self, pattern: re.Pattern[str], times: int = 1) -> re.Match[str]:
        """Wait until a pattern stands so many times in the log; the first match."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            ended = self.process.poll() is not None
            if len(found := list(pattern.finditer(self.log))) >= times:
                return found[0]
            if ended:
                break
            time.sleep(0.01)
        raise AssertionError(self.log)

    def client(self, **options: object) -> httpx.Client:
        """A client of the service."""
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}",
            transport=self._new_transport(),
            trust_env=False,
            timeout=WAIT_SECONDS,
            **options,  # type: ignore[arg-type]
        )

    def stop(self) -> int:
        """Send SIGTERM and wait for the end; the exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.wait()

    def kill(self) -> None:
        """Send SIGKILL and wait for the end."""
        self.process.kill()
        self.process.wait()

    def wait(self) -> int:
        """Wait for the end; the exit status. What does not end fails, with its log and where its threads are."""
        try:
            status = self.process.wait(WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)
            self.process.wait()
            self._reader.join(1)
            raise AssertionError(self.log) from None
        self._reader.join(1)  # one of its children may still hold the pipe
        return status


@contextmanager
def started(settings: dict[str, str], *command: str) -> Iterator[Process]:
    """Run ``python -m`` with a command, by default the service, with a new database, no worker, and time for all."""
    with tempfile.TemporaryDirectory() as folder:
        own = {"NAMEWRIGHT_DATABASE_URL": f"sqlite:///{folder}/namewright.db", "NAMEWRIGHT_WORKER": "none"}
        own["NAMEWRIGHT_MAX_SECONDS"] = "60"
        own["NAMEWRIGHT_MAX_SECONDS_AHEAD"] = "600"
        server = Process([sys.executable, "-m", *(command or ("app",))], own | settings)
        try:
            yield server
        finally:
            server.stop()


def children(process: int, module: str = "") -> list[int]:
    """The child processes of a process whose command names a module."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(maxsplit=3) for line in listed.stdout.splitlines()]
    return [int(row[0]) for row in rows if int(row[1]) == process and row[2][0] != "Z" and module in row[3]]


def is_alive(process: int) -> bool:
    """Whether a process runs; a zombie does not."""
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True)
    return listed.stdout.strip()[:1] not in {"", "Z"}


def until(found: Callable[[], T | None], what: str, seconds: float = WAIT_SECONDS, pause: float = 0.05) -> T:
    """Poll until the answer is true, and return it; fails after so many seconds and says what was awaited."""
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < deadline, f"{what} did not come within {seconds:.0f} s"
        time.sleep(pause)
    return answer
