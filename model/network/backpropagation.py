"""The network over a batch of names: letters in, loss and gradient out.

    h_t = tanh(U[x_t] + h_{t-1} W + b)        the state after reading letter x_t; h_{-1} = 0
    o_t = h_t V + c                           logits of the letter that follows
    loss = -Σ log softmax(o_t)[y_t]           cross-entropy with the letter that did follow, nats

Names leave a batch as they end, so nothing is padded and nothing masked.

Axes:  n letters of the batch   b names in the batch   t letters along a name   v vocabulary   h hidden units
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.network import cells
from model.network.parameters import FloatArray, Parameters

IntArray = NDArray[np.integer]

SAFE_LOGIT = 60.0
"""Below this, e^logit is far from both ends of float32; beyond it a row's maximum is taken off first."""


class Scratch:
    """Arrays that are kept from step to step: fresh memory costs more in page faults than the arithmetic in it."""

    def __init__(self, dtype: np.dtype[np.floating]) -> None:
        self.dtype = dtype
        self._kept: dict[str, FloatArray] = {}

    def __call__(self, name: str, *shape: int) -> FloatArray:
        """The array of that name, as large as asked; what it holds is left over from before."""
        size = math.prod(shape)
        kept = self._kept.get(name)
        if kept is None or kept.size < size:
            kept = self._kept[name] = np.zeros(size, self.dtype)
        return kept[:size].reshape(shape)


@dataclass(frozen=True, slots=True)
class Dropout:
    """Which units are kept, one mask a name for its whole length (Gal and Ghahramani 2016); kept ones are scaled up."""

    recurrent: FloatArray | None  # (b, h) on the way to the next state
    output: FloatArray | None  # (b, h) on the way to the logits


def step(parameters: Parameters, letters: IntArray, hidden: FloatArray) -> FloatArray:
    """Read one letter of every name: ``tanh(U[letter] + hidden W + b)`` (Elman 1990).

    Parameters
    ----------
    letters : (b,)
        Vocabulary indices of the letters just read.
    hidden : (b, h)
        State before the letter; zeros at the start of a name.

    Returns
    -------
    hidden : (b, h)
        State after the letter, each entry in (-1, 1).
    """
    after: FloatArray = hidden @ parameters.W
    after += parameters.U[letters]
    after += parameters.b
    return np.tanh(after, out=after)


def logits(parameters: Parameters, hidden: FloatArray) -> FloatArray:
    """``h V + c`` for states (b, h), turned on its side: (v, b), what each letter would score as the next one.

    Sums and maxima over the vocabulary then run down columns, many names at a time, which is several times quicker.
    """
    scores: FloatArray = parameters.V.T @ hidden.T
    scores += parameters.c[:, None]
    return scores


def log_softmax(scores: FloatArray) -> FloatArray:
    """Logits (v, b) to log-probabilities, nats."""
    shifted = scores - scores.max(axis=0)
    shifted -= np.log(np.exp(shifted).sum(axis=0))
    return np.asarray(shifted)


def log_probabilities(parameters: Parameters, inputs: IntArray, targets: IntArray) -> FloatArray:
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
    hidden = np.zeros((names, parameters.hidden), parameters.flat.dtype)
    result = np.empty(inputs.shape, parameters.flat.dtype)
    for t, letters in enumerate(inputs):
        hidden = step(parameters, letters, hidden)
        result[t] = log_softmax(logits(parameters, hidden))[targets[t], np.arange(names)]
    return result


class Batch(NamedTuple):
    """Names of any lengths, packed: first letters first, names in order of falling length (see `model.cells`)."""

    inputs: IntArray  # (n,) letters read
    targets: IntArray  # (n,) the letters that follow them
    counts: list[int]  # names that have a first letter, a second, …; n in all


