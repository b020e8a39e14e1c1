from __future__ import annotations

import hashlib
import io
import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model import __version__
from model.artifact import model_file
from model.cli.commands import main
from model.cli.figures import summary
from model.corpus.corpus import Corpus
from model.corpus.vocabulary import Vocabulary
from model.generation.predictor import NetworkPredictor, ngram_of
from model.generation.scoring import evaluate
from model.training import checkpoint
from model.training.hyperparameters import Hyperparameters
from model.training.loop import Training
from model.training.presets import PRESETS
from tests.support.checkout import ROOT
from tests.support.random_models import random_model

pytestmark = pytest.mark.slow  # a process for most commands

PROGRAM = [sys.executable, "-m", "model"]
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM")},
    "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",  # where the printed commands find their python
}
UNMEASURED = {**ENVIRONMENT, "COVERAGE_PROCESS_CONFIG": ""}
"""Without coverage, which a killed process does not report, and which would double the time of the others."""

LIMIT = 120  # seconds that no command of these tests comes near


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    status: int
    out: str
    err: str


def run(*words: str | Path, cwd: Path | None = None) -> Ended:
    command = [*PROGRAM, *map(str, words)]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=UNMEASURED, timeout=LIMIT, check=False)
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def run_here(*words: str | Path, cwd: Path | None = None) -> Ended:
    """The same in this process: a short command takes most of its time to start one."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["model", *map(str, words)])
        patch.chdir(cwd or Path.cwd())
        with pytest.raises(SystemExit) as end:
            main()
    out.seek(0)
    err.seek(0)
    return Ended(int(end.value.code or 0), out.read(), err.read())


def strictly(text: str) -> dict[str, Any]:
    """JSON as its standard has it, without NaN."""

    def refuse(constant: str) -> None:
        pytest.fail(f"{constant} is not JSON")

    told: dict[str, Any] = json.loads(text, parse_constant=refuse)
    return told


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("commands")


@pytest.fixture(scope="module")
def begun(corpus: Corpus, plan: Hyperparameters, folder: Path) -> Path:
    """A checkpoint from before the first of some sixty steps."""
    path = folder / "begun.npz"
    checkpoint.save(Training(corpus, plan, seed=5), path)
    return path


@pytest.fixture(scope="module")
def long(corpus: Corpus, plan: Hyperparameters, folder: Path) -> Path:
    """The same of a training that lasts some seconds, with dropout, and reports often."""
    path = folder / "long.npz"
    longer = replace(plan, steps=1_300, point_every=50, report_every=100, dropout=0.1, patience=None)
    checkpoint.save(Training(corpus, longer, seed=5), path)
    return path


@pytest.fixture(scope="module")
def uninterrupted(elves: Path, long: Path, folder: Path) -> Path:
    """What that training ends with when it is left alone."""
    words: list[str | Path] = ["train", elves, "--out", folder / "whole.npz", "--resume", long]
    ended = run(*words, "--checkpoint", folder / "state.npz")
    assert ended.status == 0, ended.err
    return folder / "whole.npz"


# What the commands give


def test_training_tells_its_figures_as_json_and_its_progress_on_stderr(
    elves: Path, begun: Path, tmp_path: Path
) -> None:
    ended = run_here(
        "train", elves, "--out", "m.npz", "--resume", begun, "--checkpoint", "c.npz", "--plot", "l.png", cwd=tmp_path
    )
    assert ended.status == 0, ended.err
    told, card = strictly(ended.out), model_file.load(tmp_path / "m.npz").card
    assert told == {
        "out": "m.npz",
        "steps": 60,
        "nats_per_letter": card.nats_per_letter,
        "comparison": card.to_json()["comparison"],
        "memorisation": card.to_json()["memorisation"],
    }
    assert ended.out.count("\n") == 1
    lines = ended.err.splitlines()
    step = r"step \d+/60  loss \d\.\d+  validation \d\.\d+  [\d,]+ names/s"
    assert all(re.fullmatch(step, line) for line in lines[:6])  # reports
    assert lines[6:] == summary(card).splitlines()
    assert (tmp_path / "l.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.npz", "l.png", "m.npz"]


def test_a_training_from_scratch_takes_the_default_preset(tmp_path: Path, corpus: Corpus) -> None:
    few = Corpus.of(corpus.names[::8], "few")
    (tmp_path / "few.txt").write_text("\n".join(few.names), "utf-8")
    ended = run_here("train", "few.txt", "--out", "m.npz", "--from", "none", "--plot", "loss.svg", cwd=tmp_path)
    assert ended.status == 0, ended.err
    card = model_file.load(tmp_path / "m.npz").card
    assert (card.corpus.title, card.corpus.sha256, card.seed) == ("few", few.sha256, 0)
    assert Hyperparameters(**card.hyperparameters) == PRESETS["default"](len(few.split().train))
    assert "<svg" in (tmp_path / "loss.svg").read_text("utf-8")


def test_two_trainings_from_a_model_make_the_same_bits_and_know_the_lists_letters(
    weights: Path, tmp_path: Path
) -> None:
    (tmp_path / "few.txt").write_text("Anna\nHanna\nSusanna\nJohanna\nIanna\n")
    for name in ("one", "two"):
        ended = run_here("train", "few.txt", "--out", f"{name}.npz", "--from", weights, "--seed", "3", cwd=tmp_path)
        assert ended.status == 0, ended.err
        assert "note: a list of at most 5,000 names usually does better with the preset default" in ended.err
    before, one, two = (model_file.load(path) for path in (weights, tmp_path / "one.npz", tmp_path / "two.npz"))
    assert one.vocabulary == Vocabulary.of(["anna", "hanna", "susanna", "johanna", "ianna"]) != before.vocabulary
    assert one.network.hidden == before.network.hidden
    parent = hashlib.sha256(before.network.parameters.flat.data).hexdigest()
    assert (before.card.parent, one.card.parent) == ("", parent)
    assert one.network.parameters.flat.tobytes() != before.network.parameters.flat.tobytes()
    assert one.network.parameters.flat.tobytes() == two.network.parameters.flat.tobytes()
    assert one.card.to_json() == two.card.to_json() | {"created": one.card.created}


def test_without_an_n_gram_and_in_half_precision(elves: Path, tmp_path: Path) -> None:
    (tmp_path / "few.txt").write_text("Anna\nHanna\nSusanna\nJohanna\nIanna\n")
    for name, options in (("plain", ()), ("alone", ("--no-ngram",)), ("half", ("--half",))):
        ended = run_here("train", "few.txt", "--out", f"{name}.npz", "--from", "none", *options, cwd=tmp_path)
        assert ended.status == 0, ended.err
    plain, alone, half = (model_file.load(tmp_path / f"{name}.npz") for name in ("plain", "alone", "half"))
    assert plain.ngram is not None
    assert alone.ngram is None
    assert alone.card.comparison.ngram == plain.card.comparison.ngram  # the yardstick is measured in any case
    assert alone.card.comparison.served == alone.card.comparison.network == plain.card.comparison.network
    assert strictly(run_here("evaluate", tmp_path / "alone.npz", elves).out)["ngram"] is None
    flat = plain.network.parameters.flat
    assert half.network.parameters.flat.tobytes() == flat.astype(np.float16).astype(np.float32).tobytes()


@pytest.mark.no_cover
def test_a_limit_in_minutes_becomes_a_number_of_steps_that_is_kept(elves: Path, tmp_path: Path) -> None:
    ended = run_here(
        *("train", elves, "--out", "m.npz", "--preset", "seed", "--minutes", "0.02", "--checkpoint", "c.npz"),
        cwd=tmp_path,
    )
    assert ended.status == 0, ended.err
    card = model_file.load(tmp_path / "m.npz").card
    state = checkpoint.load(tmp_path / "c.npz", Corpus.read(elves))
    assert 1 < card.hyperparameters["steps"] < 100_000
    assert strictly(ended.out)["steps"] == card.hyperparameters["steps"] == state.plan.steps


def test_sample_gives_a_name_a_line(weights: Path) -> None:
    ended = run_here(
        "sample", weights, "--count", "7", "--start", "mA", "--max-length", "12", "--seed", "4", "--temperature", "1"
    )
    assert (ended.status, ended.err) == (0, "")
    names = ended.out.splitlines()
    assert len(set(names)) == 7
    assert all(name.startswith("Ma") and len(name) <= 12 for name in names)
    assert (
        run_here("sample", weights, "--count", "7", "--start", "ma", "--max-length", "12", "--seed", "4").out
        == ended.out
    )


def test_sample_takes_constraints(weights: Path) -> None:
    asked = (
        "--suffix",
        "A",
        "--contains",
        "n",
        "--exclude",
        "x",
        "--exclude",
        "q",
        "--syllables",
        "2-3",
        "--seed",
        "4",
    )
    ended = run_here("sample", weights, "--count", "5", *asked)
    assert (ended.status, ended.err) == (0, "")
    names = ended.out.splitlines()
    assert len(set(names)) == 5
    assert all(name.endswith("a") and "n" in name.lower() and not {*"xq"} & {*name.lower()} for name in names)
    matched = run_here("sample", weights, "--count", "2", "--regex", "[m-s].*a", "--pattern", "?a*")
    assert all(re.fullmatch("[M-S]a.*", name) and name.endswith("a") for name in matched.out.splitlines())
    refused = run_here("sample", weights, "--suffix", "iel", "--max-length", "2")
    assert (refused.status, refused.err) == (2, "error: no name can meet suffix and max_length 2 together\n")


def test_a_bundled_model_is_named_instead_of_a_file(elves: Path) -> None:
    assert len(run_here("sample", "italian-girls", "--count", "3").out.splitlines()) == 3
    assert run_here("score", "us", "anna").out.startswith("anna\t")
    assert strictly(run_here("evaluate", "us-seed", elves).out)["names"] > 300
    ended = run_here("sample", "italian-girl")
    assert (ended.status, ended.out) == (2, "")
    assert "there are: italian-girls" in ended.err


def test_sample_draws_from_a_blend_of_models_in_place_of_one(weights: Path) -> None:
    options = ("--count", "20", "--seed", "7")
    blended = run_here("sample", "--blend", "italian-girls:0.7,finnish-girls:0.3", *options)
    assert len(blended.out.splitlines()) == 20
    assert blended.out == run_here("sample", "--blend", "italian-girls:7,finnish-girls:3", *options).out
    for words, reason in [
        ((weights, "--blend", "us,us-girls"), "--blend can't be combined with a model"),
        ((), "weights should name a model, unless --blend names several"),
        (("--blend", "us,greek-girls"), "blend can't be of us and greek-girls: they have no letters in common"),
        (("--blend", "us"), "blend should have from 2 to 5 models"),
    ]:
        ended = run_here("sample", *words)
        assert (ended.status, ended.out) == (2, "")
        assert reason in ended.err


def test_sample_leaves_slurs_and_obscenities_out_and_counts_them(tmp_path: Path) -> None:
    model_file.save(random_model("as", seed=4), tmp_path / "as.npz")
    options = ("--count", "200", "--seed", "1", "--max-length", "4", "--no-unique")
    free, kept = (run_here("sample", tmp_path / "as.npz", *options, flag) for flag in ("--no-decent", "--decent"))
    left_out = re.compile("a+s{2,}")  # of these letters, the only entry of the lists
    assert any(map(left_out.fullmatch, free.out.splitlines()))
    assert not any(map(left_out.fullmatch, kept.out.splitlines()))
    assert len(kept.out.splitlines()) == 200
    assert free.err == ""
    assert re.fullmatch(r"left out [0-9]+ of the draws; --no-decent keeps them\n", kept.err)


def test_sample_tells_of_a_shortfall_on_stderr(weights: Path) -> None:
    ended = run_here("sample", weights, "--count", "500", "--max-length", "1")
    assert ended.status == 0
    assert 0 < len(ended.out.splitlines()) <= 26
    assert ended.err.startswith("only ")
    assert ended.err.count("\n") == 1


def test_score_gives_name_nats_and_nats_per_letter_with_tabs_between(weights: Path) -> None:
    ended = run_here("score", weights, "anna", "Brzk", "zoë")
    assert ended.status == 0
    rows = [line.split("\t") for line in ended.out.splitlines()]
    assert [name for name, _, _ in rows] == ["anna", "Brzk", "zoë"]
    for name, nats, per_letter in rows[:2]:
        assert float(nats) == pytest.approx(float(per_letter) * (len(name) + 1), abs=1e-3)
    assert rows[2][1:] == ["inf", "inf"]
    assert ended.err == "zoë: the model never saw 'ë'\n"


def test_score_tells_which_bundled_models_names_sound_like() -> None:
    ended = run_here("score", "--compare", "Ragnhildur", "日本", "Marchettini")
    rows = [line.split("\t") for line in ended.out.splitlines()]
    assert [row[0] for row in rows] == ["Ragnhildur"] * 5 + ["Marchettini"] * 5
    assert rows[0][1].startswith("icelandic-")
    assert rows[5][1].startswith("italian-")
    assert [float(row[2]) for row in rows[:5]] == sorted(float(row[2]) for row in rows[:5])
    assert "日本: no bundled model knows all its letters" in ended.err
    assert run_here("score", "--compare", "x" * 65).status == 2


def test_evaluate_gives_one_json_object(weights: Path, elves: Path, corpus: Corpus) -> None:
    ended = run_here("evaluate", weights, elves)
    assert (ended.status, ended.err) == (0, "")
    told = strictly(ended.out)
    assert list(told) == ["names", "skipped", "letters", "nats_per_letter", "nats_per_name", "network", "ngram"]
    assert told["nats_per_letter"] < told["network"]
    model = model_file.load(weights)
    names = [corpus.casing.restore_case(name) for name in corpus.names]
    assert told["network"] == evaluate(NetworkPredictor(model), names).nats_per_letter
    assert told["ngram"] == evaluate(ngram_of(model) or pytest.fail("no n-gram"), names).nats_per_letter
    assert told["names"] == len(corpus.names)
    assert told["letters"] == sum(len(name) + 1 for name in corpus.names)
    assert told["nats_per_name"] == pytest.approx(told["nats_per_letter"] * told["letters"] / told["names"])


def test_evaluate_tells_the_letters_for_which_names_are_skipped(weights: Path, tmp_path: Path) -> None:
    (tmp_path / "some.txt").write_text("Anna\nZoë\nÖzil\nBen\n", "utf-8")
    ended = run_here("evaluate", weights, tmp_path / "some.txt")
    assert (ended.status, strictly(ended.out)["skipped"]) == (0, 2)
    assert ended.err == "skipped: names in which the model never saw 'ë', 'ö'\n"


def test_evaluate_on_names_that_cannot_be_spelled_stays_json_or_is_refused(weights: Path, tmp_path: Path) -> None:
    (tmp_path / "greek.txt").write_text("Άννα\nΜαρία\nΕλένη\n", "utf-8")
    ended = run_here("evaluate", weights, tmp_path / "greek.txt")
    assert ended.status in (0, 2)
    if ended.status == 0:
        assert strictly(ended.out)["skipped"] == 3


def test_corpus_gives_the_report(elves: Path, corpus: Corpus) -> None:
    ended = run_here("corpus", elves)
    assert (ended.status, ended.err) == (0, "")
    assert re.search(rf"^distinct +{len(corpus.names)}$", ended.out, re.MULTILINE)


def test_without_a_command_the_commands_are_listed() -> None:
    bare, asked = run(), run("--help")
    assert (bare.status, bare.err) == (0, "")
    assert bare.out == asked.out
    for command in ("train", "sample", "score", "evaluate", "corpus", "--version"):
        assert command in bare.out


def test_the_version_of_the_software_has_one_source() -> None:
    service = subprocess.run([sys.executable, "-m", "app", "--version"], capture_output=True, text=True, check=True)
    assert run("--version").out == service.stdout == f"namewright {__version__}\n"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "model.__version__"}


@pytest.mark.parametrize("words", [["--help"], ["train", "--help"], ["sample", "--help"]], ids=" ".join)
def test_help_is_no_error(words: list[str]) -> None:
    ended = run_here(*words)
    assert (ended.status, ended.err) == (0, "")
    assert "Usage: python -m model" in ended.out


# Bad input: status 2 and one line


BAD_INPUT = {
    "no such list": ("train nowhere.txt --out out.npz", "nowhere.txt"),
    "no such list to report on": ("corpus nowhere.txt", "nowhere.txt"),
    "a folder for a list": ("corpus .", "directory"),
    "a binary list": ("corpus binary.txt", "line 2"),
    "a Latin-1 list": ("train latin.txt --out out.npz", "line 2"),
    "an empty list": ("train empty.txt --out out.npz", "empty"),
    "two names": ("train two.txt --out out.npz", "too few"),
    "unknown preset": ("train elves.txt --out out.npz --preset fancy", "default, best, seed"),
    "no model to start from": ("train elves.txt --out out.npz --from nowhere.npz", "nowhere.npz"),
    "resume with a seed": ("train elves.txt --out out.npz --resume begun.npz --seed 1", "--resume"),
    "resume with a preset": ("train elves.txt --out out.npz --resume begun.npz --preset default", "--resume"),
    "resume with minutes": ("train elves.txt --out out.npz --resume begun.npz --minutes 1", "--resume"),
    "resume from a model, too": ("train elves.txt --out out.npz --resume begun.npz --from elves.npz", "--resume"),
    "resume with another list": ("train umlauts.txt --out out.npz --resume begun.npz", "another list"),
    "resume from nothing": ("train elves.txt --out out.npz --resume nowhere.npz", "nowhere.npz"),
    "resume from weights": ("train elves.txt --out out.npz --resume elves.npz", "elves.npz"),
    "out in no folder": ("train elves.txt --out none/out.npz --resume begun.npz", "folder"),
    "out is a folder": ("train elves.txt --out . --resume begun.npz", "let it end in .npz"),
    "out is a pipe": ("train elves.txt --out pipe.npz --resume begun.npz", "cannot be written"),
    "out is the list": ("train copy.npz --out copy.npz --resume begun.npz", "copy.npz"),
    "out is the checkpoint": ("train elves.txt --out state.npz --resume begun.npz --checkpoint state.npz", "state.npz"),
    "out is what it goes on from": ("train elves.txt --out begun.npz --resume begun.npz", "begun.npz is named twice"),
    "plot is what it goes on from": ("train elves.txt --out o.npz --resume begun.npz --plot begun.npz", "named twice"),
    "checkpoint in no folder": ("train elves.txt --out out.npz --checkpoint none/state.npz", "folder"),
    "plot in no folder": ("train elves.txt --out out.npz --plot none/loss.png", "folder"),
    "plot as GIF": ("train elves.txt --out out.npz --plot loss.gif", ".png or .svg"),
    "no out": ("train elves.txt", "--out"),
    "minutes 0": ("train elves.txt --out out.npz --minutes 0", "--minutes"),
    "minutes below 0": ("train elves.txt --out out.npz --minutes -3", "--minutes"),
    "minutes without end": ("train elves.txt --out out.npz --minutes inf", "--minutes"),
    "minutes that are no number": ("train elves.txt --out out.npz --minutes nan", "--minutes"),
    "minutes in words": ("train elves.txt --out out.npz --minutes five", "--minutes"),
    "a seed below 0": ("train elves.txt --out out.npz --seed -1", "--seed"),
    "half weights": ("sample cut.npz", "take a whole copy"),
    "no weights": ("sample nowhere.npz", "nowhere.npz"),
    "a list for weights": ("sample elves.txt", "elves.txt"),
    "a checkpoint for weights": ("sample begun.npz", "begun.npz"),
    "no model to start from by that name": ("train elves.txt --out out.npz --from uss", "there are: us"),
    "a folder for weights": ("score . anna", "not a file"),
    "weights missing for evaluate": ("evaluate nowhere.npz elves.txt", "nowhere.npz"),
    "a list missing for evaluate": ("evaluate elves.npz nowhere.txt", "nowhere.txt"),
    "unknown letter": ("sample elves.npz --start zoë", "a b c d"),
    "min above max": ("sample elves.npz --min-length 9 --max-length 3", "min_length 9"),
    "count 0": ("sample elves.npz --count 0", "count"),
    "count below 0": ("sample elves.npz --count -1", "count"),
    "count in words": ("sample elves.npz --count ten", "count"),
    "temperature 0": ("sample elves.npz --temperature 0", "temperature"),
    "unknown option": ("sample elves.npz --colour red", "--colour"),
    "unknown command": ("dream", "dream"),
    "an argument too many": ("sample elves.npz more", "more"),
    "a name without end": (f"score elves.npz anna {'a' * 65}", "has more than 64 letters"),
    "no names to score": ("score elves.npz", "names"),
}
"""Commands that must be refused, and what the refusal must mention."""


@pytest.fixture(scope="module")
def bad(elves: Path, weights: Path, begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of the bad input."""
    folder = tmp_path_factory.mktemp("bad")
    for file in (elves, weights, begun):
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "copy.npz").write_bytes(elves.read_bytes())
    (folder / "cut.npz").write_bytes(weights.read_bytes()[:3000])
    (folder / "binary.txt").write_bytes(b"Anna\nBo\0b\n")
    (folder / "latin.txt").write_bytes("Anna\nJosé\n".encode("latin-1"))
    (folder / "empty.txt").write_bytes(b"")
    (folder / "two.txt").write_text("Anna\nBob\n")
    (folder / "umlauts.txt").write_text("Änne\nÖzil\nÜmit\nAnna\n", "utf-8")
    os.mkfifo(folder / "pipe.npz")
    return folder


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_ends_with_status_2_and_one_line_that_says_why(case: str, bad: Path) -> None:
    command, mention = BAD_INPUT[case]
    ended = run_here(*command.split(), cwd=bad)
    assert (ended.status, ended.out) == (2, "")
    assert re.fullmatch(r"error: [^\n]{10,}\n", ended.err), ended.err
    assert mention in ended.err


