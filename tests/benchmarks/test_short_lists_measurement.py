"""The measurement of short lists, with a start that learned next to nothing."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.short_lists import __main__ as command
from benchmarks.short_lists import left_out, load
from benchmarks.short_lists.measurement import BenchmarkStart, Measured, measure
from model.artifact import styles_file
from model.errors import InvalidOption
from model.training.styles import styles_of
from tests.support.tiny import SHORTEST, pretrained


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that learned the shortest bundled lists, Icelandic places among them."""
    path = tmp_path_factory.mktemp("start") / "start.npz"
    styles_file.save(styles_of(pretrained(), {}), path)
    return path


@pytest.fixture(scope="module")
def start(path: Path) -> BenchmarkStart:
    return BenchmarkStart(path)


@pytest.fixture(scope="module")
def measured(start: BenchmarkStart) -> Measured:
    elvish = next(one for one in load() if one.name == "elvish")
    return measure(elvish, 60, start, epochs=2)


def test_a_training_is_measured_on_names_that_it_never_saw(measured: Measured) -> None:
    elvish = next(one for one in load() if one.name == "elvish")
    assert (measured.list, measured.size, measured.overlap) == ("elvish", 60, 0)
    assert measured.test + measured.unspellable == len(elvish.test)
    assert measured.ngram == pytest.approx(1.610, abs=0.0005)  # as docs/experiments.md has it
    assert measured.gain == measured.ngram - measured.mixture
    assert 1 <= measured.epochs <= 2
    assert 0 <= measured.drawn_again <= 1
    assert measured.cpu_seconds > 0
    assert measured.matrix_rate > 0


def test_a_start_that_learned_a_left_out_list_is_refused_before_anything_is_measured(
    path: Path, start: BenchmarkStart, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start.learned == set(SHORTEST)
    start.check([one for one in load() if one.name == "elvish"])
    with pytest.raises(InvalidOption, match="learned icelandic-places, which icelandic-girls leaves out"):
        start.check([one for one in load() if not one.once])
    assert command.main([str(path)]) == 2
    assert capsys.readouterr().out == ""


def test_of_a_start_that_does_not_say_what_it_learned_the_overlap_is_not_known(path: Path, tmp_path: Path) -> None:
    silent = tmp_path / "silent.npz"
    styles_file.save(replace(styles_file.load(path), learned=()), silent)
    start = BenchmarkStart(silent)
    assert not start.known
    assert start.overlap(load()[0]) is None


def test_test_names_in_a_list_that_the_start_learned_are_counted(start: BenchmarkStart) -> None:
    icelandic = next(one for one in load() if one.name == "icelandic-girls")
    polish = replace(icelandic, name="polish-girls", language="Polish")
    assert start.overlap(polish) == len(polish.test)


def test_the_lists_that_are_looked_at_once_are_never_measured_beside_the_others() -> None:
    development, once = (command.chosen("", once=once) for once in (False, True))
    assert (len(development), len(once)) == (10, 5)
    assert development + once == load()
    assert [one.name for one in command.chosen("tamil-girls,elvish", once=False)] == ["tamil-girls", "elvish"]
    for name in ("greek-surnames", "atlantean-places"):
        with pytest.raises(ValueError, match=f"{name} is not among the lists of development: elvish, "):
            command.chosen(name, once=False)


def test_the_command_prints_the_lists_that_pretraining_leaves_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--left-out"]) == 0
    assert capsys.readouterr().out == ",".join(sorted(left_out())) + "\n"


def test_the_command_prints_tables_and_writes_the_same_figures_as_json(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(path), "--lists", "elvish", "--sizes", "60", "--epochs", "1", "--json", str(tmp_path / "figures.json")]
    assert command.main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    content = json.loads((tmp_path / "figures.json").read_text())
    (one,), (summary,) = content["measured"], content["summary"]
    assert lines[2] == command.row(Measured(**one))
    assert command.summary_row(summary) in lines
    assert (summary["size"], summary["lists"], summary["smallest_gain"]) == (60, 1, one["gain"])
    assert lines[-1].startswith("Matrix products (128 x 256 by 256 x 256, float32, CPU time) ran at ")
    tables = [line for line in lines if line.startswith("|")]
    assert [line.count("|") for line in tables] == [14] * 3 + [11] * 3


@pytest.mark.parametrize(
    "words",
    [
        "",
        "no.npz",
        "PATH --sizes 61",
        "PATH --sizes 60,",
        "PATH --lists elvish --sizes 1000",
        "PATH --lists greek-girls",
    ],
)
def test_what_cannot_be_measured_is_refused(words: str, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([str(path) if word == "PATH" else word for word in words.split()]) == 2
    assert capsys.readouterr().err.startswith("error: ")
