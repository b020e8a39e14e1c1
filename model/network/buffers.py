"""Arrays that are kept from step to step."""

from __future__ import annotations

import math

import numpy as np

from model.network.parameters import FloatArray


class Buffers:
    """Arrays by name: fresh memory costs more in page faults than the arithmetic in it."""

    def __init__(self, dtype: np.dtype[np.floating]) -> None:
        self.dtype = dtype
        self._kept: dict[str, FloatArray] = {}

    def __call__(self, name: str, *shape: int) -> FloatArray:
        """The array of that name in that shape; what it holds is left over from before."""
        size = math.prod(shape)
        kept = self._kept.get(name)
        if kept is None or kept.size < size:
            kept = self._kept[name] = np.zeros(size, self.dtype)
        return kept[:size].reshape(shape)