# Pipes, terminals, signals


def test_a_reader_that_has_seen_enough_causes_no_traceback(weights: Path) -> None:
    command = f"{shlex.join(PROGRAM)} sample {weights} --count 30000 --no-unique | head -1"
    ended = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=LIMIT, check=False)  # noqa: S602
    assert ended.stderr == ""
    assert ended.stdout.count("\n") == 1


def test_names_are_printed_as_they_are_drawn() -> None:
    command = [*PROGRAM, "sample", "us", "--count", "100000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=UNMEASURED) as process:
        assert process.stdout
        assert process.stdout.readline().strip().isalpha()
        assert process.poll() is None
        process.kill()


def test_a_model_of_a_short_list_is_drawn_from_inside_unless_top_p_says_otherwise() -> None:
    default, inside, whole = (
        run_here("sample", "icelandic-places", "--seed", "w", *top_p).out
        for top_p in ((), ("--top-p", "0.9"), ("--top-p", "1"))
    )
    assert len(default.splitlines()) == 10
    assert default == inside != whole


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_causes_one_line(weights: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*PROGRAM, "sample", weights], stdout=full, stderr=subprocess.PIPE, text=True, timeout=LIMIT, check=False
        )
    assert ended.returncode != 0
    assert re.fullmatch(r"error: .*No space left.*\n", ended.stderr), ended.stderr


