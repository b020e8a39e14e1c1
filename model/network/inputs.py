"""What a layer reads: letters, whose rows of `U` are looked up, or states of the layer below, by a product with `U`.

Axes:  n letters of the batch   b names in the batch   i inputs: vocabulary or units below
       h hidden units   g gates, whose columns lie side by side: g h in all
"""

from __future__ import annotations

import numpy as np

from model.network.buffers import Buffers
from model.network.cells import Reading, Weights
from model.network.parameters import FloatArray, IntArray

MAX_ONE_HOT = 256
"""Largest vocabulary for which sums by letter are quickest as a product; above, rows are sorted and added up."""


def gate_by_gate(matrix: FloatArray, hidden: int) -> FloatArray:
    """A matrix (n, g h) seen as one matrix for each gate: (g, n, h)."""
    return matrix.reshape(len(matrix), -1, hidden).swapaxes(0, 1)


def multiply(rows: FloatArray, matrices: FloatArray, out: FloatArray, *, is_apart: bool) -> FloatArray:
    """Products of rows (b, n) with each of some matrices (g, n, h): into `out` (g, b, h).

    The last bits of a row of a product depend on how many rows there are, unless each is multiplied apart from the
    others. All rows are multiplied with one matrix before the next, so that it is read from the memory once.
    """
    if is_apart:
        np.matmul(rows[None, :, None], matrices[:, None], out=out[:, :, None])
        return out
    return np.matmul(rows, matrices, out=out)


def read(weights: Weights, inputs: IntArray | FloatArray, out: FloatArray, *, is_apart: bool = False) -> FloatArray:
    """``U[x] + b`` for letters, ``x U + b`` for states, gate by gate: into `out` (g, b, h)."""
    hidden = out.shape[2]
    U, b = gate_by_gate(weights["U"], hidden), gate_by_gate(weights["b"][None], hidden)
    if inputs.ndim == 1 and len(inputs) > U.shape[1]:
        return np.take(U + b, inputs, axis=1, out=out, mode="clip")  # "clip" writes straight into `out`
    if inputs.ndim == 1:
        out[:] = U[:, inputs]
    else:
        multiply(inputs, U, out, is_apart=is_apart)
    out += b
    return out


def read_batch(weights: Weights, reading: Reading, out: FloatArray) -> FloatArray:
    """The same for all letters of a batch at once, plus what its styles add: into `out` (g, n, h)."""
    read(weights, reading.inputs, out)
    if reading.shift is not None:
        for rows, shift in zip(out, gate_by_gate(reading.shift, out.shape[2]), strict=True):
            reading.batch.add(rows, shift)
    return out


def write_gradient(weights: Weights, gradient: Weights, reading: Reading, errors: FloatArray, buffers: Buffers) -> None:
    """The gradient of `U` and `b`, from ``∂loss/∂a_t`` (n, g h)."""
    if reading.inputs.ndim == 1:
        vocabulary = len(weights["U"])
        if vocabulary <= MAX_ONE_HOT:
            np.matmul(_one_hot(reading.inputs, vocabulary, buffers).T, errors, out=gradient["U"])
        else:
            order = np.argsort(reading.inputs, kind="stable")
            letters, firsts = np.unique(reading.inputs[order], return_index=True)
            gradient["U"][:] = 0
            gradient["U"][letters] = np.add.reduceat(errors[order], firsts, axis=0)
        np.matmul(np.ones(vocabulary, errors.dtype), gradient["U"], out=gradient["b"])
    else:
        np.matmul(reading.inputs.T, errors, out=gradient["U"])
        np.matmul(np.ones(len(errors), errors.dtype), errors, out=gradient["b"])


def _one_hot(letters: IntArray, vocabulary: int, buffers: Buffers) -> FloatArray:
    """Rows (n, v) with which a product makes sums by letter, many times quicker than `np.add.at`."""
    rows = buffers("one_hot", letters.size, vocabulary)
    return np.take(np.eye(vocabulary, dtype=rows.dtype), letters, axis=0, out=rows, mode="clip")