class Backpropagation:
    """Loss and gradient of one batch after another, in memory that is kept between them.

    Attributes
    ----------
    gradient
        ``∂(scale · loss)/∂parameters`` of the last batch; the next one overwrites it.
    """

    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters
        self.gradient = Parameters.zeros(parameters.vocabulary, parameters.hidden, parameters.flat.dtype)
        self._scratch = Scratch(parameters.flat.dtype)

    def __call__(self, batch: Batch, scale: float, dropout: Dropout | None = None) -> float:
        """Run forward and back over one batch.

        Parameters
        ----------
        batch
            The names.
        scale
            What the summed loss is multiplied with before it is differentiated.
        dropout
            Masks, or None to use every unit.

        Returns
        -------
        float
            The loss summed over all n letters, unscaled, nats.
        """
        p, g, scratch = self.parameters, self.gradient, self._scratch
        inputs, targets, counts = batch
        n, names, v, h = len(inputs), counts[0], p.vocabulary, p.hidden
        recurrent = dropout.recurrent if dropout else None
        output = dropout.output if dropout else None

        # Forward along the names.
        states = scratch("states", n, h)
        np.take(p.U + p.b, inputs, axis=0, out=states, mode="clip")  # "clip" writes straight into `states`
        carried = scratch("carried", n - names, h)
        cells.forward(states, carried, counts, p.W, recurrent)

        # Output layer, softmax and loss, all letters at once.
        read = states if output is None else self._masked("read", states, output, counts)
        scores = np.matmul(read, p.V, out=scratch("scores", n, v))
        scores += p.c
        loss = self._cross_entropy(scores, targets)  # scores become softmax minus one-hot
        scores *= scale

        # Back through the output layer, then along the names.
        np.matmul(read.T, scores, out=g.V)
        np.matmul(np.ones(n, p.flat.dtype), scores, out=g.c)
        errors = np.matmul(scores, p.V.T, out=scratch("errors", n, h))
        if output is not None:
            errors = self._masked("errors", errors, output, counts)
        slopes = np.multiply(states, states, out=scratch("slopes", n, h))
        np.subtract(1, slopes, out=slopes)
        cells.backward(errors, slopes, counts, p.W, recurrent)
        np.matmul(carried.T, errors[names:], out=g.W)  # the state before a first letter is nought
        np.matmul(self._one_hot(inputs).T, errors, out=g.U)
        np.matmul(np.ones(v, p.flat.dtype), g.U, out=g.b)
        return loss

    def _masked(self, name: str, rows: FloatArray, mask: FloatArray, counts: list[int]) -> FloatArray:
        """Rows (n, h) times the mask (b, h) of the name that each belongs to, in the scratch of that name."""
        result = self._scratch(name, *rows.shape)
        start = 0
        for going in counts:
            np.multiply(rows[start : start + going], mask[:going], out=result[start : start + going])
            start += going
        return result

    def _cross_entropy(self, scores: FloatArray, targets: IntArray) -> float:
        """Sum of -log softmax(scores)[target]; `scores` (n, v) become the derivative, softmax minus one-hot."""
        n, v = scores.shape
        if not -SAFE_LOGIT < scores.min() <= scores.max() < SAFE_LOGIT:
            scores -= scores.max(axis=1, keepdims=True)
        rows = np.arange(n)
        right = scores[rows, targets]  # (n,)
        np.exp(scores, out=scores)
        totals = scores @ np.ones(v, scores.dtype)  # (n,); quicker than a sum along short rows
        scores /= totals[:, None]
        scores[rows, targets] -= 1
        return float(np.log(totals).sum(dtype=np.float64) - right.sum(dtype=np.float64))

    def _one_hot(self, letters: IntArray) -> FloatArray:
        """Rows (n, v) of which a product makes sums by letter, many times quicker than `np.add.at`."""
        rows = self._scratch("one_hot", letters.size, self.parameters.vocabulary)
        rows[:] = 0
        rows[np.arange(letters.size), letters] = 1
        return rows
