"""The recurrence: from the state before a letter to the state after it, and the way back.

Axes:  b names in the batch   t letters along a name   h hidden units
"""

from __future__ import annotations

import numpy as np

from model.parameters import FloatArray


def forward(
    states: FloatArray, carried: FloatArray, inputs: FloatArray, W: FloatArray, keep: FloatArray | None
) -> None:
    """Run the vanilla recurrence ``h_t = tanh(a_t + h_{t-1} W)`` (Elman 1990) along names, in place.

    Parameters
    ----------
    states : (t + 1, b, h)
        ``states[0]`` is the state before the first letter; the others are filled in, each entry in (-1, 1).
    carried : (t, b, h)
        Filled with what each step read of the state before it: the state itself, or the part that dropout kept.
        May be ``states[:-1]`` when `keep` is None.
    inputs : (t, b, h)
        ``a_t = U[x_t] + b``, the letters' share.
    W : (h, h)
        Recurrent weights.
    keep : (b, h) or None
        Dropout of the recurrent connections, one mask for all steps of a name (Gal and Ghahramani 2016).
    """
    for t in range(len(inputs)):
        if keep is not None:
            np.multiply(states[t], keep, out=carried[t])
        after = states[t + 1]
        np.matmul(carried[t], W, out=after)
        after += inputs[t]
        np.tanh(after, out=after)


def backward(
    errors: FloatArray,
    states: FloatArray,
    W: FloatArray,
    keep: FloatArray | None,
    through: FloatArray,
    slopes: FloatArray,
) -> None:
    """Take the loss's derivatives back along names (BPTT, Werbos 1990), in place.

    Parameters
    ----------
    errors : (t, b, h)
        On entry ``∂loss/∂h_t`` through the outputs alone; on return ``∂loss/∂a_t`` through everything that follows.
    states : (t + 1, b, h)
        What `forward` filled in.
    W : (h, h)
        Recurrent weights.
    keep : (b, h) or None
        The mask that `forward` was given.
    through : (b, h)
        Scratch for the part that comes through the next letter's state.
    slopes : (t, b, h)
        Scratch for the derivatives of tanh, ``1 - h_t²``.
    """
    np.multiply(states[1:], states[1:], out=slopes)
    np.subtract(1, slopes, out=slopes)
    errors[-1] *= slopes[-1]
    for t in range(len(errors) - 2, -1, -1):
        np.matmul(errors[t + 1], W.T, out=through)
        if keep is not None:
            through *= keep
        errors[t] += through
        errors[t] *= slopes[t]
