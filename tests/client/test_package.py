"""The client as a package, installed as its README says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from namewright_client import __version__

from tests.support.checkout import ROOT, tracked
from tests.support.pages import Reader, block

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]


def test_what_is_installed_is_its_modules_and_their_types(tmp_path: Path) -> None:
    for path in tracked("client"):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    site = tmp_path / "site"
    offline = {"PIP_TARGET": str(site), "PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    Reader(tmp_path).run(block("client/README.md", "pip install"), **offline)

    (about,) = site.glob("*.dist-info")
    assert about.name == f"namewright_client-{__version__}.dist-info"
    assert re.findall(r"Requires-Dist: (\w+)", (about / "METADATA").read_text("utf-8")) == ["httpx"]
    installed = {path.relative_to(site) for path in site.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert {path for path in installed if path.parts[0] != about.name} == {
        path.relative_to(ROOT / "client") for path in tracked("client/namewright_client")
    }
    assert Path("namewright_client/py.typed") in installed
    command = [sys.executable, "-c", "from namewright_client import Client; print(Client.__module__)"]
    run = subprocess.run(command, env={"PYTHONPATH": str(site)}, capture_output=True, text=True, check=True)
    assert run.stdout.startswith("namewright_client")
