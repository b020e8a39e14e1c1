"""The network: a cell that reads letters, and an output layer that says what may follow.

    h_t = cell(x_t, h_{t-1})                  the state after reading letter x_t; h_{-1} = 0
    o_t = h_t V + c                           logits of the letter that follows
    loss = -Σ log softmax(o_t)[y_t]           cross-entropy with the letter that did follow, nats

Axes:  b names in the batch   t letters along a name   v vocabulary   h hidden units
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from model.network import output
from model.network.cells import CELLS, Cell
from model.network.parameters import FloatArray, IntArray, Layout, Parameters


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A cell and its weights."""

    cell: Cell
    parameters: Parameters

    @classmethod
    def initialise(
        cls, cell: str, vocabulary: int, hidden: int, rng: np.random.Generator, dtype: DTypeLike = np.float32
    ) -> Network:
        """Draw starting weights, always in float64, so that both precisions start from the same ones."""
        start = Parameters.zeros(layout(cell, vocabulary, hidden), np.float64)
        CELLS[cell].initialise(start, rng)
        output.initialise(start, rng)
        return cls(CELLS[cell], start.copy(dtype))

    @property
    def vocabulary(self) -> int:
        """Letters and the end token."""
        return len(self.parameters["c"])

    @property
    def hidden(self) -> int:
        """Units in the state."""
        return len(self.parameters["V"])

    def with_weights(self, flat: FloatArray) -> Network:
        """The same architecture with the weights of a flat vector."""
        return Network(self.cell, Parameters(flat, self.parameters.layout))

    def start(self, names: int) -> FloatArray:
        """States (b, h) before the first letter."""
        return np.zeros((names, self.hidden), self.parameters.flat.dtype)

    def step(self, letters: IntArray, hidden: FloatArray) -> FloatArray:
        """States (b, h) after reading one letter (b,) of every name."""
        return self.cell.step(self.parameters, letters, hidden)

    def logits(self, hidden: FloatArray) -> FloatArray:
        """Scores (v, b) of each letter as the next one."""
        return output.logits(self.parameters, hidden)

    def log_probabilities(self, inputs: IntArray, targets: IntArray) -> FloatArray:
        """Log-probability of each target letter, given all the inputs up to it.

        Parameters
        ----------
        inputs, targets : (t, b)
            Letters read, and the letters that follow them.

        Returns
        -------
        (t, b)
            Nats, none above 0.
        """
        names = inputs.shape[1]
        hidden = self.start(names)
        result = np.empty(inputs.shape, hidden.dtype)
        for t, letters in enumerate(inputs):
            hidden = self.step(letters, hidden)
            result[t] = output.log_softmax(self.logits(hidden))[targets[t], np.arange(names)]
        return result


def layout(cell: str, vocabulary: int, hidden: int) -> Layout:
    """Names and shapes of all arrays: those of the cell, then those of the output layer."""
    return {**CELLS[cell].layout(vocabulary, hidden), **output.layout(vocabulary, hidden)}