def on_a_terminal(words: Sequence[str | Path], cwd: Path, stop_at: int | None = None) -> tuple[Ended, str]:
    """Run a command whose stderr is a terminal of 80 columns; stop it by SIGINT when its bar is at a step."""
    ours, theirs = pty.openpty()
    command = [*PROGRAM, *map(str, words)]
    environment = {**ENVIRONMENT, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=theirs, text=True, cwd=cwd, env=environment
    ) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # how Linux says that the other end has gone
                break
            if not part:
                break
            seen += part
            steps = re.findall(rb"(\d+)/\d+", seen)
            if stop_at is not None and steps and int(steps[-1]) >= stop_at:
                process.send_signal(signal.SIGINT)
                stop_at = None
        os.close(ours)
        out = process.communicate(timeout=LIMIT)[0]
    return Ended(process.returncode, out, seen.decode()), re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())


def test_a_terminal_shows_a_bar(elves: Path, begun: Path, tmp_path: Path) -> None:
    ended, text = on_a_terminal(
        ["train", elves, "--out", "m.npz", "--resume", begun, "--checkpoint", "c.npz"], tmp_path
    )
    assert ended.status == 0, ended.err
    assert "━━━" in text
    assert re.search(r"60/60\s+loss \d\.\d+\s+validation \d\.\d+\s+[\d,]+\s+names/s", text)
    assert "validation" not in ended.out
    assert strictly(ended.out)["steps"] == 60


