"""The wheel, built from what git tracks and installed into an empty environment by the lock, away from the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from model import __version__
from tests.support.checkout import ROOT, tracked
from tests.support.pages import LISTS, block
from tests.support.processes import RUNNING, Process, children, until
from tests.support.trainings import TOKEN, quick, submit, until_ended

pytestmark = pytest.mark.slow

SEEDED = ("sample", "us", "--count", "5", "--seed", "wheel")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source")
    for top in ("app", "model", "weights", "pyproject.toml", "README.md", "LICENSE"):
        for path in tracked(top):
            copy = folder / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir=dist"]
    subprocess.run([*command, "."], cwd=folder, check=True)
    (made,) = (folder / "dist").iterdir()
    return made


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a virtual environment that has the wheel and what production.txt locks.

    Made by uv, which links what it has in its cache; `make serve` in a fresh clone installs the same with pip.
    """
    folder = tmp_path_factory.mktemp("environment")
    uv = [sys.executable, "-m", "uv"]
    install = [*uv, "pip", "install", "--quiet", f"--python={folder}/bin/python"]
    subprocess.run([*uv, "venv", "--quiet", f"--python={sys.executable}", folder], check=True)
    subprocess.run([*install, "--require-hashes", "--requirement", ROOT / "requirements/production.txt"], check=True)
    subprocess.run([*install, "--no-index", "--no-deps", wheel], check=True)
    subprocess.run([*uv, "pip", "check", "--quiet", f"--python={folder}/bin/python"], check=True)
    return folder / "bin"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose own modules are called like ours, and none of our variables."""
    for name in ("app.py", "model.py"):
        (tmp_path / name).write_text("raise SystemExit('this is another one')\n")
    for name in ("NAMEWRIGHT_WEIGHTS", "NAMEWRIGHT_DATABASE_URL", "NAMEWRIGHT_WORKER", "PYTHONPATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COVERAGE_PROCESS_CONFIG", "")
    return tmp_path


@contextmanager
def closing_service(service: Process) -> Iterator[None]:
    try:
        yield
    finally:
        service.stop()


def test_it_holds_the_tracked_models_and_lists_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == {str(path.relative_to(ROOT)) for top in ("app", "model", "weights") for path in tracked(top)}
    assert wheel.name == f"namewright-{__version__}-py3-none-any.whl"


def test_it_samples_the_names_of_the_checkout(environment: Path, elsewhere: Path) -> None:
    drawn = subprocess.run([environment / "namewright", *SEEDED], cwd=elsewhere, capture_output=True, text=True)
    assert drawn.returncode == 0, drawn.stderr
    expected = subprocess.run([sys.executable, "-m", "model", *SEEDED], cwd=ROOT, capture_output=True, text=True)
    assert drawn.stdout == expected.stdout != ""


def test_it_serves_trains_and_is_backed_up(environment: Path, elsewhere: Path) -> None:
    serve, sample, train, backup = block("docs/start.md", "namewright serve").splitlines()
    settings = {
        "NAMEWRIGHT_ADMIN_TOKEN": TOKEN,
        "NAMEWRIGHT_DATABASE_URL": "sqlite:///namewright.db",
        "HOST": "127.0.0.1",
        "PORT": "0",
        "PATH": f"{environment}:{os.environ['PATH']}",
    }
    there = ["env", f"--chdir={elsewhere}", "--unset=NAMEWRIGHT_WEIGHTS"]
    service = Process([*there, *serve.split()], settings)
    with closing_service(service):
        address = f"http://127.0.0.1:{service.await_line(RUNNING)[1]}"
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with httpx.Client(base_url=address, headers=headers, trust_env=False, timeout=60) as client:
            assert len(client.get("/models").json()["models"]) > 200
            assert client.get("/sample?model=finnish-places&count=3&seed=7").status_code == 200
            assert client.get("/docs").status_code == 200
            ended = until_ended(client, submit(client, quick())["id"])
            assert ended["state"] == "succeeded", ended
            assert client.get(f"/train/{ended['id']}/loss.png").headers["content-type"] == "image/png"
        (elsewhere / "NAMES.txt").write_text("\n".join(LISTS["NAMES.txt"].split()))
        drawn = run(sample, elsewhere, settings).splitlines()
        assert len(drawn) == 5
        assert json.loads(run(train, elsewhere, settings))["out"] == "elves.npz"
        assert (elsewhere / "elves.npz").exists()
        run(backup, elsewhere, settings)
        until(lambda: children(service.process.pid, "app.worker"), "a worker")
    assert service.process.returncode == 0, service.log
    restored = settings | {"NAMEWRIGHT_DATABASE_URL": "sqlite:///restored.db"}
    for command in ("namewright restore namewright.backup", "namewright upgrade"):
        run(command, elsewhere, restored)
    assert (elsewhere / "restored.db").stat().st_size > 100_000


def run(command: str, folder: Path, settings: dict[str, str]) -> str:
    """What a command prints."""
    done = subprocess.run(
        ["env", *command.split()], cwd=folder, env=os.environ | settings, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
