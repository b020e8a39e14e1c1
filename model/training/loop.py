"""Training as a generator of progress: the caller decides when to stop, print, save or draw.

A `Training` is the whole state of a run. Nothing in it reads a clock, and all randomness comes from one generator, so
a run is decided by the list, the hyperparameters and the seed, and one that is resumed from a checkpoint (see
`model.training.checkpoint`) ends with the same bits as one that was never interrupted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from model.corpus.corpus import Corpus
from model.corpus.split import Split
from model.errors import TrainingDiverged
from model.network.batch import Batch
from model.network.network import Network
from model.network.optimizers import SCHEDULES
from model.network.parameters import FloatArray
from model.network.styles import fold
from model.training.batches import OneByOne, Shuffled, by_length
from model.training.hyperparameters import Hyperparameters
from model.training.start import Start
from model.training.updates import make_update


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a training is: one point of its loss curve."""

    step: int  # steps done
    steps: int  # steps in all
    loss: float  # on the training names since the last point, nats per predicted letter
    validation: float | None  # the same on the validation names, at reports only
    names: int  # names read since the last point


@dataclass(slots=True)
class RunningLoss:
    """What was learned from since the last point of the loss curve."""

    loss: float = 0.0  # summed over the letters, nats
    letters: int = 0  # predicted, the ends included
    names: int = 0


@dataclass(frozen=True, slots=True)
class TrainingState:
    """Everything that changes in a training, between two steps; the arrays are the training's own, not copies."""

    step: int
    running: RunningLoss
    position: int  # batches of this epoch that are done
    epoch_rng: dict[str, Any]  # state of the generator before this epoch's order was drawn
    rng: dict[str, Any]  # and now
    best_loss: float
    reports_since_best: int
    history: list[tuple[int, float, float]]  # step, loss, validation loss or NaN
    weights: FloatArray  # (size,)
    best: FloatArray  # (size,) the weights with the lowest validation loss
    optimizer: dict[str, FloatArray]


