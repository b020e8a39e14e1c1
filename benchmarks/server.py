"""A server to measure: a process of its own, with a client of it."""

from __future__ import annotations

import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

START_LIMIT = 60  # seconds
POLL_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers."""

    client: httpx.Client
    pid: int
    start_seconds: float
    """From the start of the process to its first answer."""

    def resident_megabytes(self) -> float:
        """Memory that the process holds now; 0 where the system has no /proc."""
        status = Path(f"/proc/{self.pid}/status")
        found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text("ascii")) if status.exists() else None
        return int(found[1]) / 1024 if found else 0.0


@contextmanager
def serve(module: str) -> Iterator[Server]:
    """Run ``python -m module`` with the default settings, an admin and a new database until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NAMEWRIGHT_")}
    environment |= {"HOST": "127.0.0.1", "PORT": str(port), "NAMEWRIGHT_ADMIN_TOKEN": token}
    with (
        tempfile.TemporaryDirectory() as folder,
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            timeout=START_LIMIT,
        ) as client,
    ):
        environment["NAMEWRIGHT_DATABASE_URL"] = f"sqlite:///{folder}/namewright.db"
        began = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-m", module], env=environment, stderr=subprocess.DEVNULL)
        try:
            _await_answer(client, process, began + START_LIMIT)
            yield Server(client, process.pid, time.perf_counter() - began)
        finally:
            process.terminate()
            process.wait(START_LIMIT)


def _await_answer(client: httpx.Client, process: subprocess.Popen[bytes], deadline: float) -> None:
    while process.poll() is None and time.perf_counter() < deadline:
        try:
            client.get("/sample").raise_for_status()
        except httpx.ConnectError:
            time.sleep(POLL_SECONDS)
        else:
            return
    raise TimeoutError("the server does not answer")
