from __future__ import annotations

from pathlib import Path

import pytest

from model.decency import build


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder as the source has it: a file without suffix for each language, beside others."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "en").write_text("Bird\nbird\n\n\N{BIRD}\ntwo  birds \n", "utf-8")
    (folder / "fr-CA-u-sd-caqc").write_text("E\u0301toile\n", "utf-8")
    (folder / "README.md").write_text("Birds\n", "utf-8")
    return folder


def test_the_lists_are_made_from_a_clone(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "FOLDER", tmp_path)
    assert build.main([str(checkout)]) == 0
    assert {path.name for path in tmp_path.glob("*.txt")} == {"en.txt", "fr-CA-u-sd-caqc.txt"}
    assert (tmp_path / "en.txt").read_text("utf-8").splitlines()[3:] == ["bird", "two birds"]
    assert (tmp_path / "fr-CA-u-sd-caqc.txt").read_text("utf-8").endswith("\n\u00e9toile\n")


@pytest.mark.parametrize("arguments", [[], ["nowhere"], ["a", "b"]])
def test_without_a_clone_it_says_how_it_is_called(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(arguments) == 2
    assert "python -m model.decency.build CHECKOUT" in capsys.readouterr().err


def test_what_was_made_has_the_form_that_the_command_gives() -> None:
    for path in build.FOLDER.glob("*.txt"):
        words = path.read_text("utf-8").splitlines()[3:]
        assert words == build.clean("\n".join(words))
