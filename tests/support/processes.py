"""The service and its workers as processes of their own, over real sockets."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import httpx

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds; every wait ends with what it waits for, so that only a failure takes so long
RUNNING = re.compile(r"http://127\.0\.0\.1:(\d+)")

T = TypeVar("T")


class Process:
    """A process, its address if it has one, and what it has logged so far."""

    def __init__(self, command: list[str], settings: dict[str, str]) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("NAMEWRIGHT_")}
        environment |= {"HOST": "127.0.0.1", "PORT": "0", **settings}
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
        return "".join(self.lines)

    def await_line(self, pattern: re.Pattern[str], times: int = 1) -> re.Match[str]:
        """Wait until the log has a pattern, so many times; the first of them."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            ended = self.process.poll() is not None
            if len(found := list(pattern.finditer(self.log))) >= times:
                return found[0]
            if ended:
                break
            time.sleep(0.01)
        raise AssertionError(self.log)

    def client(self, **options: object) -> httpx.Client:
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False, timeout=PATIENCE, **options)  # type: ignore[arg-type]

    def stop(self) -> int:
        """Ask it to end, if it has not, and wait until it has."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.wait()

    def kill(self) -> None:
        """End it without a chance to do anything about it."""
        self.process.kill()
        self.process.wait()

    def wait(self) -> int:
        status = self.process.wait(PATIENCE)
        self._reader.join(1)  # a process that it left behind may hold the pipe
        return status


@contextmanager
def started(settings: dict[str, str], *command: str) -> Iterator[Process]:
    """A module of Python's as a process, by default the service: without a worker, on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        own = {"NAMEWRIGHT_DATABASE_URL": f"sqlite:///{folder}/namewright.db", "NAMEWRIGHT_WORKER": "none"}
        server = Process([sys.executable, "-m", *(command or ("app",))], own | settings)
        try:
            yield server
        finally:
            server.stop()


def children(process: int, module: str = "") -> list[int]:
    """Processes that a process has made, those that run a module."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True)
    rows = [line.split(maxsplit=3) for line in listed.stdout.splitlines()]
    return [int(row[0]) for row in rows if int(row[1]) == process and row[2][0] != "Z" and module in row[3]]


def is_alive(process: int) -> bool:
    """Whether a process runs: one that has ended and that nobody asks about does not."""
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True)
    return listed.stdout.strip()[:1] not in {"", "Z"}


def until(found: Callable[[], T | None], what: str, seconds: float = PATIENCE, pause: float = 0.05) -> T:
    """Ask again and again until the answer is something; fails with `what` was awaited."""
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain for {what}"
        time.sleep(pause)
    return answer
