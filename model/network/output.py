"""The output layer: from states to logits ``o_t = h_t V + c``, the softmax, and the loss.

Axes:  n letters of the batch   b names in the batch   v vocabulary   h hidden units
"""

from __future__ import annotations

import numpy as np

from model.network.buffers import Buffers
from model.network.parameters import FloatArray, IntArray, Layout, Parameters

SMALLEST_SUM, LARGEST_SUM = 1e-26, 1e26
"""Sums of e^logit between these are far from both ends of float32; beyond, a row's maximum is subtracted first."""

COLUMNS = 16
"""Products are quickest where a matrix has a multiple of so many columns."""


def layout(vocabulary: int, hidden: int) -> Layout:
    """`V` from state to logits and `c` its bias."""
    return {"V": (hidden, vocabulary), "c": (vocabulary,)}


def initialise(weights: Parameters, rng: np.random.Generator) -> None:
    """Draw `V` normal of variance 1/h into float64 `weights`; `c` stays zero."""
    weights["V"][:] = rng.normal(0.0, len(weights["V"]) ** -0.5, weights["V"].shape)


def logits(weights: Parameters, hidden: FloatArray, *, is_apart: bool = False) -> FloatArray:
    """``h V + c`` for states (b, h), transposed: (v, b), the score of each letter as the next one.

    Sums and maxima over the vocabulary then run down columns, many names at a time, which is several times quicker.
    With `is_apart` each column lies in memory by itself, so that its sum does not depend on how many there are either.
    """
    scores: FloatArray = (weights["V"].T @ hidden[:, :, None])[:, :, 0].T if is_apart else weights["V"].T @ hidden.T
    scores += weights["c"][:, None]
    return scores


def log_softmax(scores: FloatArray) -> FloatArray:
    """Logits (v, b) to log-probabilities, nats."""
    shifted = scores - scores.max(axis=0)
    shifted -= np.log(np.exp(shifted).sum(axis=0))
    return np.asarray(shifted)


def softmax_weights(scores: FloatArray) -> FloatArray:
    """Logits (v, b) to the probabilities of the softmax, up to a constant for each column; overwrites the logits."""
    scores -= scores.max(axis=0)
    return np.exp(scores, out=scores)


def columns(matrix: FloatArray, letters: IntArray | None) -> FloatArray:
    """The columns of some letters; all of them for None."""
    return matrix if letters is None else matrix[..., letters]


def write_columns(matrix: FloatArray, letters: IntArray | None, values: FloatArray) -> None:
    """Write the columns of some letters, and zeros elsewhere."""
    if letters is not None:
        matrix[:] = 0
    matrix[..., slice(None) if letters is None else letters] = values


def forward(weights: Parameters, states: FloatArray, buffers: Buffers, letters: IntArray | None = None) -> FloatArray:
    """Logits (n, v) of packed states (n, h); where `letters` (v',) are given, those of these alone.

    More columns follow, up to a multiple of `COLUMNS`, all minus infinity, which is a probability of zero.
    """
    V, c = columns(weights["V"], letters), columns(weights["c"], letters)
    (h, v), width = V.shape, -(-len(c) // COLUMNS) * COLUMNS
    padded, bias = buffers("V", h, width), buffers("c", width)
    padded[:, :v], padded[:, v:] = V, 0
    bias[:v], bias[v:] = c, -np.inf
    scores = np.matmul(states, padded, out=buffers("scores", len(states), width))
    scores += bias
    return scores


def backward(
    gradient: Parameters, states: FloatArray, scores: FloatArray, buffers: Buffers, letters: IntArray | None = None
) -> FloatArray:
    """Write the gradient of `V` and `c`, and return ``∂loss/∂h_t`` (n, h).

    Parameters
    ----------
    states : (n, h)
        What `forward` read.
    scores : (n, v)
        ``∂loss/∂o_t``, as `cross_entropy` returns it, with the columns that `forward` added.
    buffers, letters
        As `forward` was given them.
    """
    (n, width), h = scores.shape, states.shape[1]
    v = gradient["c"].size if letters is None else len(letters)
    to_V = np.matmul(states.T, scores, out=buffers("to_V", h, width))
    write_columns(gradient["V"], letters, to_V[:, :v])
    write_columns(gradient["c"], letters, (np.ones(n, scores.dtype) @ scores)[:v])
    return np.matmul(scores, buffers("V", h, width).T, out=buffers("errors", n, h))


def cross_entropy(
    scores: FloatArray, targets: IntArray, rows: IntArray | None, scale: float, buffers: Buffers
) -> tuple[float, FloatArray]:
    """The loss of logits, ``-log softmax(scores)[row, target]`` summed over the targets, and its derivative.

    Parameters
    ----------
    scores : (n, v)
        Logits; minus infinity where no letter may follow.
    targets, rows : (k,)
        Letters that followed, and the rows that they followed; by default each its own.
    scale
        Factor of the loss before it is differentiated.

    Returns
    -------
    loss
        Unscaled, nats.
    derivative : (n, v)
        Of the scaled loss by the logits: for each row, its number of targets times softmax, minus their one-hots.
    """
    n, v = scores.shape
    if rows is None:
        rows, times = np.arange(n), np.ones(n, np.int64)
    else:
        times = np.bincount(rows, minlength=n)
    odds, totals = _exponentials(scores, buffers)
    if not SMALLEST_SUM < totals.min() <= totals.max() < LARGEST_SUM:
        scores -= scores.max(axis=1, keepdims=True)
        odds, totals = _exponentials(scores, buffers)
    right = rows * v + targets  # in the flat matrix
    loss = np.log(totals)[rows].sum(dtype=np.float64) - scores.ravel()[right].sum(dtype=np.float64)
    odds *= (scale * times / totals).astype(odds.dtype)[:, None]
    np.subtract.at(odds.ravel(), right, odds.dtype.type(scale))
    return float(loss), odds


def _exponentials(scores: FloatArray, buffers: Buffers) -> tuple[FloatArray, FloatArray]:
    """``exp(scores)`` (n, v), and the sum of each row (n,): a product is quicker than a sum along short rows."""
    with np.errstate(over="ignore"):
        odds = np.exp(scores, out=buffers("odds", *scores.shape))
    return odds, odds @ np.ones(scores.shape[1], scores.dtype)
