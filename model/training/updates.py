"""One step of training on one batch, by the recipe or by a modern optimiser."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from model.network.backpropagation import Backpropagation, Batch, Dropout
from model.network.optimizers import Adam, Optimizer, Sgd, clip, decay
from model.network.parameters import FloatArray, Parameters
from model.training.presets import Hyperparameters
from model.training.seed_step import RecipeStep


class Step(Protocol):
    """Changes the weights by one batch."""

    @property
    def optimizer(self) -> Optimizer:
        """What has state to be kept in a checkpoint."""

    def __call__(self, batch: Batch, rate: float) -> float:
        """Take the step and return the loss before it, summed over the letters, nats."""


def make_step(parameters: Parameters, plan: Hyperparameters, rng: np.random.Generator) -> Step:
    """The step that the plan asks for; it changes `parameters` in place and draws dropout from `rng`."""
    return OneName(parameters) if plan.batch == 1 else OneBatch(parameters, plan, rng)


class OneName:
    """The original recipe's step."""

    def __init__(self, parameters: Parameters) -> None:
        self.optimizer = Sgd()
        self._step = RecipeStep(parameters)

    def __call__(self, batch: Batch, rate: float) -> float:
        """Step down the gradient of the sum of one name's losses."""
        return self._step(batch.inputs, batch.targets, rate)


class OneBatch:
    """A step down the gradient of the mean over a batch's letters, with everything the plan adds to it."""

    def __init__(self, parameters: Parameters, plan: Hyperparameters, rng: np.random.Generator) -> None:
        self._parameters, self._plan, self._rng = parameters, plan, rng
        self._backpropagate = Backpropagation(parameters)
        flat = parameters.flat
        self.optimizer: Optimizer = Adam(flat.size, flat.dtype) if plan.optimizer == "adam" else Sgd()

    def __call__(self, batch: Batch, rate: float) -> float:
        """Backpropagate, clip, decay, step."""
        plan, parameters = self._plan, self._parameters
        names = batch.counts[0]
        dropout = Dropout(self._mask(names, plan.recurrent_dropout), self._mask(names, plan.dropout))
        loss = self._backpropagate(batch, 1 / len(batch.targets), dropout)
        gradient = self._backpropagate.gradient.flat
        if plan.clip is not None:
            clip(gradient, plan.clip)
        decay(parameters, rate * plan.weight_decay)
        self.optimizer.step(parameters.flat, gradient, rate)
        return loss

    def _mask(self, names: int, share: float) -> FloatArray | None:
        """Which units to keep, (b, h), scaled so that the expected sum stays; None where none are left out."""
        if not share:
            return None
        dtype = self._parameters.flat.dtype
        kept = self._rng.random((names, self._plan.hidden), dtype=np.float32) >= share
        mask: FloatArray = kept.astype(dtype) * dtype.type(1 / (1 - share))
        return mask
