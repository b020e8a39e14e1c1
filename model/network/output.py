"""The output layer: from states to logits ``o_t = h_t V + c``, the softmax, and the loss.

Axes:  n letters of the batch   b names in the batch   v vocabulary   h hidden units
"""

from __future__ import annotations

import numpy as np

from model.network.parameters import FloatArray, IntArray, Layout, Parameters

SAFE_LOGIT = 60.0
"""Below this, e^logit is far from both ends of float32; beyond it a row's maximum is subtracted first."""


def layout(vocabulary: int, hidden: int) -> Layout:
    """`V` from state to logits and `c` its bias."""
    return {"V": (hidden, vocabulary), "c": (vocabulary,)}


def initialise(weights: Parameters, rng: np.random.Generator) -> None:
    """Draw `V` normal of variance 1/h into float64 `weights`; `c` stays zero."""
    weights["V"][:] = rng.normal(0.0, len(weights["V"]) ** -0.5, weights["V"].shape)


def logits(weights: Parameters, hidden: FloatArray) -> FloatArray:
    """``h V + c`` for states (b, h), transposed: (v, b), the score of each letter as the next one.

    Sums and maxima over the vocabulary then run down columns, many names at a time, which is several times quicker.
    """
    scores: FloatArray = weights["V"].T @ hidden.T
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


def forward(weights: Parameters, states: FloatArray, out: FloatArray, letters: IntArray | None = None) -> FloatArray:
    """Logits (n, v) of packed states (n, h), into `out`; where `letters` (v',) are given, (n, v') of these alone."""
    scores = np.matmul(states, columns(weights["V"], letters), out=out)
    scores += columns(weights["c"], letters)
    return scores


def backward(
    weights: Parameters,
    gradient: Parameters,
    states: FloatArray,
    scores: FloatArray,
    out: FloatArray,
    letters: IntArray | None = None,
) -> FloatArray:
    """Write the gradient of `V` and `c`, and return ``∂loss/∂h_t`` (n, h) in `out`.

    Parameters
    ----------
    states : (n, h)
        What `forward` read.
    scores : (n, v)
        ``∂loss/∂o_t``, as `cross_entropy` leaves it.
    letters : (v',) or None
        As `forward` was given them.
    """
    ones = np.ones(len(scores), scores.dtype)
    if letters is None:
        np.matmul(states.T, scores, out=gradient["V"])
        np.matmul(ones, scores, out=gradient["c"])
    else:
        write_columns(gradient["V"], letters, states.T @ scores)
        write_columns(gradient["c"], letters, ones @ scores)
    return np.matmul(scores, columns(weights["V"], letters).T, out=out)


def cross_entropy(scores: FloatArray, targets: IntArray) -> float:
    """Sum of ``-log softmax(scores)[target]``, nats; `scores` (n, v) become its derivative, softmax minus one-hot."""
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
