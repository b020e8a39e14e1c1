"""The plain recurrent cell of the original recipe.

Axes:  n letters of the batch   b names in the batch   i inputs: vocabulary or units below   h hidden units
"""

from __future__ import annotations

import numpy as np

from model.network import inputs
from model.network.buffers import Buffers, transposed
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
        self,
        weights: Weights,
        read: IntArray | FloatArray,
        hidden: FloatArray,
        out: FloatArray,
        buffers: Buffers,
        *,
        is_apart: bool = False,
    ) -> None:
        """Read one letter of every name; shapes as in `Cell.step`."""
        added = inputs.read(weights, read, buffers("added", 1, *hidden.shape), is_apart=is_apart)[0]
        product = buffers("product", 1, *hidden.shape)
        added += inputs.multiply(hidden, weights["W"][None], product, is_apart=is_apart)[0]
        np.tanh(added, out=out)

    def forward(self, weights: Weights, reading: Reading, buffers: Buffers) -> Trace:
        """Run along the names of a batch."""
        W, batch, n = weights["W"], reading.batch, len(reading.inputs)
        steps = list(batch.steps())
        carried = buffers("carried", batch.going_on, len(W))
        product = buffers("product", max(batch.counts), len(W))
        states = inputs.read_batch(weights, reading, buffers("states", 1, n, len(W)))[0]
        first = states[batch.first]
        np.tanh(first, out=first)
        for step in steps:
            hidden, now = reading.carry(states[step.before], out=carried[step.onward]), states[step.now]
            now += step.spread(np.matmul(hidden, W, out=product[: len(hidden)]))
            np.tanh(now, out=now)
        return Trace(reading, steps, states, carried)

    def backward(
        self, weights: Weights, gradient: Weights, errors: FloatArray, trace: Trace, buffers: Buffers
    ) -> Errors:
        """Back-propagation through time (Werbos 1990); shapes as in `Cell.backward`."""
        reading, states = trace.reading, trace.states
        batch = reading.batch
        W = transposed(weights["W"], out=buffers("W.T", *weights["W"].shape))
        back, slopes = buffers("back", batch.going_on, len(W)), buffers("slopes", max(batch.counts), len(W))
        product = buffers("product", max(batch.counts), len(W))
        to_factors = reading.zero_errors(states)

        def through_tanh(rows: slice) -> FloatArray:
            """From ``∂loss/∂h_t`` to ``∂loss/∂a_t``, by the derivative 1 - h_t², in place."""
            after, here = states[rows], errors[rows]
            slope = np.multiply(after, after, out=slopes[: len(after)])
            np.subtract(1, slope, out=slope)
            here *= slope
            return here

        for step in reversed(trace.steps):
            onward, before = back[step.onward], errors[step.before]
            onward[:] = step.collect(through_tanh(step.now))
            through = np.matmul(onward, W, out=product[: len(onward)])
            reading.carry_back(through, states[step.before], to_factors)
            before += through
        through_tanh(batch.first)
        np.matmul(trace.carried.T, back, out=gradient["W"])  # the state before a first letter is zero
        inputs.write_gradient(weights, gradient, reading, errors, buffers)
        return Errors(errors, to_factors)
