"""The gated recurrent unit, which decides at every letter what of its state to keep.

Its matrices hold three blocks of columns: the update gate z, the reset gate r, and the candidate state m.

    z = σ(x U_z + b_z + h W_z)           how much of the state stays
    r = σ(x U_r + b_r + h W_r)           how much of it the candidate sees
    m = tanh(x U_m + b_m + r ∘ (h W_m))
    h' = z ∘ h + (1 - z) ∘ m

Axes:  n letters of the batch   b names in the batch   i inputs: vocabulary or units below   h hidden units
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.network import inputs
from model.network.buffers import Buffers, blocks, transposed
from model.network.cells import GAIN, Errors, Reading, Trace, Weights, orthogonal
from model.network.parameters import FloatArray, IntArray, Layout

LETTER_SPREAD = 0.1
"""Standard deviation of `U` at the start, where it is looked up by letters."""


@dataclass(frozen=True, slots=True)
class GruTrace(Trace):
    """What the gates were."""

    gates: FloatArray  # (3, n, h) z, r and m of each letter
    seen: FloatArray  # (n, h) r ∘ (h W_m), what the candidate sees of the state


class GruCell:
    """The GRU (Cho et al. 2014, https://arxiv.org/abs/1406.1078), in the form whose reset gate acts after the product
    with `W`, so that all three gates need one product.
    """

    name = "gru"
    gates = 3

    def layout(self, inputs: int, hidden: int) -> Layout:
        """`W` from state to gates, `b` their biases, `U` a row for each letter read."""
        return {"W": (hidden, 3 * hidden), "b": (3 * hidden,), "U": (inputs, 3 * hidden)}

    def initialise(self, weights: Weights, reads_letters: bool, rng: np.random.Generator) -> None:
        """Draw each block of `W` orthogonal times 0.6 and `U` normal; `b` stays zero."""
        hidden = len(weights["W"])
        for block in np.split(weights["W"], 3, axis=1):
            block[:] = GAIN * orthogonal(hidden, rng)
        spread = LETTER_SPREAD if reads_letters else len(weights["U"]) ** -0.5
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
        products, gates = buffers("products", 3, *hidden.shape), buffers("gates", 3, *hidden.shape)
        inputs.read(weights, read, gates, is_apart=is_apart)
        W = inputs.gate_by_gate(weights["W"], hidden.shape[1])
        inputs.multiply(hidden, W, products, is_apart=is_apart)
        _gate(gates, products, hidden, products[2], products[0], out)

    def forward(self, weights: Weights, reading: Reading, buffers: Buffers) -> GruTrace:
        """Run along the names of a batch."""
        batch, n, h = reading.batch, len(reading.inputs), len(weights["W"])
        W, steps, most = inputs.gate_by_gate(weights["W"], h), list(batch.steps()), max(batch.counts)
        gates = inputs.read_batch(weights, reading, buffers("gates", 3, n, h))
        seen, states, carried = buffers("seen", n, h), buffers("states", n, h), buffers("carried", batch.going_on, h)

        def through_gates(rows: slice, products: FloatArray, before: FloatArray) -> None:
            for block, own in blocks(rows, h):
                after = states[block]
                _gate(gates[:, block], products[:, own], before[own], seen[block], after, after)

        zeros = buffers("zeros", 3, batch.counts[0], h)  # no state before the first letter
        through_gates(batch.first, zeros, zeros[0])
        for step in steps:
            hidden = reading.carry(states[step.before], out=carried[step.onward])
            products = np.matmul(hidden, W, out=buffers("products", 3, most, h)[:, : len(hidden)])
            through_gates(step.now, step.spread(products), step.spread(states[step.before]))
        return GruTrace(reading, steps, states, carried, gates, seen)

    def backward(
        self, weights: Weights, gradient: Weights, errors: FloatArray, trace: GruTrace, buffers: Buffers
    ) -> Errors:
        """Back-propagation through time; shapes as in `Cell.backward`."""
        reading, batch = trace.reading, trace.reading.batch
        (n, h), widest = errors.shape, max(batch.counts)
        W = transposed(weights["W"], out=buffers("W.T", 3 * h, h))
        to_gates, back = buffers("to_gates", n, 3 * h), buffers("back", batch.going_on, 3 * h)
        children, kept = buffers("children", widest, 3 * h), buffers("kept", widest, h)
        product, to_factors = buffers("through", widest, h), reading.zero_errors(errors)

        def through_gates(rows: slice, to_products: FloatArray) -> FloatArray:
            """Write ``∂loss/∂a_t`` and ``∂loss/∂(h W)``; return the part for h that passes by the gates."""
            for block, own in blocks(rows, h):
                derivatives = buffers("derivatives", 4, own.stop - own.start, h)
                _gate_back(trace, block, errors[block], kept[own], derivatives)
                _columns(to_gates[block])[:] = derivatives[:3].transpose(1, 0, 2)
                derivatives[2] = derivatives[3]
                _columns(to_products[own])[:] = derivatives[:3].transpose(1, 0, 2)
            return kept[: rows.stop - rows.start]

        for step in reversed(trace.steps):
            onward, before = back[step.onward], errors[step.before]
            keep = through_gates(step.now, onward if step.parents is None else children)
            if step.parents is not None:
                onward[:] = step.collect(children[: len(keep)])
            through = np.matmul(onward, W, out=product[: len(onward)])
            reading.carry_back(through, trace.states[step.before], to_factors)
            before += through
            before += step.collect(keep)
        through_gates(batch.first, children)
        np.matmul(trace.carried.T, back, out=gradient["W"])  # the state before a first letter is zero
        inputs.write_gradient(weights, gradient, reading, to_gates, buffers)
        return Errors(to_gates, to_factors)


def _gate(
    gates: FloatArray, products: FloatArray, before: FloatArray, seen: FloatArray, scratch: FloatArray, out: FloatArray
) -> None:
    """Finish the gates (3, b, h), which hold what is read, and write the state after the letter.

    `products` (3, b, h) are ``h W``, `before` (b, h) is h; ``r ∘ (h W_m)`` is left in `seen` and h' in `out`. Gate by
    gate, since NumPy is quicker on whole arrays than on columns of one.
    """
    (z, r, m), switches = gates, gates[:2]
    # σ(a) = (1 + tanh(a / 2)) / 2, which is quicker than 1 / (1 + e^-a), and never overflows
    switches += products[:2]
    switches *= 0.5
    np.tanh(switches, out=switches)
    switches += 1
    switches *= 0.5
    m += np.multiply(r, products[2], out=seen)
    np.tanh(m, out=m)
    kept = np.subtract(before, m, out=scratch)  # h' = m + z ∘ (h - m)
    kept *= z
    np.add(m, kept, out=out)


def _gate_back(trace: GruTrace, rows: slice, errors: FloatArray, kept: FloatArray, derivatives: FloatArray) -> None:
    """The way back through `_gate`.

    `errors` (b, h) are ``∂loss/∂h'`` and overwritten; `kept` gets ``z ∘ ∂loss/∂h'``, and `derivatives` (4, b, h) those
    by the pre-activations of z, r and m and by ``h W_m``.
    """
    (z, r, m), (to_z, to_r, to_m, to_product) = trace.gates[:, rows], derivatives
    np.multiply(errors, z, out=kept)
    errors -= kept  # (1 - z) ∘ ∂loss/∂h'
    np.multiply(m, m, out=to_m)
    np.subtract(1, to_m, out=to_m)
    to_m *= errors
    np.subtract(trace.states[rows], m, out=to_z)  # h' - m = z ∘ (h - m)
    to_z *= errors
    np.multiply(to_m, r, out=to_product)
    np.subtract(1, r, out=to_r)
    to_r *= to_m
    to_r *= trace.seen[rows]


def _columns(rows: FloatArray) -> FloatArray:
    """Rows (b, 3 h) gate by gate: (b, 3, h)."""
    return rows.reshape(len(rows), 3, -1)
