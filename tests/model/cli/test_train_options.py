"""What `train` and `pretrain` make of their options; what is refused is refused without a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from model.artifact import model_file, styles_file
from model.artifact.card import Card
from model.cli.commands import main
from model.corpus.bundled import bundled
from model.training.presets import PRESETS
from model.training.start import Start
from tests.support.random_models import random_model
from tests.support.tiny import NAMES, SHORTEST

slow = pytest.mark.slow  # a process for each command
LIMIT = 60  # seconds that no command of these tests comes near


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "model", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)


Refusal = Callable[..., str]


@pytest.fixture
def refusal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Refusal:
    """The one line that a command ends with, and status 2."""

    def of(*words: str | Path) -> str:
        monkeypatch.setattr(sys, "argv", ["model", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        assert end.value.code == 2
        out, err = capsys.readouterr()
        assert out == ""
        (line,) = err.splitlines()
        assert line.startswith("error: ")
        return line

    return of


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("few") / "few.txt"
    path.write_text("\n".join(name.title() for name in NAMES[::2]), "utf-8")
    return path


def trained(few: Path, out: Path, *options: str | Path) -> tuple[dict[str, Any], Card]:
    """What a training reports, and the card of its model."""
    ended = run("train", few, "--out", out, *options)
    assert ended.returncode == 0, ended.stderr
    told: dict[str, Any] = json.loads(ended.stdout)
    return told, model_file.load(out).card


@slow
def test_random_weights_that_were_asked_for_are_a_plain_training(few: Path, tmp_path: Path) -> None:
    _, card = trained(few, tmp_path / "m.npz", "--from", "none")
    assert card.parent == ""
    assert card.hyperparameters["folds"] == 0
    assert card.hyperparameters["steps"] == PRESETS["default"](card.corpus.train).steps
    assert card.corpus.test > 0


@slow
def test_the_network_that_was_asked_for_is_trained_and_told_by_the_card(few: Path, tmp_path: Path) -> None:
    options = "--cell vanilla --layers 2 --hidden 12 --dropout 0.1 --recurrent-dropout 0.2 --between-dropout 0.3"
    _, card = trained(few, tmp_path / "m.npz", *options.split(), "--no-ngram")
    assert (card.architecture.cell, card.architecture.layers, card.architecture.hidden) == ("vanilla", 2, 12)
    asked = {
        "cell": "vanilla",
        "layers": 2,
        "hidden": 12,
        "dropout": 0.1,
        "recurrent_dropout": 0.2,
        "between_dropout": 0.3,
        "ngram": False,
    }
    assert {name: card.hyperparameters[name] for name in asked} == asked
    assert card.ngram.order == 0
    assert card.parent == ""


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--cell", "lstm"),
        ("--layers", "0"),
        ("--layers", "5"),
        ("--layers", "two"),
        ("--hidden", "0"),
        ("--hidden", "99999999999"),
        ("--dropout", "1"),
        ("--dropout", "nan"),
        ("--recurrent-dropout", "-0.1"),
        ("--between-dropout", "1.5"),
        ("--preset", "good"),
        ("--minutes", "0"),
        ("--from", "nowhere.npz"),
    ],
)
def test_a_value_out_of_range_ends_with_one_line_that_names_it_and_status_2(
    option: str,
    value: str,
    few: Path,
    tmp_path: Path,
    refusal: Refusal,
) -> None:
    line = refusal("train", few, "--out", tmp_path / "m.npz", option, value)
    assert (option if option != "--from" else value) in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "mention"),
    [
        ("--cell gru --hidden 2400 --checkpoint c.npz", "--hidden of 2,400 makes 17,"),
        ("--cell gru --hidden 4800", "--hidden of 4,800 makes 69,"),
        ("--cell gru --hidden 16384 --layers 4 --half --minutes 1", "--hidden of 16,384 makes 5,"),
    ],
    ids=["a checkpoint", "a model", "in half precision"],
)
def test_a_training_whose_files_could_not_be_read_is_refused_before_its_first_step(
    options: str,
    mention: str,
    few: Path,
    tmp_path: Path,
    refusal: Refusal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    line = refusal("train", few, "--out", "m.npz", *options.split())
    assert mention in line
    assert "give fewer units or layers" in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("option", "value"), [("--cell", "gru"), ("--layers", "2"), ("--dropout", "0.1")])
def test_what_one_name_at_a_time_does_not_have_is_told_by_an_option_that_there_is(
    option: str,
    value: str,
    few: Path,
    tmp_path: Path,
    refusal: Refusal,
) -> None:
    words: list[str | Path] = ["train", few, "--out", tmp_path / "m.npz", "--preset", "seed"]
    line = refusal(*words, option, value)
    assert line.startswith(f"error: {option} goes with batches of more than one name, and the preset seed has one")


def test_a_preset_that_the_model_to_start_from_does_not_go_with_is_named(
    few: Path, styles_path: Path, tmp_path: Path, refusal: Refusal
) -> None:
    words: list[str | Path] = ["train", few, "--out", tmp_path / "m.npz", "--preset", "seed", "--from", styles_path]
    assert refusal(*words).startswith("error: --preset seed does not go with this: its batch of 1")


def test_another_architecture_than_that_of_the_model_to_start_from_is_refused(
    few: Path, tmp_path: Path, refusal: Refusal
) -> None:
    start = tmp_path / "start.npz"
    model_file.save(random_model("abc"), start)
    words: list[str | Path] = ["train", few, "--out", tmp_path / "m.npz", "--from", start, "--cell", "gru"]
    line = refusal(*words)
    assert "--cell must be vanilla, as in the model to start from" in line


@slow
def test_a_list_that_starts_from_a_network_of_many_kinds_is_trained_in_folds(
    few: Path, styles_path: Path, tmp_path: Path
) -> None:
    told, card = trained(few, tmp_path / "m.npz", "--from", styles_path)
    _, again = trained(few, tmp_path / "n.npz", "--from", styles_path)
    assert card.parent == Start.of_styles(styles_file.load(styles_path)).fingerprint
    assert (card.hyperparameters["folds"], card.hyperparameters["style_size"]) == (4, 3)
    assert told["steps"] <= card.hyperparameters["steps"]
    assert (card.corpus.train, card.corpus.test) == (card.corpus.names, 0)
    assert card.comparison.names == card.corpus.names == 40
    assert again == Card.from_json(card.to_json() | {"created": again.created})
    assert model_file.load(tmp_path / "m.npz").network.parameters.flat.tobytes() == (
        model_file.load(tmp_path / "n.npz").network.parameters.flat.tobytes()
    )


@slow
@pytest.mark.parametrize("judge", [True, False], ids=["judged", "not judged"])
def test_a_network_of_many_kinds_is_made_by_a_command(judge: bool, tmp_path: Path) -> None:
    kept = SHORTEST[:1] if judge else SHORTEST
    others = ",".join(name for name in bundled() if name not in kept)
    out = tmp_path / "styles.npz"
    ended = run("pretrain", "--out", out, "--without", others, "--epochs", "1", *([] if judge else ["--no-judge"]))
    assert ended.returncode == 0, ended.stderr
    lines = ended.stderr.splitlines()
    assert lines[0].startswith("epoch 1/1  loss ")
    assert [line.partition("  served ")[0] for line in lines[1:]] == (list(kept) if judge else [])
    styles = styles_file.load(out)
    better = [line.partition("  ")[0] for line in lines[1:] if not line.endswith("left out: its n-gram is better")]
    assert list(styles.cards) == better
    assert styles.learned == tuple(kept)
    assert styles.network.shape.styles == 1 + len(better)
    for name in styles.cards:
        assert styles.model(name).card.corpus.title == name


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--without", "atlantean-places"], "there is no list called 'atlantean-places'"),
        (["--without", ",".join(bundled())], "--without leaves no list to learn from"),
        (["--epochs", "0"], "--epochs"),
    ],
    ids=["an unknown list", "no list", "no epochs"],
)
def test_a_pretraining_that_cannot_be_is_refused_in_one_line(
    options: list[str],
    line: str,
    tmp_path: Path,
    refusal: Refusal,
) -> None:
    assert line in refusal("pretrain", "--out", tmp_path / "styles.npz", *options)
    assert list(tmp_path.iterdir()) == []