class Training:
    """One training run and its whole state.

    Parameters
    ----------
    corpus
        The list of names; only its training part is learned from, only its validation part is looked at.
    plan
        The hyperparameters.
    seed
        Of the generator that all randomness comes from.
    start
        The network to start from instead of random weights.
    split
        Other parts than those of the corpus; without validation names, none are looked at.

    Raises
    ------
    InvalidOption, UnknownLetter
        The start has another size than the plan, or cannot spell the list.
    """

    def __init__(
        self,
        corpus: Corpus,
        plan: Hyperparameters,
        seed: int,
        start: Start | None = None,
        split: Split | None = None,
    ) -> None:
        self.corpus, self.plan, self.seed = corpus, plan, seed
        self.rng = np.random.default_rng(seed)
        self.parent = ""  # fingerprint of the start
        if start is None:
            self.vocabulary = corpus.vocabulary
            self.network = Network.initialise(plan.shape(self.vocabulary.size), self.rng, plan.precision)
        else:
            start.check(corpus.vocabulary.letters, plan)
            self.vocabulary, self.parent = start.vocabulary, start.fingerprint
            weights = start.network.parameters.flat.astype(plan.precision, copy=True)
            self.network = start.network.with_weights(weights)
        self.split = split or corpus.split()
        self._validation = by_length(self.split.validation, self.vocabulary, plan.first_letter)
        self.batches: Shuffled | OneByOne
        if plan.batch == 1:
            self.batches = OneByOne(self.split.train, self.vocabulary, plan.first_letter)
        else:
            self.batches = Shuffled(self.split.train, self.vocabulary, plan.first_letter, plan.batch)
        self._update = make_update(self.network, plan, self.rng)

        self.step = 0
        self.history: list[tuple[int, float, float]] = []  # step, loss, validation loss or NaN
        self._running = RunningLoss()
        self._best = self.network.parameters.flat.copy()
        self._best_loss = math.inf
        self._reports_since_best = 0
        self._begin_epoch()

    @property
    def steps(self) -> int:
        """Steps in all, as far as is known."""
        return self.plan.steps

    @property
    def done(self) -> bool:
        """Whether the last step is taken, or validation has stopped improving."""
        patience = self.plan.patience
        return self.step >= self.plan.steps or (patience is not None and self._reports_since_best >= patience)

    def run(self) -> Iterator[Progress]:
        """Train on to the end, with a pause after every point of the loss curve.

        Raises
        ------
        TrainingDiverged
            The loss is no longer a finite number.
        """
        return (progress for progress in self.run_in_pieces(self.plan.point_every) if progress is not None)

    def run_in_pieces(self, max_steps: int) -> Iterator[Progress | None]:
        """Train on as `run` does, with a pause after every `max_steps` too; there it yields None."""
        plan, running = self.plan, self._running
        while not self.done:
            point = min(self.step + plan.point_every - self.step % plan.point_every, plan.steps)
            self._learn(min(max_steps, point - self.step))
            if self.step < point:
                yield None
                continue
            report = self.step % plan.report_every == 0 or self.step == plan.steps
            validation = self._validate() if report and self._validation else None
            if not math.isfinite(running.loss + (validation or 0)):
                raise TrainingDiverged(self.step)
            loss, names = running.loss / running.letters, running.names
            self.history.append((self.step, loss, math.nan if validation is None else validation))
            running.loss, running.letters, running.names = 0.0, 0, 0
            yield Progress(self.step, plan.steps, loss, validation, names)

    def result(self) -> Network:
        """The network to keep: with patience, the best on the validation names; without, the last."""
        flat = self.network.parameters.flat if self.plan.patience is None else self._best
        return readable(self.network.with_weights(flat.copy()))

    def state(self) -> TrainingState:
        """What a checkpoint keeps; to be written before the next step."""
        return TrainingState(
            step=self.step,
            running=self._running,
            position=self._position,
            epoch_rng=self._epoch_rng,
            rng=dict(self.rng.bit_generator.state),
            best_loss=self._best_loss,
            reports_since_best=self._reports_since_best,
            history=self.history,
            weights=self.network.parameters.flat,
            best=self._best,
            optimizer=self._update.optimizer.state(),
        )

    def restore(self, state: TrainingState) -> None:
        """Go back to a state of a training of the same list, plan and seed; raises ValueError if it is none."""
        if not 0 <= state.position <= len(self.batches) or not 0 <= state.step <= self.plan.steps:
            raise ValueError("its place in the training is outside of it")
        if state.weights.shape != self._best.shape:
            raise ValueError(f"it holds weights of shape {state.weights.shape} where {self._best.shape} belongs")
        self.step, self.history, self._running = state.step, list(state.history), replace(state.running)
        self._best_loss, self._reports_since_best = state.best_loss, state.reports_since_best
        self.network.parameters.flat[:] = state.weights
        self._best[:] = state.best
        self._update.optimizer.restore(state.optimizer, state.step)
        self.rng.bit_generator.state = state.epoch_rng
        self._begin_epoch()
        for _ in range(state.position):
            self._next_batch()
        self.rng.bit_generator.state = state.rng

    def _begin_epoch(self) -> None:
        """Draw the order of the next epoch, and remember the generator as it was before."""
        self._epoch_rng = dict(self.rng.bit_generator.state)
        self._position = 0
        self._epoch = self.batches.epoch(self.rng)

    def _next_batch(self) -> Batch:
        if self._position == len(self.batches):
            self._begin_epoch()
        self._position += 1
        return next(self._epoch)

    def _learn(self, steps: int) -> None:
        plan, running = self.plan, self._running
        schedule = SCHEDULES[plan.schedule]
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # `run_in_pieces` checks the loss
            for _ in range(steps):
                batch = self._next_batch()
                rate = plan.learning_rate * schedule(self.step, plan.steps, plan.warmup)
                running.loss += self._update(batch, rate)
                running.letters += len(batch.targets)
                running.names += batch.counts[0]
                self.step += 1

    def _validate(self) -> float:
        """Nats per predicted letter of the validation names; remembers the weights if none were better."""
        nats, letters = 0.0, 0
        network = readable(self.network)
        for inputs, targets in self._validation:
            nats -= float(network.log_probabilities(inputs, targets).sum(dtype=np.float64))
            letters += targets.size
        loss = nats / letters
        self._reports_since_best += 1
        if loss < self._best_loss:
            self._best[:] = self.network.parameters.flat
            self._best_loss, self._reports_since_best = loss, 0
        return loss


def readable(network: Network) -> Network:
    """The network with its style folded into it, if it has one."""
    return fold(network, network.parameters["z"][0]) if network.shape.styles else network
