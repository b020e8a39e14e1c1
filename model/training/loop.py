"""Training as a generator of progress: the caller decides when to stop, print, save or draw.

A `Training` is the whole state of a run. Nothing in it reads a clock, and all randomness comes from one generator, so
a run is decided by the list, the hyperparameters and the seed, and one that is taken up again from a checkpoint (see
`model.checkpoint`) ends with the same bits as one that was never interrupted.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from model.corpus.corpus import Corpus
from model.corpus.vocabulary import Vocabulary
from model.errors import InvalidOption, TrainingDiverged, UnknownLetter
from model.network.backpropagation import Batch, log_probabilities
from model.network.optimizers import SCHEDULES
from model.network.parameters import FloatArray, Parameters, initialise
from model.training.batches import OneByOne, Shuffled, by_length
from model.training.presets import Hyperparameters
from model.training.updates import make_step


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a training is: one point of its loss curve."""

    step: int  # steps done
    steps: int  # steps in all
    loss: float  # on the training names since the last point, nats per predicted letter
    validation: float | None  # the same on the validation names, at reports only
    names: int  # names read since the last point


@dataclass(slots=True)
class Learned:
    """What was learned from since the last point of the loss curve."""

    loss: float = 0.0  # summed over the letters, nats
    letters: int = 0  # predicted, the ends included
    names: int = 0


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
        Weights and letters to start from instead of drawn ones; they must be able to spell the whole list.

    Raises
    ------
    InvalidOption, UnknownLetter
        The start has another size than the plan, or cannot spell the list.
    """

    def __init__(
        self, corpus: Corpus, plan: Hyperparameters, seed: int, start: tuple[Parameters, Vocabulary] | None = None
    ) -> None:
        self.corpus, self.plan, self.seed = corpus, plan, seed
        self.rng = np.random.default_rng(seed)
        self.parent = ""  # SHA-256 of the weights to start from
        if start is None:
            self.vocabulary = corpus.vocabulary
            self.parameters = initialise(self.vocabulary.size, plan.hidden, self.rng, dtype=plan.precision)
        else:
            weights, self.vocabulary = start
            _check_start(weights, self.vocabulary, corpus, plan)
            self.parameters = weights.copy(np.dtype(plan.precision))
            self.parent = hashlib.sha256(weights.flat.data).hexdigest()
        self.split = corpus.split()
        self._validation = by_length(self.split.validation, self.vocabulary, plan.first_letter)
        self.batches: Shuffled | OneByOne
        if plan.batch == 1:
            self.batches = OneByOne(self.split.train, self.vocabulary, plan.first_letter)
        else:
            self.batches = Shuffled(self.split.train, self.vocabulary, plan.first_letter, plan.batch)
        self.take_step = make_step(self.parameters, plan, self.rng)

        self.step = 0
        self.learned = Learned()
        self.history: list[tuple[int, float, float]] = []  # step, loss, validation loss or NaN
        self.best = self.parameters.flat.copy()
        self.best_loss = math.inf
        self.reports_since_best = 0
        self.begin_epoch()

    def begin_epoch(self) -> None:
        """Draw the order of the next epoch, and remember the generator as it was before."""
        self.epoch_state = self.rng.bit_generator.state
        self.position = 0  # batches of this epoch that are done
        self._epoch = self.batches.epoch(self.rng)

    def skip(self, batches: int) -> None:
        """Pass over batches of this epoch that are already learned."""
        for _ in range(batches):
            self._next_batch()

    @property
    def done(self) -> bool:
        """Whether the last step is taken, or validation has stopped improving."""
        patience = self.plan.patience
        return self.step >= self.plan.steps or (patience is not None and self.reports_since_best >= patience)

    def run(self) -> Iterator[Progress]:
        """Train on to the end, with a pause after every point of the loss curve.

        Raises
        ------
        TrainingDiverged
            The loss is no longer a finite number.
        """
        return (progress for progress in self.pieces(self.plan.point_every) if progress is not None)

    def pieces(self, most: int) -> Iterator[Progress | None]:
        """Train on as `run` does, with a pause after every `most` steps too; there it yields None."""
        plan, learned = self.plan, self.learned
        while not self.done:
            point = min(self.step + plan.point_every - self.step % plan.point_every, plan.steps)
            self._learn(min(most, point - self.step))
            if self.step < point:
                yield None
                continue
            report = self.step % plan.report_every == 0 or self.step == plan.steps
            validation = self._validate() if report else None
            if not math.isfinite(learned.loss + (validation or 0)):
                raise TrainingDiverged(self.step)
            loss, names = learned.loss / learned.letters, learned.names
            self.history.append((self.step, loss, math.nan if validation is None else validation))
            learned.loss, learned.letters, learned.names = 0.0, 0, 0
            yield Progress(self.step, plan.steps, loss, validation, names)

    def _learn(self, steps: int) -> None:
        plan, learned = self.plan, self.learned
        schedule = SCHEDULES[plan.schedule]
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # told above, in one sentence
            for _ in range(steps):
                batch = self._next_batch()
                rate = plan.learning_rate * schedule(self.step, plan.steps, plan.warmup)
                learned.loss += self.take_step(batch, rate)
                learned.letters += len(batch.targets)
                learned.names += batch.counts[0]
                self.step += 1

    def result(self) -> Parameters:
        """The weights to keep: with patience, the best on the validation names; without, the last."""
        flat: FloatArray = self.parameters.flat if self.plan.patience is None else self.best
        return Parameters.over(flat.copy(), self.parameters.vocabulary, self.parameters.hidden)

    def _next_batch(self) -> Batch:
        if self.position == len(self.batches):
            self.begin_epoch()
        self.position += 1
        return next(self._epoch)

    def _validate(self) -> float:
        """Nats per predicted letter of the validation names; remembers the weights if none were better."""
        nats, letters = 0.0, 0
        for inputs, targets in self._validation:
            nats -= float(log_probabilities(self.parameters, inputs, targets).sum(dtype=np.float64))
            letters += targets.size
        loss = nats / letters
        self.reports_since_best += 1
        if loss < self.best_loss:
            self.best[:] = self.parameters.flat
            self.best_loss, self.reports_since_best = loss, 0
        return loss


def _check_start(weights: Parameters, vocabulary: Vocabulary, corpus: Corpus, plan: Hyperparameters) -> None:
    """Refuse weights that cannot be trained on with this list and plan."""
    if missing := tuple(letter for letter in corpus.vocabulary.letters if letter not in vocabulary.letters):
        raise UnknownLetter(missing, vocabulary.letters)
    if weights.hidden != plan.hidden:
        raise InvalidOption("hidden", f"must be {weights.hidden}, as in the model to start from")
