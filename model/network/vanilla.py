"""The plain recurrent cell of the original recipe.

Axes:  n letters of the batch   b names in the batch   i inputs: vocabulary or units below   h hidden units
"""

from __future__ import annotations

import numpy as np

from model.network import inputs
from model.network.buffers import Buffers
from model.network.cells import GAIN, Errors, Reading, Trace, Weights, orthogonal
from model.network.parameters import FloatArray, IntArray, Layout


class VanillaCell:
    """The plain recurrent network, ``h_t = tanh(U[x_t] + b + h_{t-1} W)`` (Elman 1990)."""

    name = "vanilla"
    gates = 1

    def layout(self, inputs: int, hidden: int) -> Layout:
        """`W` from state to state, `b` its bias, `U` a row for each letter read."""
        return {"W": (hidden, hidden), "b": (hidden,), "U": (inputs, hidden)}

    def initialise(self, weights: Weights, reads_letters: bool, rng: np.random.Generator) -> None:
        """Draw `W` orthogonal times 0.6 and `U` normal, of variance 1 for letters and 1/i for states; `b` stays zero.

        An orthogonal `W` treats all directions of the state alike (Saxe, McClelland and Ganguli 2014,
        https://arxiv.org/abs/1312.6120). What matters most is a `U` large enough that letters leave different states
        behind from the first step on; `docs/decisions/0004-how-the-weights-start.md` has the measurements.
        """
        weights["W"][:] = GAIN * orthogonal(len(weights["W"]), rng)
        spread = 1.0 if reads_letters else len(weights["U"]) ** -0.5
        weights["U"][:] = rng.normal(0.0, spread, weights["U"].shape)

    def step(
        self, weights: Weights, read: IntArray | FloatArray, hidden: FloatArray, out: FloatArray, buffers: Buffers
    ) -> None:
        """Read one letter of every name; shapes as in `Cell.step`."""
        added = inputs.read(weights, read, buffers("added", 1, *hidden.shape))[0]
        added += np.matmul(hidden, weights["W"], out=buffers("product", *hidden.shape))
        np.tanh(added, out=out)

    def forward(self, weights: Weights, reading: Reading, buffers: Buffers) -> Trace:
        """Run along the names of a batch."""
        W, n, names = weights["W"], len(reading.inputs), reading.batch.counts[0]
        carried = buffers("carried", n - names, len(W))
        states = inputs.read_batch(weights, reading, buffers("states", n, len(W)))
        np.tanh(states[:names], out=states[:names])
        for before, now, place in reading.steps():
            states[now] += reading.carry(states[before], out=carried[place]) @ W
            np.tanh(states[now], out=states[now])
        return Trace(reading, states, carried)

    def backward(
        self, weights: Weights, gradient: Weights, errors: FloatArray, trace: Trace, buffers: Buffers
    ) -> Errors:
        """Back-propagation through time (Werbos 1990); shapes as in `Cell.backward`."""
        W, reading, states = weights["W"], trace.reading, trace.states
        names = reading.batch.counts[0]
        slopes = np.multiply(states, states, out=buffers("slopes", *states.shape))
        np.subtract(1, slopes, out=slopes)  # the derivative of tanh, 1 - h_t²
        to_factors = reading.zero_errors(states)
        for before, now, _ in reversed(list(reading.steps())):
            errors[now] *= slopes[now]
            through = errors[now] @ W.T
            reading.carry_back(through, states[before], to_factors)
            errors[before] += through
        errors[:names] *= slopes[:names]  # errors are ∂loss/∂a_t now
        np.matmul(trace.carried.T, errors[names:], out=gradient["W"])  # the state before a first letter is zero
        inputs.write_gradient(weights, gradient, reading, errors, buffers)
        return Errors(errors, to_factors)
