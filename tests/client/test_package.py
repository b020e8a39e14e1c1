"""The client as a package, and what its README shows."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from namewright_client import __version__

from tests.support.checkout import ROOT, tracked
from tests.support.processes import Process
from tests.support.trainings import TOKEN

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

SHOWN = [
    (page.name, block)
    for page in (ROOT / "client" / "README.md", ROOT / "docs" / "api.md")
    for block in re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
]


def test_its_wheel_holds_its_modules_and_their_types(tmp_path: Path) -> None:
    for path in tracked("client"):
        copy = tmp_path / path.relative_to(ROOT / "client")
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(path, copy)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir=dist"]
    subprocess.run([*command, "."], cwd=tmp_path, check=True)
    (wheel,) = (tmp_path / "dist").iterdir()
    assert wheel.name == f"namewright_client-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        (metadata,) = (name for name in archive.namelist() if name.endswith("METADATA"))
        assert re.findall(r"Requires-Dist: (\w+)", archive.read(metadata).decode()) == ["httpx"]
    own = tracked("client/namewright_client")
    assert held == {str(path.relative_to(ROOT / "client")) for path in own}
    assert "namewright_client/py.typed" in held


@pytest.mark.parametrize(
    "shown", [block for _, block in SHOWN], ids=[f"{page}-{n}" for n, (page, _) in enumerate(SHOWN)]
)
def test_what_is_shown_works(service: Process, tmp_path: Path, names_file: Path, shown: str) -> None:
    names_file.rename(tmp_path / "elves.txt")
    program = shown.replace("AsyncClient()", 'AsyncClient("http://127.0.0.1:8000")')
    assert "http://127.0.0.1:8000" in program
    program = program.replace("http://127.0.0.1:8000", f"http://127.0.0.1:{service.port}")
    program = program.replace("the admin's token", TOKEN).replace(
        '"elves")', '"elves", steps=60, hidden=32, parent="none")'
    )
    environment = {"PYTHONPATH": str(ROOT / "client"), "NO_PROXY": "127.0.0.1", "PYTHONWARNINGS": "error"}
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert re.search("[A-Z][a-z]+", run.stdout)
