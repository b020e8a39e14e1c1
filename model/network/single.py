"""Reading one name with a plain network of one layer, where calling NumPy costs more than the arithmetic.

The next state and the logits need the same product, so they are one: with the constant 1 beside the state,

    [h_t, 1] [[W, V], [b, c]] = [h_t W + b, o_t]
    h_{t+1} = tanh(U[x_{t+1}] + h_t W + b)

Axes:  v vocabulary   h hidden units
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model.network.network import Network
from model.network.output import COLUMNS
from model.network.parameters import FloatArray

SAFE_LOGIT = 80.0
"""Below this, neither e^logit nor a sum of them is near an end of float32."""

Reader = Callable[[int], FloatArray]
"""Reads the next letter of a name, and returns the weights (v,) of the letters that may follow it."""


class SingleName:
    """A plain network of one layer, ready to read single names."""

    def __init__(self, network: Network) -> None:
        U, W, V, b, c = (network.parameters[name] for name in ("U", "W", "V", "b", "c"))
        self._U = list(U)  # rows (h,)
        self._size = sum(V.shape)  # h + v
        padding = -self._size % COLUMNS
        self._joined = np.pad(np.block([[W, V], [b, c]]), ((0, 0), (0, padding)))  # (h + 1, h + v and some zeros)
        self._is_safe = float((np.abs(V).sum(axis=0) + np.abs(c)).max()) < SAFE_LOGIT

    @property
    def nbytes(self) -> int:
        """Memory that it takes beside the network."""
        return self._joined.nbytes

    @staticmethod
    def suits(network: Network) -> bool:
        """Whether it can read names with this network."""
        return network.shape.cell == "vanilla" and network.shape.layers == 1

    def reader(self, hidden: FloatArray) -> Reader:
        """Read a name on, from the state (h,) after its letters so far; weights hold until the next letter is read."""
        U, joined, is_safe, size = self._U, self._joined, self._is_safe, len(hidden)
        state = np.empty(size + 1, hidden.dtype)
        state[:size], state[size] = hidden, 1
        product = state.dot(joined)  # (h + v and some zeros,)
        units, carried, scores = state[:size], product[:size], product[size : self._size]
        add, tanh, exp, dot = np.add, np.tanh, np.exp, state.dot

        def read(letter: int) -> FloatArray:
            add(carried, U[letter], units)
            tanh(units, units)
            dot(joined, product)
            if not is_safe:
                np.subtract(scores, scores.max(), out=scores)
            weights: FloatArray = exp(scores, scores)
            return weights

        return read
