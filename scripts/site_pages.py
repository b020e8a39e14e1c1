"""Gathers the pages of the documentation's site: the repository's own Markdown, and the source files that it links to.

    python scripts/site_pages.py [FOLDER]

Every page keeps its path in the repository, so that a link leads to the same in both. A source file becomes a page with
its lines; a link to a folder leads to its `__init__.py`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from argparse import ArgumentParser
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath

ROOT = Path(__file__).parents[1]
SHOWN = ("*.md", "docs/images/*")
LINK = re.compile(r"(?<=\]\()(?P<path>[^)#:\s]+)(?P<anchor>#[^)]*)?(?=\))")
FENCE = "~" * 6
LANGUAGES = {".py": "python", ".yaml": "yaml", ".toml": "toml", ".conf": "nginx"}


def main() -> None:
    """Write the pages into a new folder."""
    parser = ArgumentParser(description="Gather the pages of the documentation's site.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("build/pages"))
    folder = parser.parse_args().folder
    shutil.rmtree(folder, ignore_errors=True)
    for path, content in pages().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def pages() -> dict[str, bytes]:
    """Contents by path: pages, pictures, and the source files that pages link to."""
    tracked = _tracked()
    found: dict[str, bytes] = {}
    sources = set[str]()
    for path in tracked:
        if is_shown(path):
            content = (ROOT / path).read_bytes()
            if path.endswith(".md"):
                text, linked = with_sources(path, content.decode("utf-8"), tracked)
                content, sources = text.encode("utf-8"), sources | linked
            found["index.md" if path == "README.md" else path] = content
    return found | {page_of(source): _lines(source).encode("utf-8") for source in sources}


def is_shown(path: str) -> bool:
    """Whether a file of the repository is a page or a picture."""
    return any(map(PurePosixPath(path).match, SHOWN))


def with_sources(page: str, text: str, tracked: frozenset[str]) -> tuple[str, set[str]]:
    """A page whose links to source files lead to their pages, and those files."""
    here, sources = PurePosixPath(page).parent, set[str]()

    def rewritten(link: re.Match[str]) -> str:
        target = normpath(here / link["path"])
        package = f"{target}/__init__.py"
        target = package if package in tracked else target
        if target == "README.md":
            return relpath("index.md", here) + (link["anchor"] or "")
        if target not in tracked or is_shown(target):
            return link[0]
        sources.add(target)
        return relpath(page_of(target), here)

    return LINK.sub(rewritten, text), sources


def page_of(source: str) -> str:
    """Where the page of a source file is."""
    return f"source/{source}.md"


def _tracked() -> frozenset[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    return frozenset(name for name in listed.stdout.split("\0") if name)


def _lines(source: str) -> str:
    text = (ROOT / source).read_text("utf-8")
    return f"# {source}\n\n{FENCE}{LANGUAGES.get(Path(source).suffix, 'text')}\n{text}{FENCE}\n"


if __name__ == "__main__":
    main()
