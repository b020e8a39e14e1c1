import subprocess
from pathlib import Path

import pytest

from model.artifact.bundled_models import bundled_folder
from tests.support import checkout


def test_only_what_git_tracks_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after README's `--out weights/dwarves.npz`, and with a list in the checkout."""
    monkeypatch.setattr(checkout, "ROOT", tmp_path)
    folder = tmp_path / "weights"
    folder.mkdir()
    for path in (folder / "us.npz", folder / "dwarves.npz", tmp_path / "dwarves.txt"):
        path.touch()
    assert checkout.tracked("weights") == [folder / "dwarves.npz", folder / "us.npz"]  # no git checkout yet
    for command in (["init", "--quiet"], ["add", "weights/us.npz"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    assert checkout.tracked("weights") == [folder / "us.npz"]


def test_the_models_of_the_tests_are_those_that_git_tracks() -> None:
    tracked = {path.name for path in checkout.tracked("weights")}
    assert "us.npz" in tracked
    assert {path.name for path in bundled_folder().iterdir()} == tracked
    assert bundled_folder() != checkout.ROOT / "weights"
