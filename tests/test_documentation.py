"""The documentation's site builds, loads nothing from elsewhere, and quotes the code as it is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.checkout import ROOT, tracked

QUOTE = re.compile(r'```python title="(.+?)"\n(.*?)```', re.DOTALL)
PAGES = [path for path in tracked("docs") if path.suffix == ".md"]
LOADED = re.compile(r'<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="(https?:[^"]*)"')


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` builds it, which fails where a link or an anchor leads nowhere."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "zensical.toml").write_bytes((ROOT / "zensical.toml").read_bytes())
    command = [sys.executable, str(ROOT / "scripts" / "site_pages.py"), str(folder / "build" / "pages")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    build = [sys.executable, "-m", "zensical", "build", "--strict"]
    built = subprocess.run(build, cwd=folder, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder / "build" / "site"


@pytest.mark.slow
def test_every_page_of_the_repository_is_a_page_of_the_site(site: Path) -> None:
    pages = {str(path.relative_to(ROOT).with_suffix(".html")) for path in tracked(".") if path.suffix == ".md"}
    pages = {page.replace("README.html", "index.html") for page in pages}

    assert {page for page in pages if not (site / page).exists()} == set()


@pytest.mark.slow
def test_a_link_to_the_code_shows_its_lines(site: Path) -> None:
    network = (site / "model" / "index.html").read_text("utf-8")

    assert 'href="../source/model/network/gru.py.html"' in network
    assert "GruCell" in (site / "source" / "model" / "network" / "gru.py.html").read_text("utf-8")


@pytest.mark.slow
def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    loaded = {
        (str(path.relative_to(site)), address)
        for path in site.rglob("*.html")
        for address in LOADED.findall(path.read_text("utf-8"))
    }

    assert loaded == set()


@pytest.mark.parametrize(
    ("source", "lines"), [quote for page in PAGES for quote in QUOTE.findall(page.read_text("utf-8"))]
)
def test_quoted_code_stands_in_its_file(source: str, lines: str) -> None:
    assert lines in (ROOT / source).read_text("utf-8")
