"""Cells: from the state before a letter to the state after it, and the way back.

A cell is one class with its arrays, `step`, `forward` and `backward`. All else (the output layer, the training, the
model file) knows a cell by its name in `CELLS` alone.

Axes:  n letters of the batch   b names in the batch   v vocabulary   h hidden units
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from model.network.batch import Batch
from model.network.buffers import Buffers
from model.network.parameters import FloatArray, IntArray, Layout, Parameters

GAIN = 0.6
"""Singular values of the recurrent matrix at the start."""


class Trace(NamedTuple):
    """What `forward` leaves for `backward`; valid until the next `forward` with the same buffers."""

    batch: Batch
    keep: FloatArray | None  # (b, h) mask of recurrent dropout
    states: FloatArray  # (n, h) after each letter
    carried: FloatArray  # (n - b, h) what each letter but a name's first read of the state before it


class Cell(Protocol):
    """What every cell offers."""

    name: str

    def layout(self, vocabulary: int, hidden: int) -> Layout:
        """Names and shapes of its arrays."""

    def initialise(self, weights: Parameters, rng: np.random.Generator) -> None:
        """Draw its starting weights into float64 `weights`."""

    def step(self, weights: Parameters, letters: IntArray, hidden: FloatArray) -> FloatArray:
        """Read one letter of every name, outside training.

        Parameters
        ----------
        weights
            Arrays, its own among them.
        letters : (b,)
            Vocabulary indices of the letters just read.
        hidden : (b, h)
            State before the letter; zeros at the start of a name.

        Returns
        -------
        hidden : (b, h)
            State after the letter.
        """

    def forward(self, weights: Parameters, batch: Batch, keep: FloatArray | None, buffers: Buffers) -> Trace:
        """Read a packed batch from zero states; `keep` (b, h) is the mask of recurrent dropout."""

    def backward(
        self, weights: Parameters, gradient: Parameters, errors: FloatArray, trace: Trace, buffers: Buffers
    ) -> None:
        """Go back through what `forward` did and write the gradient of the cell's arrays.

        Parameters
        ----------
        errors : (n, h)
            ``∂loss/∂h_t`` through the outputs alone; overwritten.
        """


class VanillaCell:
    """The plain recurrent network, ``h_t = tanh(U[x_t] + h_{t-1} W + b)`` (Elman 1990)."""

    name = "vanilla"

    def layout(self, vocabulary: int, hidden: int) -> Layout:
        """`W` from state to state, `b` its bias, `U` a row for each letter read."""
        return {"W": (hidden, hidden), "b": (hidden,), "U": (vocabulary, hidden)}

    def initialise(self, weights: Parameters, rng: np.random.Generator) -> None:
        """Draw `W` orthogonal times 0.6 and `U` standard normal; `b` stays zero.

        An orthogonal `W` treats all directions of the state alike (Saxe, McClelland and Ganguli 2014,
        https://arxiv.org/abs/1312.6120). What matters most is a `U` large enough that letters leave different states
        behind from the first step on; `docs/decisions/0004-how-the-weights-start.md` has the measurements.
        """
        weights["W"][:] = GAIN * _orthogonal(len(weights["W"]), rng)
        weights["U"][:] = rng.normal(0.0, 1.0, weights["U"].shape)

    def step(self, weights: Parameters, letters: IntArray, hidden: FloatArray) -> FloatArray:
        """Read one letter of every name: ``tanh(U[letter] + hidden W + b)``; shapes as in `Cell.step`."""
        after: FloatArray = hidden @ weights["W"]
        after += weights["U"][letters]
        after += weights["b"]
        return np.tanh(after, out=after)

    def forward(self, weights: Parameters, batch: Batch, keep: FloatArray | None, buffers: Buffers) -> Trace:
        """Run along the names of a batch; shapes as in `Cell.forward`."""
        W, n, names = weights["W"], len(batch.inputs), batch.counts[0]
        states = buffers("states", n, len(W))
        carried = buffers("carried", n - names, len(W))
        # a_t = U[x_t] + b, all letters at once; "clip" writes straight into `states`
        np.take(weights["U"] + weights["b"], batch.inputs, axis=0, out=states, mode="clip")
        np.tanh(states[:names], out=states[:names])
        for before, now in batch.steps():
            going = now.stop - now.start
            read = carried[now.start - names : now.stop - names]
            if keep is None:
                read[:] = states[before][:going]
            else:
                np.multiply(states[before][:going], keep[:going], out=read)
            states[now] += read @ W
            np.tanh(states[now], out=states[now])
        return Trace(batch, keep, states, carried)

    def backward(
        self, weights: Parameters, gradient: Parameters, errors: FloatArray, trace: Trace, buffers: Buffers
    ) -> None:
        """Back-propagation through time (Werbos 1990); shapes as in `Cell.backward`."""
        W, batch, states = weights["W"], trace.batch, trace.states
        names = batch.counts[0]
        slopes = np.multiply(states, states, out=buffers("slopes", *states.shape))
        np.subtract(1, slopes, out=slopes)  # the derivative of tanh, 1 - h_t²
        for before, now in reversed(list(batch.steps())):
            errors[now] *= slopes[now]
            through = errors[now] @ W.T
            if trace.keep is not None:
                through *= trace.keep[: len(through)]
            errors[before][: len(through)] += through
        errors[:names] *= slopes[:names]  # errors are ∂loss/∂a_t now
        np.matmul(trace.carried.T, errors[names:], out=gradient["W"])  # the state before a first letter is zero
        np.matmul(_one_hot(batch.inputs, len(weights["U"]), buffers).T, errors, out=gradient["U"])
        np.matmul(np.ones(len(weights["U"]), W.dtype), gradient["U"], out=gradient["b"])


CELLS: dict[str, Cell] = {cell.name: cell for cell in (VanillaCell(),)}


def _one_hot(letters: IntArray, vocabulary: int, buffers: Buffers) -> FloatArray:
    """Rows (n, v) with which a product makes sums by letter, many times quicker than `np.add.at`."""
    rows = buffers("one_hot", letters.size, vocabulary)
    rows[:] = 0
    rows[np.arange(letters.size), letters] = 1
    return rows


def _orthogonal(n: int, rng: np.random.Generator) -> FloatArray:
    """Draw an orthogonal (n, n) matrix uniformly (Mezzadri 2007, https://arxiv.org/abs/math-ph/0609050, section 5)."""
    q, r = np.linalg.qr(rng.normal(size=(n, n)))
    signs: FloatArray = np.sign(np.diag(r))
    return q * signs
