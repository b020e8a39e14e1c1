import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
START_LIMIT = 20  # seconds


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where a service with the bundled models and default settings answers, as a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NAMEWRIGHT_")}
    environment |= {"HOST": "127.0.0.1", "PORT": str(port)}
    with subprocess.Popen([sys.executable, "-m", "app"], cwd=ROOT, env=environment) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_ready(server, address)
            yield address
        finally:
            server.terminate()


def wait_until_ready(server: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended before it answered"
        try:
            httpx.get(f"{address}/health/ready", timeout=1, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"the server did not answer within {START_LIMIT} seconds")
