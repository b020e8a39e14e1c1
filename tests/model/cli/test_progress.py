"""What is printed of a training where there is no terminal."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from model.cli.progress import LINES, show
from model.corpus.corpus import Corpus
from model.training.folds import begin, planned_steps
from model.training.hyperparameters import Hyperparameters


def lines_of(corpus: Corpus, plan: Hyperparameters, capsys: pytest.CaptureFixture[str]) -> list[str]:
    for _ in show(begin(corpus, plan, seed=0)):
        pass
    return capsys.readouterr().err.splitlines()


def test_some_twenty_lines_are_printed_however_often_a_training_reports(
    corpus: Corpus, plan: Hyperparameters, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = lines_of(corpus, replace(plan, steps=90, point_every=1, report_every=1, patience=None), capsys)
    assert LINES / 2 < len(lines) <= LINES
    assert all(re.fullmatch(r"step \d+/90  loss \d\.\d+  validation \d\.\d+  [\d,]+ names/s", line) for line in lines)
    assert lines[-1].startswith("step 90/90  ")


def test_the_lines_of_a_short_list_tell_the_runs_and_where_each_ends(
    corpus: Corpus, plan: Hyperparameters, capsys: pytest.CaptureFixture[str]
) -> None:
    few = Corpus.of(corpus.names[::10], "few")
    folded = replace(plan, folds=2, epochs=20, patience=None)
    lines = lines_of(few, replace(folded, steps=planned_steps(len(few.names), folded)), capsys)
    runs = [line.split("  ")[1] for line in lines]
    assert list(dict.fromkeys(runs)) == ["fold 1 of 2", "fold 2 of 2", "all names"]
    assert len(lines) <= LINES + 3
    ends = [line for line, run, following in zip(lines, runs, [*runs[1:], ""], strict=True) if run != following]
    assert [line.split("/")[0] for line in ends[:2]] == ["step 20", "step 40"]
    assert "validation" not in ends[2]
