from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from operator import methodcaller
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.artifact import npz
from model.corpus.casing import Casing
from model.corpus.corpus import Corpus
from model.errors import BadCorpus, InvalidCheckpoint, InvalidOption
from model.network.shape import CELLS, MAX_LAYERS, MAX_LETTERS
from model.training import checkpoint
from model.training.finish import finish
from model.training.folds import AnyTraining
from model.training.hyperparameters import Hyperparameters
from model.training.loop import Training
from model.training.start import Start

DATA = Path(__file__).parents[2] / "data"
KINDS = ["default", "default without dropout", "stopped early", "sgd on batches", "seed"]
PRECISIONS = ["float32", "float64"]


@pytest.fixture(scope="module")
def plans(plan: Hyperparameters, recipe: Hyperparameters) -> dict[str, Hyperparameters]:
    plan = replace(plan, steps=36, warmup=3, point_every=4, report_every=8)
    recipe = replace(recipe, steps=240, point_every=30, report_every=60)
    return {
        "default": replace(plan, dropout=0.2, recurrent_dropout=0.1),
        "default without dropout": replace(plan, dropout=0.0, recurrent_dropout=0.0),
        "stopped early": replace(plan, learning_rate=0.3, schedule="constant", patience=1),
        "sgd on batches": replace(plan, optimizer="sgd", learning_rate=0.5, clip=None, dropout=0.1, patience=None),
        "seed": recipe,
    }


@pytest.fixture
def saved(corpus: Corpus, plans: dict[str, Hyperparameters], tmp_path: Path) -> Path:
    """A checkpoint from the middle of a training."""
    path = tmp_path / "middle.npz"
    training = Training(corpus, plans["default"], seed=1)
    run = training.run()
    for _ in range(3):
        next(run)
    checkpoint.save(training, path)
    return path


def everything(training: AnyTraining) -> dict[str, Any]:
    """Everything that decides how a training goes on and what it leaves."""
    assert isinstance(training, Training)
    state = training.state()
    return {
        "step": state.step,
        "running": state.running,
        "weights": state.weights.tobytes(),
        "precision": state.weights.dtype,
        "history": np.array(state.history).tobytes(),
        "best": state.best.tobytes(),
        "best loss": state.best_loss,
        "reports since": state.reports_since_best,
        "generator": state.rng,
        "epoch": (state.epoch_rng, state.position),
        "optimizer": {name: array.tobytes() for name, array in state.optimizer.items()},
        "result": training.result().parameters.flat.tobytes(),
        "plan": training.plan,
        "seed": training.seed,
        "parent": training.parent,
        "letters": training.vocabulary.letters,
    }


def finished(training: AnyTraining) -> dict[str, Any]:
    for _ in training.run():
        pass
    return everything(training)


def saved_at_every_point(training: Training, folder: Path) -> Iterator[Path]:
    """Run a training; give a checkpoint from before the first step and from every point of the loss curve."""
    checkpoint.save(training, folder / "0.npz")
    yield folder / "0.npz"
    for progress in training.run():
        path = folder / f"{progress.step}.npz"
        checkpoint.save(training, path)
        yield path


@pytest.mark.no_cover  # sixty trainings; the next tests run the same lines
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_training_interrupted_at_any_point_ends_with_the_same_bits(
    kind: str, precision: str, plans: dict[str, Hyperparameters], corpus: Corpus, tmp_path: Path
) -> None:
    plan = replace(plans[kind], precision=precision)
    whole = finished(Training(corpus, plan, seed=7))
    interrupted = Training(corpus, plan, seed=7)
    paths = list(saved_at_every_point(interrupted, tmp_path))
    assert everything(interrupted) == whole  # saving changes nothing
    assert len(paths) > 3
    for path in paths:
        assert finished(checkpoint.load(path, corpus)) == whole, path.stem


@pytest.mark.parametrize("kind", KINDS)
def test_a_training_interrupted_at_every_point_ends_with_the_same_bits(
    kind: str, plans: dict[str, Hyperparameters], corpus: Corpus, tmp_path: Path
) -> None:
    whole = finished(Training(corpus, plans[kind], seed=7))
    training: AnyTraining = Training(corpus, plans[kind], seed=7)
    path = tmp_path / "again.npz"
    while not training.done:
        next(training.run())
        checkpoint.save(training, path)
        training = checkpoint.load(path, corpus)
    assert everything(training) == whole


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", KINDS)
def test_a_training_interrupted_between_the_points_of_its_curve_ends_with_the_same_bits(
    kind: str, plans: dict[str, Hyperparameters], corpus: Corpus
) -> None:
    whole = finished(Training(corpus, plans[kind], seed=7))
    training: AnyTraining = Training(corpus, plans[kind], seed=7)
    pauses = 0
    while not training.done:
        pauses += next(training.run_in_pieces(3)) is None
        training = checkpoint.unpack(checkpoint.pack(training), corpus, "memory")
    assert pauses > 0
    assert everything(training) == whole


