"""The measurement of names like a few, with a start that learned next to nothing."""

import json
from pathlib import Path

import pytest

from benchmarks import like
from model.artifact import styles_file
from model.training.pretraining import Pretraining
from model.training.styles import styles_of
from tests.support.tiny import PRETRAINING, lists


def test_what_is_made_of_some_names_is_measured_on_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, figures = tmp_path / "start.npz", tmp_path / "figures.json"
    learned = {name: corpus for name, corpus in lists().items() if name != "icelandic-places"}
    styles_file.save(styles_of(Pretraining(learned, PRETRAINING, 0), {}), path)
    assert like.main([str(path), "--lists", "elvish", "--sizes", "20,60", "--json", str(figures)]) == 0
    measured = json.loads(figures.read_text())
    assert [(one["list"], one["size"]) for one in measured] == [("elvish", 20), ("elvish", 60)]
    for one in measured:
        assert one["given_back"] == 0
        assert one["full"] is None
        assert 1 < one["ngram"] < 3
        assert 1 < one["like"] < 5
    printed = capsys.readouterr().out
    assert printed.count("\n| ") == len(measured) + 3
    assert "GFLOP/s" in printed
