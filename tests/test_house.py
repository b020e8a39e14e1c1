"""The folders: few modules at the top, one line that says what each holds, and imports that stay inside."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from model import __version__

ROOT = Path(__file__).parents[1]
PACKAGES = [path for top in ("app", "model") for path in sorted((ROOT / top).rglob("__init__.py"))]
WITH_CODE = {"app", "model", "model/corpus/bundled"}
"""`app` and `model` set the number of BLAS threads; `bundled` finds the lists beside it."""


@pytest.mark.parametrize(("package", "most"), [("model", 4), ("app", 9)])
def test_few_modules_are_at_the_top(package: str, most: int) -> None:
    assert len({path.stem for path in (ROOT / package).glob("*.py")} - {"__init__"}) <= most


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: str(path.parent.relative_to(ROOT)))
def test_each_folder_says_in_one_line_what_it_holds_and_does_nothing(path: Path) -> None:
    module = ast.parse(path.read_text("utf-8"))
    first_line = (ast.get_docstring(module) or "").partition("\n")[0]
    assert first_line.endswith((".", "?"))
    if str(path.parent.relative_to(ROOT)) not in WITH_CODE:
        assert len(module.body) == 1
        assert first_line == ast.get_docstring(module)


def test_the_tests_set_the_number_of_threads_before_numpy_loads() -> None:
    command = [sys.executable, "-X", "importtime", "-c", "import tests.conftest, numpy"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr.splitlines()
    ended = [line.rpartition("|")[2].strip() for line in listed]
    assert ended.index("model") < ended.index("numpy")


def test_benchmarks_import_nothing_of_the_tests() -> None:
    imported = {
        name
        for path in (ROOT / "benchmarks").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in _imported(node)
    }
    assert "benchmarks.timing" in imported
    assert {name for name in imported if name.partition(".")[0] == "tests"} == set()


def test_tests_read_the_models_that_git_tracks_and_no_others() -> None:
    """Users put models of their own into `weights`, as README says; `tests/conftest.py` has a copy of the others."""
    allowed = {"tests/support/processes.py", "tests/support/test_checkout.py"}
    allowed |= {"tests/app/test_settings.py", "tests/model/test_weights.py"}
    checkout = re.compile(r"""(ROOT|parents\[\d\]) / ["']weights\b""")
    paths = [path.relative_to(ROOT) for path in (ROOT / "tests").rglob("*.py")]
    reading = {str(path) for path in paths if checkout.search((ROOT / path).read_text("utf-8"))}
    assert reading
    assert reading <= allowed


def test_the_newest_release_in_the_changelog_is_this_version() -> None:
    headings = re.findall(r"^## \[(.+?)\](?: - (.*))?$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert headings[0] == ("Unreleased", "")
    assert headings[1][0] == __version__
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", date) for _, date in headings[1:])


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def test_texts_are_normalised_in_one_place_which_bounds_them() -> None:
    asking = [
        path.relative_to(ROOT).as_posix()
        for package in ("app", "model")
        for path in (ROOT / package).rglob("*.py")
        if "unicodedata.normalize" in (text := path.read_text("utf-8")) or "import normalize" in text
    ]
    assert asking == ["model/corpus/normal_form.py"]


@pytest.mark.parametrize("package", ["app", "model"])
def test_the_page_on_the_architecture_names_every_module(package: str) -> None:
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("|")]
    for path in (ROOT / package).rglob("*.py"):
        folders = path.relative_to(ROOT / package).parts[:-1]
        if path.stem == "__init__" or "migrations" in folders:
            continue
        place = f"`{folders[0]}/`" if folders else "top" if package == "app" else "`"
        assert any(place in row and f"`{path.stem}`" in row for row in rows) or path.stem == "__main__", path
