"""The measurement on makemore's list, on a short one made here."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from benchmarks import makemore
from benchmarks.makemore import Cost, Lines
from model.artifact import model_file
from model.corpus.corpus import Corpus
from model.generation.scoring import evaluate
from model.generation.served import predictor_of
from model.training.yardstick import tuned
from tests.support.tiny import NAMES

LINES = NAMES * 2 + [name + "h" for name in NAMES]
"""240 lines, 80 of them twice."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lists") / "names.txt"
    path.write_text("\n".join(LINES))
    return path


def test_the_test_lines_are_those_with_the_smallest_digests_of_name_and_number() -> None:
    lines = Lines.of("\n".join(LINES), 50)
    digests = [sha256(f"{name}{number}".encode()).hexdigest() for number, name in enumerate(LINES, 1)]
    smallest = sorted(digests)[:50]
    chosen = [digest in smallest for digest in digests]
    assert lines.test == tuple(name for name, is_test in zip(LINES, chosen, strict=True) if is_test)
    assert lines.others == tuple(name for name, is_test in zip(LINES, chosen, strict=True) if not is_test)


def test_new_test_lines_are_those_whose_name_stands_on_no_other_line() -> None:
    lines = Lines.of("\n".join(LINES), 50)
    assert 0 < len(lines.new) < len(lines.test)
    assert not set(lines.new) & set(lines.others)
    assert set(lines.test) - set(lines.new) <= set(lines.others)


def test_a_list_that_is_all_test_lines_is_refused(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert makemore.main([str(path)]) == 2
    assert capsys.readouterr().err == "error: 240 lines are too few to take 1000 of them as test lines\n"
    assert makemore.main([str(path.with_name("nowhere.txt"))]) == 2


def test_a_training_and_the_n_grams_of_its_names_are_measured(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(makemore, "RATE_SECONDS", 0.01)
    words = ["--preset", "default", "--epochs", "1", "--test-lines", "50"]
    words += ["--out", str(tmp_path / "model.npz"), "--json", str(tmp_path / "figures.json")]
    assert makemore.main([str(path), *words]) == 0
    content, output = json.loads((tmp_path / "figures.json").read_text()), capsys.readouterr().out
    lines, rows = Lines.of("\n".join(LINES), 50), content["rows"]
    corpus = Corpus.of(lines.others, "names")
    split = corpus.split()
    learned = [len(split.train)] * 4 + [len(corpus.names)] * 2
    assert [row["learned"] for row in rows] == learned
    assert content["card"]["corpus"]["sha256"] == corpus.sha256
    assert content["card"]["parent"] == ""  # random weights
    served = predictor_of(model_file.load(tmp_path / "model.npz"))
    assert rows[1]["all"] == pytest.approx(evaluate(served, lines.test).nats_per_letter)
    assert rows[1]["new"] == pytest.approx(evaluate(served, lines.new).nats_per_letter)
    best = tuned(split, corpus.vocabulary, corpus.casing)
    assert rows[3]["all"] == pytest.approx(evaluate(best, lines.test).nats_per_letter)
    table = [line for line in output.splitlines() if line.startswith("|")]
    assert len(table) == 2 + len(rows)
    assert {line.count("|") for line in table} == {7}
    assert "TFLOP" in output


def test_without_a_training_the_n_grams_alone_are_measured(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert makemore.main([str(path), "--test-lines", "50", "--ngrams-only"]) == 0
    table = [line for line in capsys.readouterr().out.splitlines() if line.startswith("|")]
    assert [line.split("|")[1].strip() for line in table[2:]] == [
        "Kneser-Ney 6-gram",
        "the best n-gram of twelve kinds",
    ] * 2


def test_the_operations_of_a_training_are_its_seconds_at_the_mean_rate() -> None:
    assert Cost(100.0, 90.0, 80.0, 120.0).tflop == pytest.approx(10.0)
