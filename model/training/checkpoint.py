"""Checkpoints: the whole state of a training in one file, from which it goes on bit for bit.

"Bit for bit" holds on one kind of machine with one set of library versions: another BLAS kernel adds in another order.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.artifact import npz
from model.corpus.corpus import Corpus
from model.corpus.vocabulary import Vocabulary
from model.errors import InvalidCheckpoint, NameModelError
from model.network.parameters import Parameters, size
from model.training.loop import Learned, Training
from model.training.presets import Hyperparameters

FORMAT = 2
OPTIMIZER = "optimizer."


def save(training: Training, path: Path) -> None:
    """Write the state of a training that stands between two steps; a crash leaves the old file or the new one."""
    npz.write(path, _members(training))


def pack(training: Training) -> bytes:
    """The same in memory."""
    return npz.pack(_members(training))


def _members(training: Training) -> npz.Arrays:
    told = {
        "format": FORMAT,
        "corpus": training.corpus.sha256,
        "plan": asdict(training.plan),
        "seed": training.seed,
        "parent": training.parent,
        "letters": training.vocabulary.letters,
        "step": training.step,
        "learned": asdict(training.learned),
        "position": training.position,
        "epoch_state": training.epoch_state,
        "state": training.rng.bit_generator.state,
        "best_loss": training.best_loss,
        "reports_since_best": training.reports_since_best,
    }
    arrays: npz.Arrays = {
        "checkpoint": np.frombuffer(json.dumps(told).encode(), np.uint8),
        "weights": training.parameters.flat,
        "best": training.best,
        "history": np.array(training.history, np.float64).reshape(-1, 3),
    }
    return arrays | {OPTIMIZER + name: array for name, array in training.take_step.optimizer.state().items()}


def load(path: Path, corpus: Corpus) -> Training:
    """Take up a training where `save` left it.

    Raises
    ------
    InvalidCheckpoint
        The file is absent or damaged, or belongs to another list of names.
    """
    return _resumed(npz.read(path, InvalidCheckpoint), corpus, str(path))


def unpack(content: bytes, corpus: Corpus, source: str) -> Training:
    """Take up a training that `pack` packed; raises InvalidCheckpoint as `load` does, with the source for the file."""
    return _resumed(npz.unpack(content, InvalidCheckpoint, source), corpus, source)


def _resumed(arrays: npz.Arrays, corpus: Corpus, source: str) -> Training:
    try:
        told = json.loads(arrays["checkpoint"].tobytes())
        if told["format"] != FORMAT:
            raise ValueError(f"its format is {told['format']}, and this version reads {FORMAT}")
        if told["corpus"] != corpus.sha256:
            raise ValueError("it belongs to another list of names")
        plan, vocabulary = Hyperparameters(**told["plan"]), Vocabulary(tuple(told["letters"]))
        weights = arrays["weights"]
        if weights.shape != (size(vocabulary.size, plan.hidden),):
            raise ValueError("its weights have another size than its plan")
        start = Parameters.over(weights, vocabulary.size, plan.hidden)
        training = Training(corpus, plan, told["seed"], (start, vocabulary))
        training.parent = told["parent"]
        training.best[:] = _of_shape(arrays["best"], weights.shape)
        training.best_loss, training.reports_since_best = told["best_loss"], told["reports_since_best"]
        training.history = [(int(step), loss, validation) for step, loss, validation in arrays["history"].tolist()]
        if not 0 <= told["position"] <= len(training.batches) or not 0 <= told["step"] <= plan.steps:
            raise ValueError("its place in the training is outside of it")
        training.step, training.learned = told["step"], Learned(**told["learned"])
        state = {
            name.removeprefix(OPTIMIZER): _of_shape(array, weights.shape)
            for name, array in arrays.items()
            if name.startswith(OPTIMIZER)
        }
        training.take_step.optimizer.restore(state, training.step)
        training.rng.bit_generator.state = told["epoch_state"]
        training.begin_epoch()
        training.skip(told["position"])
        training.rng.bit_generator.state = told["state"]
    except KeyError as error:
        raise InvalidCheckpoint(f"it lacks {error}, so it is not a checkpoint of this version", source) from error
    except (TypeError, ValueError, RecursionError, NameModelError) as error:
        raise InvalidCheckpoint(f"training cannot go on from it: {error}", source) from error
    return training


def _of_shape(array: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """The array, which NumPy would otherwise stretch to fit."""
    if array.shape != shape:
        raise ValueError(f"it holds an array of shape {array.shape} where {shape} belongs")
    return array