@pytest.mark.no_cover
@pytest.mark.parametrize("rates", [(0, 0, 0), (0.3, 0, 0), (0, 0.3, 0), (0, 0, 0.3), (0.3, 0.2, 0.1)], ids=str)
@pytest.mark.parametrize("layers", [1, 2, MAX_LAYERS])
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_any_layers_and_any_dropout_end_with_the_same_bits(
    cell: str, layers: int, rates: tuple[float, float, float], plan: Hyperparameters, corpus: Corpus
) -> None:
    plan = replace(plan, cell=cell, layers=layers, hidden=6, steps=12, batch=16)
    plan = replace(plan, recurrent_dropout=rates[0], between_dropout=rates[1], dropout=rates[2])
    whole = finished(Training(corpus, plan, seed=7))
    training: AnyTraining = Training(corpus, plan, seed=7)
    while not training.done:
        next(training.run_in_pieces(4))
        training = checkpoint.unpack(checkpoint.pack(training), corpus, "memory")
    assert everything(training) == whole


def test_the_early_stop_comes_before_the_last_step(plans: dict[str, Hyperparameters], corpus: Corpus) -> None:
    assert finished(Training(corpus, plans["stopped early"], seed=7))["step"] < plans["stopped early"].steps


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_makes_the_same_bits_and_another_seed_makes_others(
    kind: str, plans: dict[str, Hyperparameters], corpus: Corpus
) -> None:
    one, same, other = (finished(Training(corpus, plans[kind], seed)) for seed in (3, 3, 4))
    assert one == same
    assert one["weights"] != other["weights"]
    assert one["generator"] != other["generator"]


