"""A server to measure: a process of its own, with a client of it, each on its core."""

from __future__ import annotations

import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.timing import LOAD_CORE, MEASURED_CORE, pinned

START_LIMIT = 60  # seconds
POLL_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers."""

    client: httpx.Client
    port: int
    pid: int
    start_seconds: float
    """From the start of the process to its first answer."""
    log: Path
    """What it writes to stderr."""

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def resident_megabytes(self) -> float:
        """Memory that the process holds now; 0 where the system has no /proc."""
        return self._megabytes("VmRSS")

    def peak_megabytes(self) -> float:
        """The most that it has held since `forget_peak`."""
        return self._megabytes("VmHWM")

    def forget_peak(self) -> None:
        """Let the peak be what the process holds now."""
        if (peak := Path(f"/proc/{self.pid}/clear_refs")).exists():
            peak.write_text("5", "ascii")

    def _megabytes(self, field: str) -> float:
        status = Path(f"/proc/{self.pid}/status")
        found = re.search(rf"{field}:\s+(\d+) kB", status.read_text("ascii")) if status.exists() else None
        return int(found[1]) / 1024 if found else 0.0


@contextmanager
def serve(
    module: str,
    *,
    cores: Sequence[int] = (MEASURED_CORE,),
    load_cores: Sequence[int] = (LOAD_CORE,),
    **settings: str,
) -> Iterator[Server]:
    """Run ``python -m module`` with an admin and a new database until the block ends.

    Parameters
    ----------
    cores, load_cores
        Of the server, and of what the block does meanwhile.
    settings
        Environment variables beside them, without the prefix; by default the service has no training worker.
    """
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NAMEWRIGHT_")}
    environment |= {"HOST": "127.0.0.1", "PORT": str(port), "NAMEWRIGHT_ADMIN_TOKEN": token}
    environment |= {f"NAMEWRIGHT_{name}": value for name, value in ({"WORKER": "none"} | settings).items()}
    with (
        tempfile.TemporaryDirectory() as folder,
        Path(folder, "log").open("wb") as log,
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            timeout=START_LIMIT,
        ) as client,
        pinned(*load_cores),
    ):
        environment["NAMEWRIGHT_DATABASE_URL"] = f"sqlite:///{folder}/namewright.db"
        began = time.perf_counter()
        with pinned(*cores):
            process = subprocess.Popen([sys.executable, "-m", module], env=environment, stderr=log)
        try:
            _await_answer(client, process, began + START_LIMIT)
            yield Server(client, port, process.pid, time.perf_counter() - began, Path(log.name))
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
