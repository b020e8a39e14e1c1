"""The first minute: clone, `make serve`, draw names, train with the printed token, stop."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.checkout import ROOT
from tests.support.trainings import quick, submit, until_ended

pytestmark = pytest.mark.slow

INSTALL_LIMIT = 240  # seconds: a slow network is no failure
STOP_LIMIT = 60  # seconds


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: there is nothing to clone")
    folder = tmp_path_factory.mktemp("fresh") / "namewright"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, folder], check=True)
    return folder


@contextmanager
def make_serve(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run ``make serve`` as a terminal would: in its own process group, without the variables of this test run.

    Its output goes to the file `printed` beside the clone, its data into the folder `data`.
    """
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COV", "MAKE", "MFLAGS", "NAMEWRIGHT_", "PYTEST", "VIRTUAL_ENV"))
    }
    python = Path(sys.base_prefix, "bin", "python3")
    command = ["make", "serve", f"PORT={port}", f"PYTHON={python}"]
    inherited["XDG_DATA_HOME"] = str(folder.parent / "data")
    inherited["PIP_NO_COMPILE"] = "0"  # pip's way to say --no-compile: the test imports little of what it installs
    with (
        (folder.parent / "printed").open("wb") as printed,
        subprocess.Popen(command, cwd=folder, env=inherited, stdout=printed, start_new_session=True) as make,
    ):
        try:
            yield make, f"http://127.0.0.1:{port}"
        finally:
            if group_is_alive(make.pid):
                os.killpg(make.pid, signal.SIGKILL)


def group_is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def draw(make: subprocess.Popen[bytes], url: str) -> list[str]:
    deadline = time.monotonic() + INSTALL_LIMIT
    while time.monotonic() < deadline:
        assert make.poll() is None, "make serve ended before it answered"
        try:
            answer = httpx.get(url, timeout=5, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            names: list[str] = answer.raise_for_status().json()["names"]
            return names
    pytest.fail(f"make serve did not answer within {INSTALL_LIMIT} seconds")


def train(address: str, printed: str, data: Path) -> None:
    """Train with the printed token; the loss plot needs only what `make serve` installed."""
    token = re.search(r"^  export TOKEN=(\w{20,})$", printed, re.MULTILINE)
    assert token is not None, printed
    assert token[1] == (data / "namewright/admin-token").read_text("utf-8").strip()
    assert f"{address}/train" in printed
    authorization = {"Authorization": f"Bearer {token[1]}"}
    with httpx.Client(base_url=address, headers=authorization, trust_env=False, timeout=60) as client:
        ended = until_ended(client, submit(client, quick())["id"])
        assert ended["state"] == "succeeded", ended
        assert client.get(f"/sample?model=elves@{ended['version']}").status_code == 200
        assert client.get(f"/train/{ended['id']}/loss.png").headers["content-type"] == "image/png"


@pytest.mark.parametrize("stop", ["Ctrl-C in the terminal", "SIGTERM to make"])
def test_make_serve_in_a_fresh_clone_draws_names_and_stops_cleanly(clone: Path, stop: str) -> None:
    with make_serve(clone) as (make, address):
        names = draw(make, f"{address}/sample?start=a&max_length=12&count=5")

        assert len(set(names)) == 5
        assert all(name.startswith("A") and len(name) <= 12 for name in names)
        train(address, (clone.parent / "printed").read_text("utf-8"), clone.parent / "data")

        if stop == "SIGTERM to make":
            make.terminate()
        else:
            os.killpg(make.pid, signal.SIGINT)
        make.wait(STOP_LIMIT)

        deadline = time.monotonic() + STOP_LIMIT
        while group_is_alive(make.pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not group_is_alive(make.pid), "a process of make serve outlived it"
