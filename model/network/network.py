"""The network: layers that read letters, and an output layer that says what may follow.

    h_t = cell(x_t, h_{t-1})                  the state after reading letter x_t; h_{-1} = 0
    o_t = h_t V + c                           logits of the letter that follows
    loss = -Σ log softmax(o_t)[y_t]           cross-entropy with the letter that did follow, nats

In a stack each layer reads the states of the one below, and the output layer reads all of them: the state of a name is
the states of its layers side by side.

Axes:  b names in the batch   t letters along a name   v vocabulary   h hidden units   l layers
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from model.network import output
from model.network.buffers import Buffers
from model.network.cells import Cell
from model.network.parameters import FloatArray, IntArray, Parameters
from model.network.shape import CELLS, Shape

BLOCK, MIN_BLOCK = 2**16, 192
"""Numbers in the gates of the names that are read at a time, which a processor's cache holds; and the fewest names."""


_FREE: dict[str, list[Buffers]] = {"float32": [], "float64": []}
"""Buffers that no thread reads with now, by precision: many threads may wait for their turn, and few read at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A shape and its weights. One with styles is trained as it is, and read once a style is folded into it."""

    shape: Shape
    parameters: Parameters
    is_apart: bool = False  # whether it reads each name apart from the others, see `model.network.inputs.multiply`

    @classmethod
    def initialise(cls, shape: Shape, rng: np.random.Generator, dtype: DTypeLike = np.float32) -> Network:
        """Draw starting weights, always in float64, so that both precisions start from the same ones."""
        start = Parameters.zeros(shape.layout(), np.float64)
        for layer in range(shape.layers):
            CELLS[shape.cell].initialise(start.layer(layer), layer == 0, rng)
        output.initialise(start, rng)
        for name, array in start.arrays().items():
            if name.endswith("z"):
                array[:] = rng.normal(0.0, 0.1, array.shape)
        return cls(shape, start.copy(dtype))

    @property
    def vocabulary(self) -> int:
        """Letters and the end token."""
        return self.shape.vocabulary

    @property
    def hidden(self) -> int:
        """Units of each layer."""
        return self.shape.hidden

    @property
    def cell(self) -> Cell[Any]:
        """What each layer computes."""
        return CELLS[self.shape.cell]

    def with_weights(self, flat: FloatArray) -> Network:
        """The same architecture with the weights of a flat vector."""
        return Network(self.shape, Parameters(flat, self.parameters.layout))

    def start(self, names: int) -> FloatArray:
        """States (b, l h) before the first letter."""
        return np.zeros((names, self.shape.layers * self.shape.hidden), self.parameters.flat.dtype)

    def step(self, letters: IntArray, hidden: FloatArray) -> FloatArray:
        """States (b, l h) after reading one letter (b,) of every name."""
        return self.read(letters, hidden, np.arange(len(letters)))

    def read(self, letters: IntArray, hidden: FloatArray, rows: IntArray) -> FloatArray:
        """States (b, l h) after reading one letter (b,) of each name, whose states are rows (b,) of `hidden`.

        They are read in blocks, with buffers that stay in the processor's cache: new memory costs more than arithmetic.
        """
        after = np.empty((len(rows), hidden.shape[1]), hidden.dtype)
        names = max(MIN_BLOCK, BLOCK // (self.cell.gates * self.hidden))
        free = _FREE[hidden.dtype.name]
        try:
            buffers = free.pop()
        except IndexError:
            buffers = Buffers(hidden.dtype)
        for first in range(0, len(rows), names):
            block = slice(first, first + names)
            before = buffers("before", *after[block].shape)
            np.take(hidden, rows[block], axis=0, out=before, mode="clip")  # "clip" writes straight into `out`
            self._read_block(letters[block], before, after[block], buffers)
        free.append(buffers)
        return after

    def _read_block(self, letters: IntArray, before: FloatArray, after: FloatArray, buffers: Buffers) -> None:
        below: IntArray | FloatArray = letters
        for layer in range(self.shape.layers):
            own = slice(layer * self.shape.hidden, (layer + 1) * self.shape.hidden)
            weights, apart = self.parameters.layer(layer), self.is_apart
            self.cell.step(weights, below, before[:, own], after[:, own], buffers, is_apart=apart)
            below = after[:, own]

    def logits(self, hidden: FloatArray) -> FloatArray:
        """Scores (v, b) of each letter as the next one."""
        return output.logits(self.parameters, hidden, is_apart=self.is_apart)

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
