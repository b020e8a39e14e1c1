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
from model.network.buffers import Buffers
from model.network.cells import GAIN, Errors, Reading, Trace, Weights, orthogonal
from model.network.parameters import FloatArray, IntArray, Layout

LETTER_SPREAD = 0.1
"""Standard deviation of `U` at the start, where it is looked up by letters."""


@dataclass(frozen=True, slots=True)
class GruTrace(Trace):
    """What the gates were."""

    gates: FloatArray  # (n, 3 h) z, r and m of each letter
    products: FloatArray  # (n - b, 3 h) carried W


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
        self, weights: Weights, read: IntArray | FloatArray, hidden: FloatArray, out: FloatArray, buffers: Buffers
    ) -> None:
        """Read one letter of every name; shapes as in `Cell.step`."""
        # gate by gate, since NumPy is quicker on whole arrays than on columns of one
        products, gates = buffers("products", 3, *hidden.shape), buffers("gates", 3, *hidden.shape)
        switches, (z, r, m) = inputs.read(weights, read, gates)[:2], gates
        np.matmul(hidden, inputs.gate_by_gate(weights["W"], hidden.shape[1]), out=products)
        switches += products[:2]
        _sigmoid(switches)
        kept = np.multiply(r, products[2], out=products[2])
        m += kept
        np.tanh(m, out=m)
        np.subtract(hidden, m, out=kept)  # h' = m + z ∘ (h - m)
        kept *= z
        np.add(m, kept, out=out)

    def forward(self, weights: Weights, reading: Reading, buffers: Buffers) -> GruTrace:
        """Run along the names of a batch."""
        W, n, names = weights["W"], len(reading.inputs), reading.batch.counts[0]
        h = len(W)
        states = buffers("states", n, h)
        carried, products = buffers("carried", n - names, h), buffers("products", n - names, 3 * h)
        gates = inputs.read_batch(weights, reading, buffers("gates", n, 3 * h))
        first = gates[:names]
        _gate(first, None, states[:names])
        np.subtract(1, first[:, :h], out=states[:names])
        states[:names] *= first[:, 2 * h :]  # nothing to keep before the first letter
        for before, now, place in reading.steps():
            reading.carry(states[before], out=carried[place])
            _gate(gates[now], np.matmul(carried[place], W, out=products[place]), states[now])
            candidates = gates[now, 2 * h :]
            np.subtract(states[before], candidates, out=states[now])
            states[now] *= gates[now, :h]
            states[now] += candidates
        return GruTrace(reading, states, carried, gates, products)

    def backward(
        self, weights: Weights, gradient: Weights, errors: FloatArray, trace: GruTrace, buffers: Buffers
    ) -> Errors:
        """Back-propagation through time; shapes as in `Cell.backward`."""
        W, reading, states, gates = weights["W"], trace.reading, trace.states, trace.gates
        (n, h), names = states.shape, reading.batch.counts[0]
        update, reset, candidates = (gates[:, start : start + h] for start in (0, h, 2 * h))

        # derivatives of one letter's equations, for all letters at once
        to_candidate = buffers("to_candidate", n, h)  # of h' by m's pre-activation: (1 - z)(1 - m²)
        np.multiply(candidates, candidates, out=to_candidate)
        np.subtract(1, to_candidate, out=to_candidate)
        keeps = np.subtract(1, update, out=buffers("keeps", n, h))  # 1 - z
        to_candidate *= keeps
        to_update = buffers("to_update", n, h)  # of h' by z's pre-activation: (h - m) z (1 - z)
        np.negative(candidates[:names], out=to_update[:names])
        for before, now, _ in reading.steps():
            np.subtract(states[before], candidates[now], out=to_update[now])
        to_update *= update
        to_update *= keeps
        to_reset = np.subtract(1, reset[names:], out=buffers("to_reset", n - names, h))  # of m's by r's pre-activation
        to_reset *= reset[names:]
        to_reset *= trace.products[:, 2 * h :]

        # through time; `back` is ∂loss/∂(h W), and differs from ∂loss/∂a in the candidate's block
        back = buffers("back", n, 3 * h)
        candidate_errors = buffers("candidate_errors", n, h)
        scratch, to_factors = buffers("scratch", names, h), reading.zero_errors(states)
        for before, now, place in reversed(list(reading.steps())):
            here, of_candidate = errors[now], candidate_errors[now]
            np.multiply(here, to_candidate[now], out=of_candidate)
            np.multiply(here, to_update[now], out=back[now, :h])
            np.multiply(of_candidate, to_reset[place], out=back[now, h : 2 * h])
            np.multiply(of_candidate, reset[now], out=back[now, 2 * h :])
            through = np.matmul(back[now], W.T, out=scratch[: now.stop - now.start])
            reading.carry_back(through, states[before], to_factors)
            here *= update[now]
            through += here
            errors[before] += through
        np.multiply(errors[:names], to_candidate[:names], out=candidate_errors[:names])
        np.multiply(errors[:names], to_update[:names], out=back[:names, :h])
        back[:names, h : 2 * h] = 0  # there was no state to reset
        np.matmul(trace.carried.T, back[names:], out=gradient["W"])
        back[:, 2 * h :] = candidate_errors  # back is ∂loss/∂a_t now
        inputs.write_gradient(weights, gradient, reading, back, buffers)
        return Errors(back, to_factors)


def _gate(gates: FloatArray, products: FloatArray | None, scratch: FloatArray) -> None:
    """Finish the gates (b, 3 h) in place, from what the inputs add to z, r and m.

    `products` (b, 3 h) are ``h W``, or None at the first letter, where the state is zero; `scratch` is (b, h).
    """
    h = scratch.shape[1]
    switches, candidates = gates[:, : 2 * h], gates[:, 2 * h :]
    if products is not None:
        switches += products[:, : 2 * h]
    _sigmoid(switches)
    if products is not None:
        candidates += np.multiply(gates[:, h : 2 * h], products[:, 2 * h :], out=scratch)
    np.tanh(candidates, out=candidates)


def _sigmoid(a: FloatArray) -> None:
    """``σ(a) = (1 + tanh(a / 2)) / 2`` in place, which is quicker than ``1 / (1 + e^-a)``, and never overflows."""
    a *= 0.5
    np.tanh(a, out=a)
    a += 1
    a *= 0.5
