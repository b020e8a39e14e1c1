"""The weights of the network, and how they start.

Axes:  v vocabulary (letters and the end token)   h hidden units
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

FloatArray = NDArray[Any]
"""Of float32 or float64; nothing in this package mixes the two."""

NAMES = ("W", "b", "U", "V", "c")
"""In the order in which they lie in the flat vector."""

GAIN = 0.6
"""What the singular values of `W` are at the start."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """Five arrays that are windows on one flat vector, so that an optimiser can treat them as one.

    Rows are names, so the equations of the network (see `model.network`) read with the state on the left:
    ``h_t = tanh(U[x_t] + h_{t-1} W + b)`` and ``o_t = h_t V + c``.
    """

    flat: FloatArray  # (size,)
    W: FloatArray  # (h, h) from state to state
    b: FloatArray  # (h,)
    U: FloatArray  # (v, h) a row for each letter read
    V: FloatArray  # (h, v) from state to logits
    c: FloatArray  # (v,)

    @classmethod
    def over(cls, flat: FloatArray, vocabulary: int, hidden: int) -> Parameters:
        """Lay the five windows over a flat vector of `size(vocabulary, hidden)` numbers."""
        windows, start = {}, 0
        for name, shape in shapes(vocabulary, hidden).items():
            end = start + int(np.prod(shape))
            windows[name] = flat[start:end].reshape(shape)
            start = end
        return cls(flat=flat, **windows)

    @classmethod
    def zeros(cls, vocabulary: int, hidden: int, dtype: DTypeLike = np.float32) -> Parameters:
        """All weights nought: a place for a gradient."""
        return cls.over(np.zeros(size(vocabulary, hidden), dtype), vocabulary, hidden)

    @property
    def vocabulary(self) -> int:
        """Letters and the end token."""
        return len(self.U)

    @property
    def hidden(self) -> int:
        """Units in the state."""
        return len(self.b)

    @property
    def into_state(self) -> FloatArray:
        """W, b and U as one (h + 1 + v, h) matrix: they lie one behind the other."""
        rows = self.hidden + self.vocabulary + 1
        return self.flat[: rows * self.hidden].reshape(rows, self.hidden)

    @property
    def into_logits(self) -> FloatArray:
        """V and c as one (h + 1, v) matrix."""
        return self.flat[self.into_state.size :].reshape(self.hidden + 1, self.vocabulary)

    def arrays(self) -> dict[str, FloatArray]:
        """The five arrays by name."""
        return {name: getattr(self, name) for name in NAMES}

    def copy(self, dtype: DTypeLike | None = None) -> Parameters:
        """The same weights in memory of their own."""
        flat = self.flat.astype(dtype or self.flat.dtype, copy=True)
        return Parameters.over(flat, self.vocabulary, self.hidden)


def shapes(vocabulary: int, hidden: int) -> dict[str, tuple[int, ...]]:
    """The shape of every array, in the order in which they lie in the flat vector."""
    v, h = vocabulary, hidden
    return {"W": (h, h), "b": (h,), "U": (v, h), "V": (h, v), "c": (v,)}


def size(vocabulary: int, hidden: int) -> int:
    """How many numbers the five arrays hold together."""
    return sum(int(np.prod(shape)) for shape in shapes(vocabulary, hidden).values())


def initialise(vocabulary: int, hidden: int, rng: np.random.Generator, *, dtype: DTypeLike = np.float32) -> Parameters:
    """Draw starting weights: `W` orthogonal times 0.6, `U` standard normal, `V` normal of variance 1/h, biases nought.

    An orthogonal `W` treats all directions of the state alike (Saxe, McClelland and Ganguli 2014,
    https://arxiv.org/abs/1312.6120). What matters most is a `U` large enough that letters leave different states
    behind from the first step on; `docs/decisions/0004-how-the-weights-start.md` has the measurements.

    Parameters
    ----------
    vocabulary, hidden
        Sizes v and h.
    rng
        Where the draws come from; always drawn in float64, so both precisions start from the same weights.
    dtype
        float32 or float64.
    """
    start = Parameters.zeros(vocabulary, hidden, np.float64)
    start.W[:] = GAIN * _orthogonal(hidden, rng)
    start.U[:] = rng.normal(0.0, 1.0, start.U.shape)
    start.V[:] = rng.normal(0.0, hidden**-0.5, start.V.shape)
    return start.copy(dtype)


def _orthogonal(n: int, rng: np.random.Generator) -> FloatArray:
    """Draw an orthogonal (n, n) matrix uniformly (Mezzadri 2007, https://arxiv.org/abs/math-ph/0609050, section 5)."""
    q, r = np.linalg.qr(rng.normal(size=(n, n)))
    signs: FloatArray = np.sign(np.diag(r))
    return q * signs
