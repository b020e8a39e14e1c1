"""Cells: from the state before a letter to the state after it, and the way back.

A cell is one class with its arrays, `step`, `forward` and `backward`. All else (the output layer, the training, the
model file) knows a cell by its name in `model.network.network.CELLS` alone. In a stack, the cells above the first read
the states of the layer below instead of letters.

Axes:  n letters of the batch   m rows that go on   b names in the batch   i inputs: vocabulary or units below
       h hidden units   g gates
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

import numpy as np

from model.network.batch import Batch, Step
from model.network.buffers import Buffers
from model.network.parameters import FloatArray, IntArray, Layout

Weights = Mapping[str, FloatArray]
"""The arrays of one layer by their names."""

GAIN = 0.6
"""Singular values of the recurrent matrices at the start."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one layer reads along a batch."""

    batch: Batch
    inputs: IntArray | FloatArray  # (n,) letters, or (n, i) states of the layer below
    shift: FloatArray | None = None  # (b, g h) what the style of each name adds to the gates at every letter
    factors: FloatArray | None = None  # (b, h) of the state on its way to the next letter: dropout's mask, the style's
    styled: bool = False  # whether the loss is differentiated by the factors too

    def carry(self, states: FloatArray, out: FloatArray) -> FloatArray:
        """What the product with `W` reads of the states before a letter, into `out`; both (b', h)."""
        if self.factors is None:
            out[:] = states
            return out
        return np.multiply(states, self.factors[: len(states)], out=out)

    def carry_back(self, errors: FloatArray, states: FloatArray, to_factors: FloatArray) -> None:
        """From the derivative by what `carry` returned to that by `states`, in place; and add that by the factors."""
        if self.factors is not None:
            if self.styled:
                to_factors[: len(errors)] += errors * states
            errors *= self.factors[: len(errors)]

    def zero_errors(self, like: FloatArray) -> FloatArray:
        """Zeros to sum the derivative by the factors in, (b, h); none (0, h) where it isn't asked for."""
        return np.zeros((self.batch.counts[0] if self.styled else 0, like.shape[1]), like.dtype)


@dataclass(frozen=True, slots=True)
class Trace:
    """What `forward` leaves for `backward`; valid until the next `forward` with the same buffers."""

    reading: Reading
    steps: list[Step]  # from letter to letter
    states: FloatArray  # (n, h) after each letter
    carried: FloatArray  # (m, h) what the product with W read: the states that go on, scaled


class Errors(NamedTuple):
    """Derivatives of the loss that a cell's way back returns."""

    gates: FloatArray  # (n, g h) ∂loss/∂a_t, where a_t is what inputs, biases and style add to the gates
    factors: FloatArray  # (b, h) ∂loss/∂factors; (0, h) where `Reading.styled` doesn't ask for it


AnyTrace = TypeVar("AnyTrace", bound=Trace)


class Cell(Protocol[AnyTrace]):
    """What every cell offers."""

    name: str
    gates: int  # g, blocks of h columns in its matrices

    def layout(self, inputs: int, hidden: int) -> Layout:
        """Names and shapes of its arrays."""

    def initialise(self, weights: Weights, reads_letters: bool, rng: np.random.Generator) -> None:
        """Draw its starting weights into float64 `weights`."""

    def step(
        self,
        weights: Weights,
        inputs: IntArray | FloatArray,
        hidden: FloatArray,
        out: FloatArray,
        buffers: Buffers,
        *,
        is_apart: bool = False,
    ) -> None:
        """Read one letter of every name, outside training.

        Parameters
        ----------
        weights
            Arrays of the layer.
        inputs : (b,) or (b, i)
            Vocabulary indices of the letters just read, or states of the layer below.
        hidden : (b, h)
            State before the letter; zeros at the start of a name.
        out : (b, h)
            Where the state after the letter is written; other memory than `hidden`.
        is_apart
            Whether each name is read apart from the others, see `model.network.inputs.multiply`.
        """

    def forward(self, weights: Weights, reading: Reading, buffers: Buffers) -> AnyTrace:
        """Read a packed batch from zero states."""

    def backward(
        self, weights: Weights, gradient: Weights, errors: FloatArray, trace: AnyTrace, buffers: Buffers
    ) -> Errors:
        """Go back through what `forward` did and write the gradient of the cell's arrays.

        Parameters
        ----------
        weights, gradient
            Arrays of the layer, and their derivatives, which are overwritten.
        errors : (n, h)
            ``∂loss/∂h_t`` through the outputs and the layer above; overwritten.
        trace, buffers
            What `forward` returned, and what it was given.
        """


def orthogonal(n: int, rng: np.random.Generator) -> FloatArray:
    """Draw an orthogonal (n, n) matrix uniformly (Mezzadri 2007, https://arxiv.org/abs/math-ph/0609050, section 5)."""
    q, r = np.linalg.qr(rng.normal(size=(n, n)))
    signs: FloatArray = np.sign(np.diag(r))
    return q * signs