def test_what_is_saved_is_what_is_loaded(corpus: Corpus, saved: Path, tmp_path: Path) -> None:
    checkpoint.save(checkpoint.load(saved, corpus), tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == saved.read_bytes()


def test_a_training_from_other_weights_goes_on_too(
    corpus: Corpus, plans: dict[str, Hyperparameters], tmp_path: Path
) -> None:
    first = Training(corpus, plans["default"], seed=1)
    finished(first)
    start = Start.from_network(first.result(), first.vocabulary)
    whole = finished(Training(corpus, plans["default"], 2, start))
    paths = list(saved_at_every_point(Training(corpus, plans["default"], 2, start), tmp_path))
    assert finished(checkpoint.load(paths[4], corpus)) == whole


def test_the_same_names_in_another_file_go_on(corpus: Corpus, saved: Path) -> None:
    shuffled = Corpus.of([corpus.casing.restore_case(name) for name in reversed(corpus.names)] * 2, "the same")
    assert finished(checkpoint.load(saved, shuffled)) == finished(checkpoint.load(saved, corpus))


@pytest.mark.parametrize("more", [["qqq"], []])
def test_another_list_is_refused(corpus: Corpus, saved: Path, more: list[str]) -> None:
    other = Corpus.of([*corpus.names[bool(not more) :], *more], "another")
    with pytest.raises(InvalidCheckpoint, match=r"middle\.npz: .*another list"):
        checkpoint.load(saved, other)


def test_a_damaged_checkpoint_is_refused(corpus: Corpus, saved: Path, weights: Path, elves: Path) -> None:
    whole = saved.read_bytes()
    for length in (0, 1, 100, len(whole) // 2, len(whole) - 1):
        saved.write_bytes(whole[:length])
        with pytest.raises(InvalidCheckpoint, match="take a whole copy"):
            checkpoint.load(saved, corpus)
    saved.write_bytes(whole[:-5000] + bytes([whole[-5000] ^ 1]) + whole[-4999:])
    for path in (saved, weights, elves, saved.parent, saved.parent / "nowhere.npz"):
        with pytest.raises(InvalidCheckpoint):
            checkpoint.load(path, corpus)


def change_told(**values: Any) -> Callable[[npz.Arrays], None]:
    def change(arrays: npz.Arrays) -> None:
        told = json.loads(arrays["checkpoint"].tobytes()) | values
        arrays["checkpoint"] = np.frombuffer(json.dumps(told).encode(), np.uint8)

    return change


def change_plan(**values: Any) -> Callable[[npz.Arrays], None]:
    def change(arrays: npz.Arrays) -> None:
        plan = json.loads(arrays["checkpoint"].tobytes())["plan"] | values
        change_told(plan=plan)(arrays)

    return change


def change_array(name: str, action: Callable[[Any], Any]) -> Callable[[npz.Arrays], None]:
    def change(arrays: npz.Arrays) -> None:
        arrays[name] = action(arrays[name])

    return change


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(change_told(format=3), id="a later format"),
        pytest.param(change_told(format=1), id="an earlier format"),
        pytest.param(change_told(learned={"loss": 1.0, "colour": 2}), id="learned something strange"),
        pytest.param(change_told(state={"bit_generator": "MT19937"}), id="another generator"),
        pytest.param(change_told(state=None), id="no generator"),
        pytest.param(change_told(letters=["b", "a"]), id="letters out of order"),
        pytest.param(change_told(letters=["a", "b"]), id="other letters"),
        pytest.param(change_told(seed=-1), id="a negative seed"),
        pytest.param(change_told(step=10**9), id="a step after the last"),
        pytest.param(change_told(step="3"), id="a step that is no number"),
        pytest.param(change_told(position=-1), id="a negative position"),
        pytest.param(change_told(position=5000), id="a position beyond the epoch"),
        pytest.param(change_plan(hidden=17), id="another size"),
        pytest.param(change_plan(hidden="16"), id="a size that is no number"),
        pytest.param(change_told(step=3.0), id="a step that is no whole number"),
        pytest.param(change_told(best_loss="low"), id="a best loss that is no number"),
        pytest.param(change_told(learned={"loss": 1.0, "letters": "2", "names": 1}), id="letters that are no number"),
        pytest.param(change_plan(hidden=16.0), id="a size that is no whole number"),
        pytest.param(change_plan(preset=5), id="a preset that is no text"),
        pytest.param(change_plan(ngram=1), id="a number for yes"),
        pytest.param(change_plan(learning_rate=-1), id="a rate out of range"),
        pytest.param(change_plan(colour="red"), id="an unknown hyperparameter"),
        pytest.param(change_array("checkpoint", lambda _: np.frombuffer(b"[" * 10**5, np.uint8)), id="deep JSON"),
        pytest.param(change_array("weights", lambda array: array[1:]), id="too few weights"),
        *(
            pytest.param(change_array(name, methodcaller("astype", dtype)), id=f"{name} as {dtype}")
            for name in ("weights", "best", "optimizer.mean")
            for dtype in ("f2", "f8", "u1")
        ),
        pytest.param(change_array("history", methodcaller("astype", "f4")), id="a history of another precision"),
        *(
            pytest.param(change_array(name, lambda array: array * np.float32(np.nan)), id=f"{name} that are none")
            for name in ("weights", "best", "optimizer.square")
        ),
        pytest.param(change_array("best", lambda array: array[:1]), id="too few best weights"),
        pytest.param(change_array("history", lambda array: array[:, :2].copy()), id="half a history"),
        pytest.param(change_array("history", lambda array: array * np.inf), id="a history without end"),
        pytest.param(change_array("optimizer.mean", lambda array: array[:1]), id="half an optimiser"),
        pytest.param(lambda arrays: arrays.pop("optimizer.square"), id="no optimiser"),
        pytest.param(lambda arrays: arrays.pop("best"), id="no best weights"),
    ],
)
def test_a_checkpoint_whose_parts_do_not_fit_is_refused(
    corpus: Corpus, saved: Path, change: Callable[[npz.Arrays], None]
) -> None:
    arrays = npz.read(saved, InvalidCheckpoint)
    change(arrays)
    npz.write(saved, arrays)
    with pytest.raises(InvalidCheckpoint, match=r"middle\.npz: "):
        checkpoint.load(saved, corpus)


def test_a_checkpoint_in_memory_is_the_same_as_in_a_file(corpus: Corpus, saved: Path) -> None:
    from_file = checkpoint.load(saved, corpus)
    content = checkpoint.pack(from_file)

    assert content == saved.read_bytes()
    assert everything(checkpoint.unpack(content, corpus, "the store")) == everything(from_file)


