"""Dropout: which units are left out of a training step, one mask for all letters of a name.

Axes:  b names in the batch   h hidden units   l layers
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from model.network.parameters import FloatArray
from model.network.shape import Shape


class DropoutRates(NamedTuple):
    """Shares of units to leave out, each in [0, 1)."""

    recurrent: float = 0.0  # on the way to the next state
    between: float = 0.0  # on the way to the layer above
    output: float = 0.0  # on the way to the logits


@dataclass(frozen=True, slots=True)
class DropoutMasks:
    """Masks of one batch (Gal and Ghahramani 2016, https://arxiv.org/abs/1512.05287); None where all units are used."""

    recurrent: FloatArray | None = None  # (b, l h)
    between: FloatArray | None = None  # (b, (l - 1) h)
    output: FloatArray | None = None  # (b, l h)

    @property
    def leave_out(self) -> bool:
        """Whether there are masks at all."""
        return any(mask is not None for mask in (self.recurrent, self.between, self.output))

    def recurrent_of(self, layer: int, hidden: int) -> FloatArray | None:
        """The mask (b, h) of one layer's way to the next state."""
        return None if self.recurrent is None else self.recurrent[:, layer * hidden : (layer + 1) * hidden]

    @classmethod
    def draw(
        cls, names: int, shape: Shape, rates: DropoutRates, rng: np.random.Generator, dtype: np.dtype[np.floating]
    ) -> DropoutMasks:
        """Draw the masks of a batch of `names`."""
        h, layers = shape.hidden, shape.layers
        return cls(
            recurrent=_mask(names, layers * h, rates.recurrent, rng, dtype),
            between=_mask(names, (layers - 1) * h, rates.between, rng, dtype),
            output=_mask(names, layers * h, rates.output, rng, dtype),
        )


def _mask(
    names: int, units: int, rate: float, rng: np.random.Generator, dtype: np.dtype[np.floating]
) -> FloatArray | None:
    """Units to keep, (b, units), scaled so that the expected sum stays the same."""
    if not rate or not units:
        return None
    kept = rng.random((names, units), dtype=np.float32) >= rate
    mask: FloatArray = kept.astype(dtype) * dtype.type(1 / (1 - rate))
    return mask
