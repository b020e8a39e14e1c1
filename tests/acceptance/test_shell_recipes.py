"""The recipes for a shell, as they stand, with curl and jq."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.checkout import ROOT
from tests.support.trainings import TOKEN, some_names

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "recipes.md").read_text("utf-8")
CHAPTER = PAGE.partition("\n## A shell: ")[2].partition("\n## ")[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the commands run, with a list of elves."""
    if missing := [program for program in ("curl", "jq") if shutil.which(program) is None]:
        assert os.environ.get("CI") != "true", f"no {missing} in CI"
        pytest.skip(f"no {' and no '.join(missing)} here")
    (tmp_path / "elves.txt").write_text("\n".join(some_names(60)))
    return tmp_path


def shell(commands: str, address: str, folder: Path) -> str:
    """What commands of the page print, asked of another address."""
    assert "http://127.0.0.1:8000/" in commands
    script = "set -euo pipefail\n" + commands.replace("http://127.0.0.1:8000", address)
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "TOKEN": TOKEN, "LC_ALL": "C.UTF-8"}
    run = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_commands_print_what_stands_below_them(address: str, folder: Path) -> None:
    shown = re.findall(r"```sh\n(.*?)```\n\n```\n(.*?)```", CHAPTER, re.DOTALL)
    assert len(shown) == 2
    for commands, printed in shown:
        assert shell(commands, address, folder) == printed


def test_each_model_of_a_language_gets_a_file_of_names(address: str, folder: Path) -> None:
    commands = CHAPTER.partition("```sh\n")[2].partition("```")[0]
    assert shell(commands, address, folder) == ""
    files = {path.stem: path.read_text("utf-8").splitlines() for path in folder.glob("icelandic-*.txt")}
    assert {"icelandic-girls", "icelandic-boys"} <= files.keys()
    assert {len(names) for names in files.values()} == {100}


def test_a_training_shows_its_progress_until_names_come_of_it(address: str, folder: Path) -> None:
    commands = CHAPTER.rpartition("```sh\n")[2].partition("```")[0]
    upload = "-F model=elves "
    assert upload in commands
    commands = commands.replace(upload, f"{upload}-F steps=60 -F hidden=16 -F from=none ")  # a small training
    commands = commands.replace("model=elves", "model=shell-elves")  # other tests have elves too
    *progress, _, _, _, _, last = shell(commands, address, folder).splitlines()
    assert progress[0].startswith(("queued, 0 %", "running, "))
    assert any(line.startswith("succeeded, 100 %") for line in progress)
    assert re.fullmatch(r"\w[\w' -]+", last)