@pytest.mark.parametrize("kind", KINDS)
def test_the_size_that_is_checked_is_that_of_what_is_written(
    kind: str, plans: dict[str, Hyperparameters], corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    training, vocabulary = Training(corpus, plans[kind], seed=1), corpus.vocabulary.size
    arrays = training.state()
    weights = sum(array.nbytes for array in (arrays.weights, arrays.best, *arrays.optimizer.values()))
    monkeypatch.setattr(npz, "MAX_BYTES", checkpoint.OTHERS + weights)
    checkpoint.check_size(plans[kind], vocabulary, checkpoints=True, half=False)
    monkeypatch.setattr(npz, "MAX_BYTES", checkpoint.OTHERS + weights - 1)
    with pytest.raises(InvalidOption, match="makes a checkpoint of"):
        checkpoint.check_size(plans[kind], vocabulary, checkpoints=True, half=False)


def test_a_training_whose_model_could_not_be_read_is_refused_before_it_begins(
    plans: dict[str, Hyperparameters],
) -> None:
    plan = plans[KINDS[0]]
    with pytest.raises(BadCorpus, match="4,097 different letters"):
        checkpoint.check_size(plan, MAX_LETTERS + 2, checkpoints=False, half=False)
    with pytest.raises(InvalidOption, match="a model has at most 12,582,912"):
        checkpoint.check_size(replace(plan, hidden=4000), 30, checkpoints=False, half=True)


def test_half_a_checkpoint_in_memory_is_refused_by_the_name_of_its_source(corpus: Corpus, saved: Path) -> None:
    content = saved.read_bytes()
    with pytest.raises(InvalidCheckpoint, match=r"^the store: it is damaged"):
        checkpoint.unpack(content[: len(content) // 2], corpus, "the store")


def test_a_checkpoint_of_version_0_1_goes_on_to_its_end() -> None:
    """Written by the software before its layout of weights had names: step 15 of 40."""
    names = [
        "anna",
        "hanna",
        "susanna",
        "johanna",
        "emil",
        "emilia",
        "otto",
        "ottilie",
        "karl",
        "karla",
        "frieda",
        "friedrich",
        "greta",
        "margareta",
    ]
    training = checkpoint.load(DATA / "checkpoint-0.1.npz", Corpus.of(names, "earlier"))
    assert (training.step, len(training.history)) == (15, 3)
    *_, last = training.run()
    # where that software ended; another machine may add in another order
    assert last.step == 40
    assert last.loss == pytest.approx(2.33092, abs=1e-3)


def test_a_checkpoint_of_version_0_1_goes_on_with_the_case_and_the_names_that_its_list_had_then() -> None:
    """Written where one name in a hundred in another case made all letters' case part of the names: step 15 of 40."""
    ordinary = [
        "Anna",
        "Berta",
        "Cara",
        "Dora",
        "Emil",
        "Frieda",
        "Greta",
        "Hanna",
        "Ida",
        "Johanna",
        "Karl",
        "Lotte",
        "Σωτήρης",
    ]
    corpus = Corpus.of([*ordinary, "McKay", "McCoy", "van Dyke", "St. Ives", "R2-D2"], "earlier")
    training = checkpoint.load(DATA / "checkpoint-0.1-mixed.npz", corpus)
    assert corpus.casing.value == "title"
    assert training.corpus.casing == Casing.MIXED
    assert "McKay" in training.corpus.names
    assert {"st. ives", "r2-d2"} < set(corpus.names)
    *_, last = training.run()
    # where that software ended; another machine may add in another order
    assert last.step == 40
    assert last.loss == pytest.approx(3.53360, abs=1e-3)
    model = finish(training)
    assert (model.card.casing, model.card.case_rules) == ("mixed", ())


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.data())
def test_a_checkpoint_that_says_anything_is_a_training_or_refused(
    corpus: Corpus, saved: Path, data: st.DataObject
) -> None:
    """As one in a database that somebody else writes to: its checksum is right."""
    arrays = npz.read(saved, InvalidCheckpoint)
    facts = json.loads(arrays["checkpoint"].tobytes())
    member = data.draw(st.sampled_from(sorted(facts)))
    where = facts[member] if isinstance(facts[member], dict) and facts[member] and data.draw(st.booleans()) else facts
    where[member if where is facts else data.draw(st.sampled_from(sorted(where)))] = data.draw(VALUES)
    arrays["checkpoint"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    try:
        training = checkpoint.unpack(npz.pack(arrays), corpus, "the store")
    except InvalidCheckpoint:
        return
    assert checkpoint.pack(training)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 2**20), piece=st.binary(max_size=20))
def test_a_checkpoint_with_other_bytes_anywhere_is_refused_or_the_same(
    corpus: Corpus, saved: Path, place: int, piece: bytes
) -> None:
    whole = saved.read_bytes()
    place %= len(whole)
    try:
        training = checkpoint.unpack(whole[:place] + piece + whole[place + len(piece) :], corpus, "the store")
    except InvalidCheckpoint:
        return
    assert everything(training) == everything(checkpoint.load(saved, corpus))
