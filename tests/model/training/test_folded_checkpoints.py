from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.artifact import npz
from model.corpus.corpus import Corpus
from model.errors import InvalidCheckpoint
from model.training import checkpoint
from model.training.folds import AnyTraining, FoldedTraining
from model.training.hyperparameters import Hyperparameters
from model.training.start import Start
from tests.support.tiny import FOLDED, bits, ended, instants, some, styled_start

Change = Callable[[npz.Arrays, dict[str, Any]], object]

CORPUS = some(30)
PLAN = replace(FOLDED, epochs=2, batch=8)  # 5 folds and runs of 6 to 8 steps
KINDS = {
    "gru": PLAN,
    "vanilla": replace(PLAN, cell="vanilla"),
    "two layers": replace(PLAN, layers=2, between_dropout=0.2),
    "a single fold": replace(PLAN, folds=1),
    "without an n-gram": replace(PLAN, ngram=False),
    "in float64": replace(PLAN, precision="float64"),
    "gru with a style": replace(PLAN, style_size=3, style_rate=20.0),
    "vanilla with a style": replace(PLAN, cell="vanilla", style_size=3, style_rate=20.0),
}


def start_of(plan: Hyperparameters) -> Start | None:
    return styled_start(CORPUS, plan.cell) if plan.style_size else None


def begun(plan: Hyperparameters) -> AnyTraining:
    return FoldedTraining(CORPUS, plan, 7, start_of(plan))


@pytest.mark.no_cover  # dozens of trainings; the next test runs the same lines
@pytest.mark.parametrize("kind", KINDS)
def test_a_training_interrupted_in_a_fold_between_folds_or_in_its_last_run_ends_with_the_same_bits(kind: str) -> None:
    whole = bits(ended(begun(KINDS[kind])))
    phases = set()
    for step, content in instants(lambda: begun(KINDS[kind]), checkpoint.pack, every=3):
        resumed = checkpoint.unpack(content, CORPUS, "memory")
        assert isinstance(resumed, FoldedTraining)
        phases.add((resumed.state().phase, resumed._run.done))
        assert resumed.step == step
        assert bits(ended(resumed)) == whole, (step, kind)
    folds = KINDS[kind].folds
    assert phases == {(phase, done) for phase in range(folds + 1) for done in (False, True)}


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", ["gru", "gru with a style"])
def test_a_training_interrupted_all_the_time_ends_with_the_same_bits_and_figures(kind: str, tmp_path: Path) -> None:
    whole = begun(KINDS[kind])
    ended(whole)
    training, path = begun(KINDS[kind]), tmp_path / "again.npz"
    while not training.done:
        next(training.run_in_pieces(5))
        checkpoint.save(training, path)
        training = checkpoint.load(path, CORPUS)
    assert bits(training) == bits(whole)
    assert isinstance(whole, FoldedTraining)
    assert isinstance(training, FoldedTraining)
    assert training.figures() == whole.figures()


def test_what_is_saved_is_what_is_loaded_the_start_included() -> None:
    for _, content in instants(lambda: begun(KINDS["gru with a style"]), checkpoint.pack, every=10):
        resumed = checkpoint.unpack(content, CORPUS, "memory")
        assert checkpoint.pack(resumed) == content
        start = start_of(KINDS["gru with a style"])
        assert start is not None
        assert resumed.parent == start.fingerprint


@pytest.fixture(scope="module")
def middle() -> bytes:
    """A checkpoint from the middle of the second fold."""
    return next(content for step, content in instants(lambda: begun(PLAN), checkpoint.pack, 3) if step == 9)


@pytest.mark.parametrize("other", [Corpus.of([*CORPUS.names, "zoe"], "more"), Corpus.of(CORPUS.names[1:], "fewer")])
def test_a_checkpoint_of_another_list_is_refused(middle: bytes, other: Corpus) -> None:
    with pytest.raises(InvalidCheckpoint, match="another list"):
        checkpoint.unpack(middle, other, "memory")


def replaced(name: str, change: Callable[[Any], Any]) -> Change:
    def action(arrays: npz.Arrays, _facts: dict[str, Any]) -> None:
        arrays[name] = np.ascontiguousarray(change(arrays[name].copy()))

    return action


def told(**values: Any) -> Change:
    return lambda _arrays, facts: facts.update(values)


def planned(**values: Any) -> Change:
    return lambda _arrays, facts: facts["plan"].update(values)


def without(member: str) -> Change:
    return lambda arrays, facts: (facts if member in facts else arrays).pop(member)


def no_loss(curves: Any) -> Any:
    curves[0, 1, 0, 1] = np.nan
    return curves


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(replaced("curves", no_loss), id="no loss of an epoch that is done"),
        pytest.param(replaced("curves", lambda curves: curves[:, 1:]), id="an epoch too few"),
        pytest.param(replaced("curves", lambda curves: curves[1:]), id="a fold too few"),
        pytest.param(replaced("curves", lambda curves: curves[..., :1]), id="a single share"),
        pytest.param(replaced("curves", np.ravel), id="losses in a row"),
        pytest.param(replaced("curves", lambda curves: curves[:0]), id="no losses"),
        pytest.param(replaced("weights", lambda weights: weights[:1]), id="one weight, which would be stretched"),
        pytest.param(replaced("weights", lambda weights: weights[:-1]), id="a weight too few"),
        pytest.param(replaced("best", lambda weights: weights[:1]), id="one best weight"),
        pytest.param(replaced("optimizer.mean", lambda mean: mean[:1]), id="one mean"),
        pytest.param(replaced("start", lambda _: np.zeros(5, np.float32)), id="a start of another size"),
        pytest.param(replaced("start", lambda _: np.zeros(0, np.uint8)), id="a start that is no numbers"),
        pytest.param(replaced("curves", lambda curves: curves.astype(np.float32)), id="losses of another precision"),
        pytest.param(replaced("all_history", lambda history: history[:, :2]), id="half a history"),
        pytest.param(replaced("all_history", lambda history: history * np.inf), id="a history without end"),
        pytest.param(told(phase=-1), id="before the first fold"),
        pytest.param(told(phase=4), id="after the last run"),
        pytest.param(told(phase="1"), id="a phase that is no number"),
        pytest.param(told(phase=3), id="the last run before the folds are done"),
        pytest.param(told(steps_before=-1), id="negative steps"),
        pytest.param(told(steps_before="8"), id="steps that are no number"),
        pytest.param(told(step=10**6), id="a step after the last"),
        pytest.param(told(position=10**6), id="a position beyond the epoch"),
        pytest.param(planned(folds=2), id="fewer folds"),
        pytest.param(planned(folds=40), id="more folds than names"),
        pytest.param(planned(epochs=3), id="more epochs"),
        pytest.param(planned(epochs=0), id="no epochs"),
        pytest.param(planned(folds=-1), id="negative folds"),
        pytest.param(planned(hidden=9), id="another size"),
        *(pytest.param(without(name), id=f"without {name}") for name in ("curves", "all_history", "start", "phase")),
    ],
)
def test_a_damaged_checkpoint_is_refused(middle: bytes, change: Change) -> None:
    arrays = npz.unpack(middle, InvalidCheckpoint, "memory")
    facts = json.loads(arrays["checkpoint"].tobytes())
    change(arrays, facts)
    arrays["checkpoint"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    with pytest.raises(InvalidCheckpoint, match=r"^memory: "):
        checkpoint.unpack(npz.pack(arrays), CORPUS, "memory")