def test_the_command_that_goes_on_is_not_broken_by_the_width_of_a_terminal(
    elves: Path, long: Path, tmp_path: Path
) -> None:
    ended, text = on_a_terminal(
        ["train", elves, "--out", "m.npz", "--resume", long, "--checkpoint", "the state of my elves.npz"],
        tmp_path,
        stop_at=500,
    )
    assert ended.status == 130
    command = shlex.join(["train", str(elves), "--out", "m.npz", "--resume", "the state of my elves.npz"])
    assert command in text


def started(words: Sequence[str | Path], cwd: Path, environment: dict[str, str] = ENVIRONMENT) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env=environment,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_DFL
        ),  # ignored in what a shell runs in the background
    )


def wait_for_reports(process: subprocess.Popen[str], reports: int) -> None:
    assert process.stderr is not None
    for _ in range(reports):
        assert process.stderr.readline().startswith("step ")


def assert_same_weights(one: Path, other: Path) -> None:
    first, second = model_file.load(one), model_file.load(other)
    assert first.network.parameters.layout == second.network.parameters.layout
    assert first.network.parameters.flat.tobytes() == second.network.parameters.flat.tobytes()
    assert np.isclose(first.card.nats_per_letter, second.card.nats_per_letter, rtol=0, atol=0)
    assert first.card.memorisation == second.card.memorisation


