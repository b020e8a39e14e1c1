"""Training in PyTorch and JAX, as their users would write it: the architecture, the batches and the optimiser of ours.

Both read names of equal length together, so that nothing is padded and nothing masked, which is quickest for them.

Axes:  t letters along a name   b names in the batch   v vocabulary   h hidden units
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from model.network.parameters import FloatArray
from model.training.batches import EqualLengths

BETA1, BETA2, EPSILON = 0.9, 0.99, 1e-8
"""Of Adam, as in `model.network.optimizers`."""

Epoch = Callable[[Sequence[EqualLengths]], list[float]]
"""Takes a step on each batch; returns their losses, nats per letter."""


def pytorch(cell: str, weights: Mapping[str, FloatArray], rate: float) -> dict[str, Epoch]:
    """`torch.nn.RNN` or `torch.nn.GRU` on one-hot letters, and for the former a loop over `tanh`; fused Adam.

    Parameters
    ----------
    cell
        "vanilla" or "gru".
    weights
        Starting weights by name, in the layout of `model.network.network.Network`.
    rate
        Learning rate.
    """
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    v, h = weights["U"].shape[0], weights["W"].shape[0]
    arrays = {name: torch.from_numpy(array.copy()) for name, array in weights.items()}

    class Layer(torch.nn.Module):  # type: ignore[misc]
        """PyTorch's own layer. Its gates come in the order r, z, m, and its matrices stand the other way round."""

        def __init__(self) -> None:
            super().__init__()
            self.recurrent = torch.nn.RNN(v, h) if cell == "vanilla" else torch.nn.GRU(v, h)
            self.output = torch.nn.Linear(h, v)
            gates = [0] if cell == "vanilla" else [1, 0, 2]
            order = np.concatenate([np.arange(gate * h, (gate + 1) * h) for gate in gates])
            with torch.no_grad():
                self.recurrent.weight_ih_l0.copy_(arrays["U"].T[order])
                self.recurrent.weight_hh_l0.copy_(arrays["W"].T[order])
                self.recurrent.bias_ih_l0.copy_(arrays["b"][order])
                self.recurrent.bias_hh_l0.zero_().requires_grad_(False)  # one bias, as in ours
                self.output.weight.copy_(arrays["V"].T)
                self.output.bias.copy_(arrays["c"])

        def forward(self, letters: Any) -> Any:
            return self.output(self.recurrent(functional.one_hot(letters, v).float())[0])

    class Loop(torch.nn.Module):  # type: ignore[misc]
        """The equation, letter by letter."""

        def __init__(self) -> None:
            super().__init__()
            for name, array in arrays.items():
                setattr(self, name, torch.nn.Parameter(array.clone()))

        def forward(self, letters: Any) -> Any:
            states = [torch.zeros(letters.shape[1], h)]
            for read in functional.embedding(letters, self.U + self.b):
                states.append(torch.tanh(torch.addmm(read, states[-1], self.W)))
            return torch.stack(states[1:]) @ self.V + self.c

    def epoch(model: Any) -> Epoch:
        adam = torch.optim.Adam(model.parameters(), rate, (BETA1, BETA2), EPSILON, fused=True)

        def run(batches: Sequence[EqualLengths]) -> list[float]:
            losses = []
            for inputs, targets in batches:
                scores = model(torch.from_numpy(inputs))
                loss = functional.cross_entropy(scores.view(-1, v), torch.from_numpy(targets).view(-1))
                adam.zero_grad()
                loss.backward()
                adam.step()
                losses.append(loss.item())
            return losses

        return run

    models = {"nn.RNN" if cell == "vanilla" else "nn.GRU": Layer} | ({"a loop": Loop} if cell == "vanilla" else {})
    return {name: epoch(model()) for name, model in models.items()}


def jax(cell: str, weights: Mapping[str, FloatArray], rate: float) -> dict[str, Epoch]:
    """`jax.lax.scan` under `jax.jit` with donated buffers, unrolled or not; letters are looked up.

    Parameters as of `pytorch`.
    """
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    import jax
    from jax import numpy as jnp

    def vanilla(p: Any, hidden: Any, read: Any) -> tuple[Any, Any]:
        after = jnp.tanh(read + hidden @ p["W"])
        return after, after

    def gru(p: Any, hidden: Any, read: Any) -> tuple[Any, Any]:
        z, r, m = jnp.split(read, 3, axis=1)
        to_z, to_r, to_m = jnp.split(hidden @ p["W"], 3, axis=1)
        update = jax.nn.sigmoid(z + to_z)
        candidate = jnp.tanh(m + jax.nn.sigmoid(r + to_r) * to_m)
        after = update * hidden + (1 - update) * candidate
        return after, after

    step_of_cell = vanilla if cell == "vanilla" else gru

    def loss_of(p: Any, inputs: Any, targets: Any, unroll: bool) -> Any:
        start = jnp.zeros((inputs.shape[1], p["W"].shape[0]))
        _, states = jax.lax.scan(lambda h, x: step_of_cell(p, h, x), start, p["U"][inputs] + p["b"], unroll=unroll)
        log_odds = jax.nn.log_softmax(states @ p["V"] + p["c"])
        return -jnp.take_along_axis(log_odds, targets[..., None], axis=2).mean()

    def epoch(unroll: bool) -> Epoch:
        def step(p: Any, mean: Any, square: Any, t: Any, inputs: Any, targets: Any) -> Any:
            loss, g = jax.value_and_grad(loss_of)(p, inputs, targets, unroll)
            mean = jax.tree.map(lambda m, d: BETA1 * m + (1 - BETA1) * d, mean, g)
            square = jax.tree.map(lambda s, d: BETA2 * s + (1 - BETA2) * d**2, square, g)
            by_mean, by_square = rate / (1 - BETA1**t), 1 / (1 - BETA2**t)
            p = jax.tree.map(lambda w, m, s: w - by_mean * m / (jnp.sqrt(by_square * s) + EPSILON), p, mean, square)
            return p, mean, square, t + 1, loss

        compiled = jax.jit(step, donate_argnums=(0, 1, 2, 3))
        p = {name: jnp.array(array) for name, array in weights.items()}
        state = [p, *(jax.tree.map(jnp.zeros_like, p) for _ in range(2)), jnp.float32(1)]

        def run(batches: Sequence[EqualLengths]) -> list[float]:
            losses = []
            for inputs, targets in batches:
                *state[:], loss = compiled(*state, inputs, targets)
                losses.append(loss)
            return [float(loss) for loss in losses]

        return run

    return {"scan": epoch(unroll=False), "scan unrolled": epoch(unroll=True)}
