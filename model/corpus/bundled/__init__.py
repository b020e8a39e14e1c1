"""The lists of names that come with the package; README.md tells their sources and licences."""

from __future__ import annotations

from pathlib import Path

from model.errors import BadCorpus

FOLDER = Path(__file__).parent


def bundled() -> list[str]:
    """The names of the lists, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.txt"))


def bundled_path(name: str) -> Path:
    """The file of a list; raises BadCorpus, which tells the lists there are, for any other name."""
    known = bundled()
    if name not in known:
        raise BadCorpus(f"there is no list called {name!r}; the lists are: {', '.join(known)}")
    return FOLDER / f"{name}.txt"
