"""What git tracks of this checkout: tests do not depend on other files that lie in it."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tracked(folder: str) -> list[Path]:
    """The files below a folder that git tracks; all of them where this is no git checkout."""
    listed = subprocess.run(["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0 and listed.stdout:
        return sorted(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).exists())
    return sorted(path for path in (ROOT / folder).rglob("*") if path.is_file())