@pytest.mark.parametrize(("reports", "delay"), [(1, 0), (5, 0.003)])
def test_a_killed_training_goes_on_to_the_same_bits(
    reports: int, delay: float, elves: Path, long: Path, uninterrupted: Path, tmp_path: Path
) -> None:
    words: list[str | Path] = ["train", elves, "--out", "m.npz", "--checkpoint", "state.npz", "--resume", long]
    with started(words, tmp_path, UNMEASURED) as process:
        wait_for_reports(process, reports)  # each is followed by a checkpoint, so this often lands in one's writing
        time.sleep(delay)
        process.kill()
    assert not (tmp_path / "m.npz").exists()
    assert checkpoint.load(tmp_path / "state.npz", Corpus.read(elves)).step >= 100 * (reports - 1)
    ended = run("train", elves, "--out", "m.npz", "--resume", "state.npz", cwd=tmp_path)
    assert ended.status == 0, ended.err
    assert_same_weights(tmp_path / "m.npz", uninterrupted)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_training_that_is_asked_to_stop_prints_the_command_that_goes_on(
    number: signal.Signals, elves: Path, long: Path, uninterrupted: Path, tmp_path: Path
) -> None:
    words = f"--resume|{long}|--checkpoint|my state.npz|--plot|l.png".split("|")
    with started(["train", elves, "--out", "my elves.npz", *words], tmp_path, UNMEASURED) as process:
        wait_for_reports(process, 4)
        process.send_signal(number)
        out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    *_, told, command = err.splitlines()
    assert told == "stopped; to go on from here:"
    words = [sys.executable, "-m", "model", "train", str(elves), "--out", "my elves.npz", "--resume", "my state.npz"]
    assert shlex.split(command) == [*words, "--plot", "l.png"]
    assert 400 <= checkpoint.load(tmp_path / "my state.npz", Corpus.read(elves)).step < 1_300
    again = subprocess.run(  # noqa: S602 - as a user would paste it
        command, shell=True, capture_output=True, cwd=tmp_path, env=UNMEASURED, timeout=LIMIT, check=False
    )
    assert again.returncode == 0, again.stderr
    assert_same_weights(tmp_path / "my elves.npz", uninterrupted)
    assert (tmp_path / "l.png").exists()


