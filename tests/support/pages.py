"""The commands and programs that stand on the project's pages, and a shell that runs them as they stand."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.support.checkout import ROOT, tracked
from tests.support.trainings import TOKEN

FENCE = re.compile(r"^```(?P<language>\w*)(?P<options>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = {"sh", "console", "python", "js"}
ANSWERS = {"json", "csv", "text", ""}
ADDRESS = "http://127.0.0.1:8000"
"""Of the service on all pages."""

LISTS = {
    "elves.txt": "Selivrin Elrandir Thaliel Vaelith Lorieth Nimaneth Galaniel Faerith Imarion Saelion Aravel Milithien",
    "dwarves.txt": "Durin Dvalin Nain Bombur Nori Thorin Thror Fundin Gloin Oin Thrain Eikinskjaldi",
    "others.txt": "Bafur Bifur Dori Fili Gandalf Kili Nali Ori Thekk Throin",
    "NAMES.txt": "Aurvang Draupnir Frosti Ginnar Hornbori Lofar Moin Nabbi Skirvir Sviur Vindalf Yngvi",
}
"""Those of the one who reads; a training on twelve names takes three seconds of a core."""


@dataclass(frozen=True)
class Block:
    """Commands or a program on a page, with what the page shows below as their answer, and its format."""

    page: str
    text: str
    language: str = "sh"
    answer: str | None = None
    form: str = ""

    @property
    def beginning(self) -> str:
        """The first line."""
        return self.text.partition("\n")[0]


def pages() -> list[Path]:
    """All pages that git tracks."""
    return [path for path in tracked(".") if path.suffix == ".md"]


def languages(page: Path) -> set[str]:
    """What the blocks of a page are written in; each begins and ends at the left margin."""
    text = page.read_text("utf-8")
    fences = list(FENCE.finditer(text))
    assert text.count("```") == 2 * len(fences), page
    return {fence["language"] for fence in fences}


def blocks(page: Path) -> list[Block]:
    """What can be run on a page, in its order; code with a title is quoted from a file."""
    text, name = page.read_text("utf-8"), str(page.relative_to(ROOT))
    fences = list(FENCE.finditer(text))
    found = []
    for fence, after in zip_longest(fences, fences[1:]):
        if fence["language"] not in COMMANDS or fence["options"]:
            continue
        if fence["language"] == "console":
            for command, printed in re.findall(r"^\$ (.*\n)((?:[^$].*\n)*)", fence["text"], re.MULTILINE):
                found.append(Block(name, command, answer=printed))
        elif after and after["language"] in ANSWERS and not text[fence.end() : after.start()].strip():
            found.append(Block(name, fence["text"], fence["language"], after["text"], after["language"]))
        else:
            found.append(Block(name, fence["text"], fence["language"]))
    return found


def block(page: str, beginning: str) -> str:
    """The commands of a page that begin in some way."""
    (found,) = (one for one in blocks(ROOT / page) if one.text.startswith(beginning))
    return found.text


class Reader:
    """Somebody who tries what stands on the pages, in a folder like the top of a clone, with some lists of names."""

    def __init__(self, folder: Path, address: str = ADDRESS, **variables: str) -> None:
        if missing := [program for program in ("curl", "jq") if shutil.which(program) is None]:
            assert os.environ.get("CI") != "true", f"no {missing} in CI"
            pytest.skip(f"no {' and no '.join(missing)} here")
        self.folder = folder
        self._address = address
        programs = folder / ".venv" / "bin"
        programs.mkdir(parents=True)
        for name, arguments in {"python": "", "namewright": "-m app.cli", "pip": "-m pip"}.items():
            (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n')
            (programs / name).chmod(0o755)
        (folder / "model").symlink_to(ROOT / "model")
        (folder / "weights").mkdir()
        for name, names in LISTS.items():
            (folder / name).write_text("\n".join(names.split()))
        (folder / ".curlrc").write_text("fail-with-body\nno-progress-meter\n")  # an error ends the commands
        self.environment = {
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'client'}",
            "PYTHONSAFEPATH": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "TOKEN": TOKEN,
        } | variables

    def here(self, text: str) -> str:
        """What stands on a page, with the address of another service."""
        return text.replace(ADDRESS, self._address)

    def run(self, text: str, language: str = "sh", **variables: str) -> str:
        """What commands or a program print, which must succeed."""
        if language == "python":
            command, variables = ["python", "-c", self.here(text)], {"PYTHONWARNINGS": "error"} | variables
        else:
            command = ["bash", "-c", "set -euo pipefail\n" + self.here(text)]
        command = ["env", *command]  # which looks for programs where the reader's PATH says
        environment = self.environment | variables
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        return done.stdout
