"""Styles: one network for many kinds of names, each told apart by a short vector.

A style's vector z shifts the gates of every layer by ``z Wz`` and the logits by ``z Vz``, at every letter. Once the
style is chosen both are constants, so they fold into the biases: what reads and draws names is an ordinary network.

Axes:  b names in the batch   n letters of the batch   d numbers of a style   g h columns of all gates   v vocabulary
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from model.network.batch import Batch
from model.network.network import Network
from model.network.output import columns, write_columns
from model.network.parameters import FloatArray, IntArray, Parameters

UNKNOWN = 0
"""The style of names whose kind is not known; it is trained on a share of all names."""


def shift(weights: Parameters, matrix: FloatArray, styles: IntArray) -> FloatArray:
    """``z Wz`` or ``z Vz`` of each name's style (b,), (b, g h) or (b, v)."""
    rows: FloatArray = weights["z"][styles] @ matrix
    return rows


def write_gradient(
    weights: Parameters, gradient: Parameters, batch: Batch, to_gates: Sequence[FloatArray], to_logits: FloatArray
) -> None:
    """Write the gradient of `z`, `Vz` and each layer's `Wz`.

    Parameters
    ----------
    to_gates
        ``∂loss/∂a_t`` (n, g h) of each layer.
    to_logits : (n, v)
        ``∂loss/∂o_t``.
    """
    if batch.styles is None:
        raise ValueError("the batch has no styles")
    z = weights["z"][batch.styles]  # (b, d)
    errors = batch.sum(to_logits)  # (b, v)
    write_columns(gradient["Vz"], batch.letters, z.T @ errors)
    to_z = errors @ columns(weights["Vz"], batch.letters).T
    for layer, gates in enumerate(to_gates):
        errors = batch.sum(gates)
        np.matmul(z.T, errors, out=gradient.layer(layer)["Wz"])
        to_z += errors @ weights.layer(layer)["Wz"].T
    gradient["z"][:] = 0
    np.add.at(gradient["z"], batch.styles, to_z)


def fold(network: Network, style: FloatArray) -> Network:
    """The ordinary network of one style (d,): its shifts go into the biases."""
    shape = replace(network.shape, styles=0, style_size=0)
    folded = Parameters.zeros(shape.layout(), network.parameters.flat.dtype)
    for name, array in folded.arrays().items():
        array[:] = network.parameters[name]
    for layer in range(shape.layers):
        folded.layer(layer)["b"][:] += style @ network.parameters.layer(layer)["Wz"]
    folded["c"][:] += style @ network.parameters["Vz"]
    return Network(shape, folded)


def with_styles(network: Network, styles: Sequence[int]) -> Network:
    """The network with some of its styles alone, in this order."""
    shape = replace(network.shape, styles=len(styles))
    parameters = Parameters.zeros(shape.layout(), network.parameters.flat.dtype)
    for name, array in parameters.arrays().items():
        own = network.parameters[name]
        array[:] = own[list(styles)] if name == "z" else own
    return Network(shape, parameters)


def with_vocabulary(network: Network, origins: IntArray, rng: np.random.Generator) -> Network:
    """The network with another vocabulary.

    Parameters
    ----------
    origins : (v,)
        For each letter of the new vocabulary, the letter of the network's own that it starts as, END first; -1 for a
        letter that starts afresh.
    rng
        Draws what a fresh letter starts as: with the mean of all letters, and a tenth of their spread.
    """
    shape = replace(network.shape, vocabulary=len(origins))
    result = Parameters.zeros(shape.layout(), network.parameters.flat.dtype)
    fresh = origins < 0
    for name, array in result.arrays().items():
        old = network.parameters[name]
        if name not in ("U", "V", "c", "Vz"):
            array[:] = old
            continue
        rows, old_rows = (array, old) if name == "U" else (array.T, old.T)  # a row for each letter
        rows[:] = old_rows[origins]
        spread = 0.1 * rng.normal(size=rows[fresh].shape) * old_rows[1:].std(axis=0)
        rows[fresh] = old_rows[1:].mean(axis=0) + spread
    return Network(shape, result)
