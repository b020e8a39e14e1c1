"""Optimisers and learning-rate schedules, each with its source."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from model.network.buffers import PIECE, Buffers
from model.network.parameters import FloatArray, Parameters

BLOCK = 2**15
"""Weights that one pass of Adam takes at a time: five arrays of them stay in a core's cache."""


class Sgd:
    """Plain stochastic gradient descent (Robbins and Monro 1951): without state between steps."""

    def step(self, weights: FloatArray, gradient: FloatArray, rate: float) -> None:
        """Move `weights` (n,) in place against `gradient` (n,), which is used up."""
        gradient *= rate
        weights -= gradient

    def state(self) -> dict[str, FloatArray]:
        """State for a checkpoint: none."""
        return {}

    def restore(self, state: dict[str, FloatArray], steps: int) -> None:
        """Go on from a checkpoint."""


class Adam:
    """Adam (Kingma and Ba 2015, algorithm 1, https://arxiv.org/abs/1412.6980) with bias correction.

    Parameters
    ----------
    size
        How many weights.
    dtype
        Of the weights.
    beta1, beta2
        Decay of the two running means.
    epsilon
        Keeps the division finite.
    factors : (size,) or None
        Learning rate of each weight, as a multiple of the step's.
    """

    def __init__(
        self,
        size: int,
        dtype: np.dtype[np.floating],
        beta1: float = 0.9,
        beta2: float = 0.99,
        epsilon: float = 1e-8,
        factors: FloatArray | None = None,
    ) -> None:
        self.beta1, self.beta2, self.epsilon, self._factors = beta1, beta2, epsilon, factors
        self.steps = 0
        buffers = Buffers(dtype, PIECE)
        self.mean, self.square = buffers("mean", size), buffers("square", size)
        self._scratch = buffers("scratch", min(size, BLOCK))

    def step(self, weights: FloatArray, gradient: FloatArray, rate: float) -> None:
        """Move `weights` (n,) in place against `gradient` (n,), which is used up."""
        self.steps += 1
        for start in range(0, len(weights), BLOCK):
            block = slice(start, start + BLOCK)
            rates = rate if self._factors is None else rate * self._factors[block]
            self._step(weights[block], gradient[block], self.mean[block], self.square[block], rates)

    def _step(
        self,
        weights: FloatArray,
        gradient: FloatArray,
        mean: FloatArray,
        square: FloatArray,
        rate: float | FloatArray,
    ) -> None:
        """The step of some of the weights."""
        scratch = self._scratch[: len(weights)]
        # mean = beta1 mean + (1 - beta1) g,  square = beta2 square + (1 - beta2) g²
        np.multiply(gradient, 1 - self.beta1, out=scratch)
        mean *= self.beta1
        mean += scratch
        np.multiply(gradient, gradient, out=gradient)
        gradient *= 1 - self.beta2
        square *= self.beta2
        square += gradient
        # weights -= rate · (mean / (1 - beta1^t)) / (√(square / (1 - beta2^t)) + epsilon)
        correction = math.sqrt(1 - self.beta2**self.steps)
        np.sqrt(square, out=scratch)
        scratch += self.epsilon * correction
        np.divide(mean, scratch, out=scratch)
        scratch *= rate * correction / (1 - self.beta1**self.steps)
        weights -= scratch

    def state(self) -> dict[str, FloatArray]:
        """State for a checkpoint; the number of steps is the training's own."""
        return {"mean": self.mean, "square": self.square}

    def restore(self, state: dict[str, FloatArray], steps: int) -> None:
        """Go on from a checkpoint."""
        self.mean[:] = state["mean"]
        self.square[:] = state["square"]
        self.steps = steps


Optimizer = Sgd | Adam


def decay(parameters: Parameters, amount: float) -> None:
    """Shrink the matrices, not the biases, in place by the fraction `amount`: decoupled weight decay.

    Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101; `amount` is their learning rate times weight decay.
    """
    if amount:
        for matrix in parameters.matrices():
            matrix *= 1 - amount


def clip(gradient: FloatArray, limit: float) -> None:
    """Scale `gradient` in place to the norm `limit` if it is longer (Pascanu et al. 2013, algorithm 1)."""
    norm = math.sqrt(float(np.dot(gradient, gradient)))
    if norm > limit:
        gradient *= limit / norm


def constant(step: int, _steps: int, warmup: int) -> float:
    """Rise linearly over `warmup` steps to the full learning rate, as a factor in [0, 1]."""
    return min(1.0, (step + 1) / (warmup + 1))


def cosine(step: int, steps: int, warmup: int) -> float:
    """Rise linearly over `warmup` steps, then fall to zero at `steps` along half a cosine, as a factor in [0, 1].

    Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983, equation 5, without restarts.
    """
    if step < warmup:
        return (step + 1) / (warmup + 1)
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


SCHEDULES: dict[str, Callable[[int, int, int], float]] = {"constant": constant, "cosine": cosine}
