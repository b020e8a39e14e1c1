"""Checkpoints: the whole state of a training in one file, from which it goes on bit for bit.

"Bit for bit" holds on one kind of machine with one set of library versions: another BLAS kernel adds in another order.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

from model.artifact import model_file, network_arrays, npz
from model.corpus.corpus import Corpus
from model.corpus.vocabulary import Vocabulary
from model.errors import BadCorpus, InvalidCheckpoint, InvalidOption, NameModelError
from model.network.network import Network
from model.network.parameters import Parameters, size
from model.network.shape import MAX_LETTERS, MAX_WEIGHTS
from model.training.folds import AnyTraining, FoldedTraining, FoldState
from model.training.hyperparameters import Hyperparameters
from model.training.loop import RunningLoss, Training, TrainingState
from model.training.start import Start

FORMAT = 2
OPTIMIZER = "optimizer."

TYPES = {
    "seed": int,
    "parent": str,
    "step": int,
    "position": int,
    "best_loss": float,
    "reports_since_best": int,
    "phase": int,
    "steps_before": int,
}

Fields = TypeVar("Fields", Hyperparameters, RunningLoss)

OTHERS = 16 * 2**20
"""Room in a file, in bytes, for what are no weights: a million names and their n-gram, or a long history."""


def check_size(plan: Hyperparameters, vocabulary: int, *, checkpoints: bool, half: bool) -> None:
    """Refuse a training that would end with a file, or keep checkpoints, too large to be read.

    Parameters
    ----------
    vocabulary
        Letters and the end token.
    checkpoints, half
        Whether checkpoints are kept, and the model is written in half precision.

    Raises
    ------
    BadCorpus, InvalidOption
        There are too many letters, or the network has too many units.
    """
    weights, width = size(plan.shape(vocabulary).layout()), np.dtype(plan.precision).itemsize
    if vocabulary > MAX_LETTERS + 1:
        raise BadCorpus(f"the list has {vocabulary - 1:,} different letters, and a model at most {MAX_LETTERS:,}")
    if weights > MAX_WEIGHTS:
        raise InvalidOption(
            "hidden",
            f"of {plan.hidden:,} makes {weights:,} weights, and a model has at most {MAX_WEIGHTS:,}; "
            "give fewer units or layers",
        )
    kept = 2 + (plan.optimizer == "adam") * 2 + (plan.folds > 0)  # now and the best, of the optimiser, at the start
    sizes = [("a model", weights * (2 if half else width), model_file.MAX_BYTES)]
    sizes += [("a checkpoint", kept * weights * width, npz.MAX_BYTES)] * checkpoints
    for file, bytes_of_weights, most_bytes in sizes:
        if bytes_of_weights + OTHERS > most_bytes:
            raise InvalidOption(
                "hidden",
                f"of {plan.hidden:,} makes {file} of {bytes_of_weights / 2**20:,.0f} MiB, and files above "
                f"{most_bytes // 2**20} MiB are not read; give fewer units or layers",
            )


def save(training: AnyTraining, path: Path) -> None:
    """Write the state of a training that stands between two steps; a crash leaves the old file or the new one."""
    npz.write(path, _members(training))


def pack(training: AnyTraining) -> bytes:
    """The same in memory."""
    return npz.pack(_members(training))


def load(path: Path, corpus: Corpus) -> AnyTraining:
    """Resume a training where `save` left it.

    Raises
    ------
    InvalidCheckpoint
        The file is absent or damaged, or belongs to another list of names.
    """
    return _resume(npz.read(path, InvalidCheckpoint), corpus, str(path))


def unpack(content: bytes, corpus: Corpus, source: str) -> AnyTraining:
    """Resume a training that `pack` packed; raises InvalidCheckpoint as `load` does, with the source for the file."""
    return _resume(npz.unpack(content, InvalidCheckpoint, source), corpus, source)


def _members(training: AnyTraining) -> npz.Arrays:
    facts: dict[str, Any] = {
        "format": FORMAT,
        "corpus": training.corpus.sha256,
        "plan": asdict(training.plan),
        "seed": training.seed,
        "parent": training.parent,
        "letters": training.vocabulary.letters,
    }
    if isinstance(training, Training):
        run, arrays = _run_members(training.state())
        facts |= run
    else:
        state = training.state()
        run, arrays = _run_members(state.run)
        facts |= run | {"phase": state.phase, "steps_before": state.steps_before}
        arrays |= {"curves": state.curves, "all_history": _history(state.history), "start": training.start_weights()}
    return arrays | {"checkpoint": np.frombuffer(json.dumps(facts).encode(), np.uint8)}


def _run_members(state: TrainingState) -> tuple[dict[str, Any], npz.Arrays]:
    """The state of one run as JSON types and arrays."""
    facts = {
        "step": state.step,
        "learned": asdict(state.running),
        "position": state.position,
        "epoch_state": state.epoch_rng,
        "state": state.rng,
        "best_loss": state.best_loss,
        "reports_since_best": state.reports_since_best,
    }
    arrays: npz.Arrays = {"weights": state.weights, "best": state.best, "history": _history(state.history)}
    return facts, arrays | {OPTIMIZER + name: array for name, array in state.optimizer.items()}


def _history(points: list[tuple[int, float, float]]) -> NDArray[np.float64]:
    return np.array(points, np.float64).reshape(-1, 3)


def _resume(arrays: npz.Arrays, corpus: Corpus, source: str) -> AnyTraining:
    try:
        return _training(arrays, corpus)
    except KeyError as error:
        raise InvalidCheckpoint(f"it lacks {error}, so it is not a checkpoint of this version", source) from error
    except (TypeError, ValueError, ArithmeticError, RecursionError, NameModelError) as error:
        raise InvalidCheckpoint(f"training cannot go on from it: {error}", source) from error


def _training(arrays: npz.Arrays, corpus: Corpus) -> AnyTraining:
    facts = json.loads(arrays["checkpoint"].tobytes())
    if facts["format"] != FORMAT:
        raise ValueError(f"its format is {facts['format']}, and this version reads {FORMAT}")
    if facts["corpus"] != corpus.sha256:
        corpus = corpus.as_earlier_versions_read_it()
    if facts["corpus"] != corpus.sha256:
        raise ValueError("it belongs to another list of names")
    for name, kind in TYPES.items():
        if name in facts and type(facts[name]) is not kind:
            raise TypeError(f"{name} should be {kind.__name__}, not {facts[name]!r:.60}")
    plan, vocabulary = _typed(Hyperparameters(**facts["plan"])), Vocabulary(tuple(facts["letters"]))
    shape = plan.shape(vocabulary.size)
    run = _run_state(facts, arrays, np.dtype(plan.precision))
    weights = network_arrays.floats(arrays, "start", arrays["start"].shape) if plan.folds else run.weights
    start = None
    if weights.size:
        start = Start(Network(shape, Parameters(weights, shape.layout())), vocabulary, facts["parent"])
    if not plan.folds:
        training = Training(corpus, plan, facts["seed"], start)
        training.restore(run)
        return training
    folded = FoldedTraining(corpus, plan, facts["seed"], start)
    history = _points(arrays["all_history"])
    curves = _of(arrays["curves"], arrays["curves"].shape, np.dtype(np.float64), nan=True)
    folded.restore(FoldState(facts["phase"], facts["steps_before"], curves, history, run))
    return folded


def _run_state(facts: dict[str, Any], arrays: npz.Arrays, dtype: np.dtype[Any]) -> TrainingState:
    """What `_run_members` made two parts of."""
    shape = arrays["weights"].shape
    return TrainingState(
        step=facts["step"],
        running=_typed(RunningLoss(**facts["learned"])),
        position=facts["position"],
        epoch_rng=facts["epoch_state"],
        rng=facts["state"],
        best_loss=facts["best_loss"],
        reports_since_best=facts["reports_since_best"],
        history=_points(arrays["history"]),
        weights=network_arrays.floats(arrays, "weights", shape, dtype),
        best=network_arrays.floats(arrays, "best", shape, dtype),
        optimizer={
            name.removeprefix(OPTIMIZER): _of(array, shape, dtype)
            for name, array in arrays.items()
            if name.startswith(OPTIMIZER)
        },
    )


def _points(array: NDArray[Any]) -> list[tuple[int, float, float]]:
    points = _of(array, (len(array), 3), np.dtype(np.float64), nan=True)
    return [(int(step), loss, validation) for step, loss, validation in points.tolist()]


def _of(array: NDArray[Any], shape: tuple[int, ...], dtype: np.dtype[Any], *, nan: bool = False) -> NDArray[Any]:
    """The array, if it is of that shape and type, which NumPy would otherwise stretch and cast to fit."""
    if array.shape != shape or array.dtype != dtype:
        raise ValueError(f"it holds {array.dtype} of shape {array.shape} where {dtype} of shape {shape} belongs")
    if not nan and np.isnan(array).any():
        raise ValueError("it holds numbers that are none")
    return array


def _typed(made: Fields) -> Fields:
    """A dataclass, if its fields have the types that it says."""
    for name, kind in get_type_hints(type(made)).items():
        value, kinds = getattr(made, name), get_args(kind) or (kind,)
        if type(value) not in kinds and not (type(value) is int and float in kinds):
            raise TypeError(f"{name} should be {kind}, not {value!r:.60}")
    return made