def test_a_training_without_a_checkpoint_says_that_nothing_is_kept(elves: Path, tmp_path: Path) -> None:
    with started(["train", elves, "--out", "m.npz", "--preset", "seed"], tmp_path) as process:
        wait_for_reports(process, 1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, out) == (130, "")
    assert "--checkpoint" in err.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_in_the_middle_of_a_command_causes_no_traceback(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "list.txt")
    with started(["corpus", "list.txt"], tmp_path) as process:
        with (tmp_path / "list.txt").open("w") as names:
            names.write("Anna\n")  # opening waits for the reader, which now waits for the end of the list
            names.flush()
            process.send_signal(signal.SIGINT)
        # Closed here: a signal that came just before the reader began to wait is seen only when the wait ends.
        out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err


def test_sample_draws_names_like_those_of_a_list(tmp_path: Path) -> None:
    names = ["Alverin", "Belthoriel", "Calithiel", "Daerivel", "Elarandir", "Faelivrin", "Galithoriel", "Haldirien"]
    listed = tmp_path / "elves.txt"
    listed.write_text("\n".join([*names, "1"]))
    ended = run_here("sample", "--like", listed, "--count", "20", "--seed", "7")
    assert ended.status == 0, ended.err
    drawn = ended.out.splitlines()
    assert len(set(drawn)) == 20
    assert not {*drawn} & {*names}
    assert "left out 1 line" in ended.err
    assert run_here("sample", "--like", listed, "--count", "20", "--seed", "7").out == ended.out


@pytest.mark.parametrize(
    ("names", "words", "told"),
    [
        ("Anna\nBen\n", [], "like has 2 different names; give at least 3"),
        ("Anna\nBen\nБорис\n", [], "mixes scripts"),
        ("Anna\nBen\nEva\n", ["us"], "can't be combined with a model"),
    ],
)
def test_sample_tells_what_is_wrong_with_such_a_list(tmp_path: Path, names: str, words: list[str], told: str) -> None:
    listed = tmp_path / "some.txt"
    listed.write_text(names)
    ended = run_here("sample", *words, "--like", listed)
    assert ended.status == 2
    assert told in ended.err
    assert "--like has names" in run_here("sample").err
