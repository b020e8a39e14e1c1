"""A network's weights as members of a file, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.artifact import npz
from model.errors import InvalidWeights
from model.network.network import Network
from model.network.parameters import FloatArray, Parameters, size
from model.network.shape import MAX_WEIGHTS, Shape

PREFIX = "network."

MAX_WEIGHT = 1e6
"""Far above what a training ends with; sums over products of larger numbers could overflow in single precision."""


def members(network: Network, *, half: bool = False) -> npz.Arrays:
    """The arrays by the names of their members.

    Parameters
    ----------
    half
        Write them in half precision, which halves the file and rounds them to 11 bits.

    Raises
    ------
    InvalidWeights
        A weight is not a finite number, or too large, see `MAX_WEIGHT`, or too large for half precision.
    """
    if not is_usable(network.parameters.flat):
        raise InvalidWeights("a weight is too large; train again with a lower learning rate", "the network")
    if half:
        with np.errstate(over="ignore"):
            flat = network.parameters.flat.astype(np.float16)
        if not np.isfinite(flat).all():
            raise InvalidWeights("a weight is too large for half precision; write it in full", "the network")
        network = network.with_weights(flat)
    return {PREFIX + name: array for name, array in network.parameters.arrays().items()}


def network(arrays: npz.Arrays, shape: Shape) -> Network:
    """The network of that shape; raises KeyError or ValueError where the members do not make it."""
    layout = shape.layout()
    if (count := size(layout)) > MAX_WEIGHTS:
        raise ValueError(f"it claims {count:,} weights, and at most {MAX_WEIGHTS:,} are read")
    dtype = arrays[PREFIX + next(iter(layout))].dtype
    weights = [floats(arrays, PREFIX + name, own, dtype).ravel() for name, own in layout.items()]
    flat = np.concatenate(weights, dtype=np.promote_types(dtype, np.float32))  # half precision is for files
    flat.flags.writeable = False
    return Network(shape, Parameters(flat, layout))


def floats(arrays: npz.Arrays, name: str, shape: tuple[int, ...], dtype: np.dtype[Any] | None = None) -> FloatArray:
    """The array of that name, if it is what it should be, of any precision unless one is given.

    Raises
    ------
    KeyError, ValueError
        It is absent, or of another type or shape, or holds what are no weights.
    """
    array = arrays[name]
    dtype = dtype or array.dtype
    if dtype.kind != "f" or array.dtype != dtype or array.shape != shape:
        raise ValueError(f"{name} has type {array.dtype} and shape {array.shape} where {dtype} and {shape} belong")
    if not is_usable(array):
        raise ValueError(f"{name} holds numbers that are not finite, or too large for a network")
    return array


def is_usable(weights: FloatArray) -> bool:
    """Whether all are finite, and small enough to compute with."""
    return not weights.size or (float(weights.min()) >= -MAX_WEIGHT and float(weights.max()) <= MAX_WEIGHT)
