"""The recurrence: from the state before a letter to the state after it, and the way back.

The letters of a batch are packed: first the first letter of every name, then the second of every name that has one,
and so on, names in order of falling length. The names that go on are then always the first rows of the step before.

Axes:  n letters of the batch   b names in the batch   h hidden units
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from model.network.parameters import FloatArray


def forward(states: FloatArray, carried: FloatArray, counts: list[int], W: FloatArray, keep: FloatArray | None) -> None:
    """Run the vanilla recurrence ``h_t = tanh(a_t + h_{t-1} W)`` (Elman 1990) along names, in place.

    Parameters
    ----------
    states : (n, h)
        On entry ``a_t = U[x_t] + b``, the letters' share; on return ``h_t``, each entry in (-1, 1).
    carried : (n - b, h)
        Filled with what each letter but a name's first read of the state before it.
    counts
        How many names have a first letter, a second, and so on; b is the first of them.
    W : (h, h)
        Recurrent weights.
    keep : (b, h) or None
        Dropout of the recurrent connections, one mask for all letters of a name (Gal and Ghahramani 2016).
    """
    names = counts[0]
    np.tanh(states[:names], out=states[:names])
    for before, now in _steps(counts):
        going = now.stop - now.start
        read = carried[now.start - names : now.stop - names]
        if keep is None:
            read[:] = states[before][:going]
        else:
            np.multiply(states[before][:going], keep[:going], out=read)
        states[now] += read @ W
        np.tanh(states[now], out=states[now])


def backward(errors: FloatArray, slopes: FloatArray, counts: list[int], W: FloatArray, keep: FloatArray | None) -> None:
    """Take the loss's derivatives back along names (BPTT, Werbos 1990), in place.

    Parameters
    ----------
    errors : (n, h)
        On entry ``∂loss/∂h_t`` through the outputs alone; on return ``∂loss/∂a_t`` through everything that follows.
    slopes : (n, h)
        The derivatives of tanh, ``1 - h_t²``.
    counts, W, keep
        As for `forward`.
    """
    for before, now in reversed(list(_steps(counts))):
        errors[now] *= slopes[now]
        through = errors[now] @ W.T
        if keep is not None:
            through *= keep[: len(through)]
        errors[before][: len(through)] += through
    errors[: counts[0]] *= slopes[: counts[0]]


def _steps(counts: list[int]) -> Iterator[tuple[slice, slice]]:
    """The rows of each letter's step and of the step before it, from the second letter on."""
    start = 0
    for previous, going in itertools.pairwise(counts):
        middle = start + previous
        yield slice(start, middle), slice(middle, middle + going)
        start = middle
