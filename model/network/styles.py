"""Styles: one network for many kinds of names, each with a short vector of its own.

A style's vector z does four things at every letter. It shifts the gates of each layer by ``z Wz`` and the logits by
``z Vz``; and it turns units up and down, by the factors ``1 + z Sz`` on the way to the next state and ``1 + z Rz`` on
the way to the output layer. Once the style is chosen these are constants: shifts fold into the biases and factors into
the rows of `W` and `V`, so what reads and draws names is an ordinary network.

Axes:  b names in the batch   n letters of the batch   d numbers of a style   g h columns of all gates   v vocabulary
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from model.network import output
from model.network.batch import Batch
from model.network.buffers import Buffers
from model.network.cells import Errors, Reading
from model.network.dropout import DropoutMasks
from model.network.network import Network
from model.network.output import columns, write_columns
from model.network.parameters import FloatArray, IntArray, Parameters

UNKNOWN = 0
"""The style of names whose kind is not known; it is trained on a share of all names."""


def factors(z: FloatArray, matrix: FloatArray, mask: FloatArray | None) -> FloatArray:
    """``1 + z Sz`` or ``1 + z Rz`` of each name's style (b, d), times its mask of dropout; (b, h) or (b, l h)."""
    own = z @ matrix
    own += 1
    return own if mask is None else np.multiply(own, mask, out=own)


class StyleErrors(NamedTuple):
    """Derivatives of the loss by what styles change."""

    layers: Sequence[Errors]  # of each layer: by what is added to its gates, and by the factors of its states
    read: FloatArray  # (b, l h) by the factors of the states on the way to the output layer
    logits: FloatArray  # (n, v) ∂loss/∂o_t


def write_gradient(
    weights: Parameters, gradient: Parameters, batch: Batch, masks: DropoutMasks, errors: StyleErrors
) -> None:
    """Write the gradient of `z`, `Vz`, `Rz`, and each layer's `Wz` and `Sz`."""
    if batch.styles is None:
        raise ValueError("the batch has no styles")
    z = weights["z"][batch.styles]  # (b, d)
    to_logits = batch.sum(errors.logits)  # (b, v)
    write_columns(gradient["Vz"], batch.letters, z.T @ to_logits)
    to_z = to_logits @ columns(weights["Vz"], batch.letters).T
    changes = [(weights["Rz"], gradient["Rz"], _masked(errors.read, masks.output))]
    for layer, own in enumerate(errors.layers):
        matrices, gradients = weights.layer(layer), gradient.layer(layer)
        to_factors = _masked(own.factors, masks.recurrent_of(layer, matrices["Sz"].shape[1]))
        changes += [
            (matrices["Wz"], gradients["Wz"], batch.sum(own.gates)),
            (matrices["Sz"], gradients["Sz"], to_factors),
        ]
    for matrix, its_gradient, to_change in changes:
        np.matmul(z.T, to_change, out=its_gradient)
        to_z += to_change @ matrix.T
    gradient["z"][:] = 0
    np.add.at(gradient["z"], batch.styles, to_z)


def _masked(errors: FloatArray, mask: FloatArray | None) -> FloatArray:
    """From the derivative by factors and mask together to that by the factors alone."""
    return errors if mask is None else errors * mask


def fold(network: Network, style: FloatArray) -> Network:
    """The ordinary network of one style (d,): its shifts go into the biases, its factors into the rows of matrices."""
    shape = replace(network.shape, styles=0, style_size=0)
    folded = Parameters.zeros(shape.layout(), network.parameters.flat.dtype)
    for name, array in folded.arrays().items():
        array[:] = network.parameters[name]
    for layer in range(shape.layers):
        own, styled = folded.layer(layer), network.parameters.layer(layer)
        own["b"][:] += style @ styled["Wz"]
        own["W"][:] *= 1 + (style @ styled["Sz"])[:, None]
    folded["V"][:] *= 1 + (style @ network.parameters["Rz"])[:, None]
    folded["c"][:] += style @ network.parameters["Vz"]
    return Network(shape, folded)


def log_probabilities(network: Network, batch: Batch, alphabets: FloatArray) -> FloatArray:
    """Log-probability of each target letter, each name under a style of its own, all styles in one pass.

    Parameters
    ----------
    network
        With styles.
    batch
        The names, with their styles and the letters (v',) that may follow.
    alphabets : (b, v')
        0 for the letters of each name's list and minus infinity for all others, as if the list had no others.

    Returns
    -------
    (n,)
        Nats; those of the folded network of the style, over the letters of its list.
    """
    if batch.styles is None:
        raise ValueError("the batch has no styles")
    weights, dtype = network.parameters, network.parameters.flat.dtype
    z = weights["z"][batch.styles]  # (b, d)
    inputs: IntArray | FloatArray = batch.inputs
    layers: list[FloatArray] = []
    for layer in range(network.shape.layers):
        own = weights.layer(layer)
        reading = Reading(batch, inputs, z @ own["Wz"], factors(z, own["Sz"], None))
        inputs = network.cell.forward(own, reading, Buffers(dtype)).states
        layers.append(inputs)
    states = np.concatenate(layers, axis=1)  # (n, l h)
    batch.multiply(states, factors(z, weights["Rz"], None), out=states)
    scores = output.forward(weights, states, Buffers(dtype), batch.letters)[:, : alphabets.shape[1]]
    batch.add(scores, z @ columns(weights["Vz"], batch.letters) + alphabets)
    targets = batch.targets if batch.letters is None else np.searchsorted(batch.letters, batch.targets)
    found: FloatArray = output.log_softmax(scores.T)[targets, np.arange(len(targets))]
    return found


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
        if fresh.any():
            spread = 0.1 * rng.normal(size=rows[fresh].shape) * old_rows[1:].std(axis=0)
            rows[fresh] = old_rows[1:].mean(axis=0) + spread
    return Network(shape, result)
