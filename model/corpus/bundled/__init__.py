"""Which lists come with the package?  README.md has their sources and licences."""

from __future__ import annotations

from pathlib import Path

from model.errors import BadCorpus

FOLDER = Path(__file__).parent


def bundled() -> list[str]:
    """The names of the lists, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.txt"))


def bundled_path(name: str) -> Path:
    """The file of a list; for any other name, raises BadCorpus, which names the lists."""
    known = bundled()
    if name not in known:
        raise BadCorpus(f"there is no list called {name!r}; the lists are: {', '.join(known)}")
    return FOLDER / f"{name}.txt"
