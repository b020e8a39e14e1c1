"""One step of training on one batch, by the seed recipe or by a modern optimiser."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from model.network.backpropagation import Backpropagation
from model.network.batch import Batch
from model.network.dropout import DropoutMasks
from model.network.network import Network
from model.network.optimizers import Adam, Optimizer, Sgd, clip, decay
from model.network.parameters import FloatArray
from model.training.hyperparameters import Hyperparameters
from model.training.seed_step import SeedStep


class Update(Protocol):
    """Changes the weights by one batch."""

    @property
    def optimizer(self) -> Optimizer:
        """The optimiser, whose state a checkpoint keeps."""

    def __call__(self, batch: Batch, rate: float) -> float:
        """Take the step and return the loss before it, summed over the letters, nats."""


def make_update(network: Network, plan: Hyperparameters, rng: np.random.Generator) -> Update:
    """The step that the plan asks for; it changes the network's weights in place and draws dropout from `rng`."""
    return SeedUpdate(network) if plan.batch == 1 else BatchUpdate(network, plan, rng)


class SeedUpdate:
    """The original recipe's step: down the gradient of the sum of one name's losses."""

    def __init__(self, network: Network) -> None:
        self.optimizer = Sgd()
        self._step = SeedStep(network.parameters)

    def __call__(self, batch: Batch, rate: float) -> float:
        """Take the step on the one name of the batch."""
        return self._step(batch.inputs, batch.targets, rate)


class BatchUpdate:
    """A step down the gradient of the mean over a batch's letters, with everything the plan adds to it."""

    def __init__(self, network: Network, plan: Hyperparameters, rng: np.random.Generator) -> None:
        self._network, self._plan, self._rng = network, plan, rng
        self._backpropagate = Backpropagation(network)
        flat = network.parameters.flat
        self.optimizer: Optimizer = Sgd()
        if plan.optimizer == "adam":
            self.optimizer = Adam(flat.size, flat.dtype, factors=_rates(network, plan))

    def __call__(self, batch: Batch, rate: float) -> float:
        """Backpropagate, clip, decay, step."""
        plan, parameters = self._plan, self._network.parameters
        if self._network.shape.styles:  # the one style that all names have
            batch = batch._replace(styles=np.zeros(batch.counts[0], np.int64))
        masks = DropoutMasks.draw(
            batch.counts[0], self._network.shape, plan.dropout_rates, self._rng, parameters.flat.dtype
        )
        loss = self._backpropagate(batch, 1 / len(batch.targets), masks)
        gradient = self._backpropagate.gradient.flat
        if plan.clip is not None:
            clip(gradient, plan.clip)
        decay(parameters, rate * plan.weight_decay)
        self.optimizer.step(parameters.flat, gradient, rate)
        return loss


def _rates(network: Network, plan: Hyperparameters) -> FloatArray | None:
    """The learning rate of each weight, as a multiple of the plan's; None where all have the same."""
    if plan.style_rate == 1 or not network.shape.styles:
        return None
    rates = network.with_weights(np.ones_like(network.parameters.flat))
    rates.parameters["z"][:] = plan.style_rate
    return rates.parameters.flat
