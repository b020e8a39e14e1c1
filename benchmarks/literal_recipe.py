"""The original recipe, transcribed literally: one-hot vectors, loops, a step for every name.

Tests compare the network with it, and so do the benchmarks. Column vectors, as in the equations:
h_t = tanh(U x_t + W h_{t-1} + b),  o_t = V h_t + c,  p_t = softmax(o_t).

Axes:  t letters along a name   v vocabulary   h hidden units
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


class LiteralRecipe:
    """Weights U (h, v), W (h, h), V (v, h), b (h,), c (v,), trained one name at a time."""

    def __init__(self, U: Array, W: Array, V: Array, b: Array, c: Array, eta: float = 0.0005) -> None:
        self.U, self.W, self.V, self.b, self.c = U, W, V, b, c
        self.eta = eta

    @classmethod
    def of(cls, weights: Mapping[str, Array], eta: float = 0.0005) -> Self:
        """Start from the arrays of a network, which have the state on the left: (v, h) where these are (h, v)."""
        U, W, V, b, c = (weights[name].T.copy() for name in ("U", "W", "V", "b", "c"))
        return cls(U, W, V, b, c, eta)

    def forward(self, letters: Sequence[int]) -> tuple[list[Array], list[Array], list[Array]]:
        """One-hot inputs, states and probabilities, one of each for every letter read."""
        inputs: list[Array] = []
        states: list[Array] = []
        probabilities: list[Array] = []
        before = np.zeros(len(self.b))
        for letter in letters:
            x = np.zeros(self.U.shape[1])
            x[letter] = 1
            before = np.tanh(self.U @ x + self.W @ before + self.b)
            o = self.V @ before + self.c
            exponentials = np.exp(o - np.max(o))
            inputs.append(x)
            states.append(before)
            probabilities.append(exponentials / np.sum(exponentials))
        return inputs, states, probabilities

    def gradient(self, letters: Sequence[int], targets: Sequence[int]) -> tuple[float, dict[str, Array]]:
        """The sum of the letters' losses, and its derivatives by back-propagation through time."""
        inputs, states, probabilities = self.forward(letters)
        loss = 0.0
        d = {name: np.zeros_like(getattr(self, name)) for name in "UWVbc"}
        from_later = np.zeros(len(self.b))
        for t in reversed(range(len(letters))):
            loss -= float(np.log(probabilities[t][targets[t]]))
            error = probabilities[t].copy()
            error[targets[t]] -= 1
            d["V"] += np.outer(error, states[t])
            d["c"] += error
            back = (self.V.T @ error + from_later) * (1 - states[t] ** 2)
            d["U"] += np.outer(back, inputs[t])
            d["W"] += np.outer(back, states[t - 1] if t else np.zeros(len(self.b)))
            d["b"] += back
            from_later = self.W.T @ back
        return loss, d

    def step(self, letters: Sequence[int], targets: Sequence[int]) -> float:
        """Stochastic gradient descent on one name; returns the loss before the step."""
        loss, d = self.gradient(letters, targets)
        for name, derivative in d.items():
            weights = getattr(self, name)
            weights -= self.eta * derivative
        return loss
