"""Writes the lock files: each version with the hashes of its files, for every Python and platform that we allow.

    python scripts/lock.py [--upgrade] [FOLDER]

FOLDER has `pyproject.toml` and `requirements/`, by default the current one. Versions stay as they are where they still
fit, unless `--upgrade` asks for the newest.
"""

import subprocess
import sys
import tomllib
from argparse import ArgumentParser
from pathlib import Path

OPTIONS = ("--quiet", "--universal", "--generate-hashes", "--no-annotate", "--custom-compile-command", "make lock")


def main() -> None:
    """Write `production.txt`, `dev.txt` and, with what builds the wheel, `build.txt`."""
    parser = ArgumentParser(description="Write the lock files.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(), help="with pyproject.toml and requirements/")
    asked = parser.parse_args()
    project = tomllib.loads((asked.folder / "pyproject.toml").read_text("utf-8"))
    oldest = project["project"]["requires-python"].removeprefix(">=")
    for name, source, given in (
        ("production", ["pyproject.toml"], ""),
        ("dev", ["pyproject.toml", "--extra=dev"], ""),
        ("build", ["-"], "\n".join(project["build-system"]["requires"])),
    ):
        upgrade = ["--upgrade"] if asked.upgrade else []
        command = [sys.executable, "-m", "uv", "pip", "compile", *OPTIONS, *upgrade, f"--python-version={oldest}"]
        out = f"--output-file=requirements/{name}.txt"
        subprocess.run([*command, out, *source], cwd=asked.folder, input=given, text=True, check=True)  # noqa: S603


if __name__ == "__main__":
    main()
