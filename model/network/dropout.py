"""Dropout: which units are left out of a training step, one mask for all letters of a name.

Axes:  n letters of the batch   b names in the batch   h hidden units
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.network.parameters import FloatArray


@dataclass(frozen=True, slots=True)
class DropoutMasks:
    """Masks of one batch (Gal and Ghahramani 2016, https://arxiv.org/abs/1512.05287); None where all units are used."""

    recurrent: FloatArray | None = None  # (b, h) on the way to the next state
    output: FloatArray | None = None  # (b, h) on the way to the logits

    @classmethod
    def draw(
        cls,
        names: int,
        hidden: int,
        *,
        recurrent: float,
        output: float,
        rng: np.random.Generator,
        dtype: np.dtype[np.floating],
    ) -> DropoutMasks:
        """Draw the masks of a batch of `names`; `recurrent` and `output` are the shares of units to leave out."""
        return cls(_mask(names, hidden, recurrent, rng, dtype), _mask(names, hidden, output, rng, dtype))


def _mask(
    names: int, hidden: int, share: float, rng: np.random.Generator, dtype: np.dtype[np.floating]
) -> FloatArray | None:
    """Units to keep, (b, h), scaled so that the expected sum stays the same."""
    if not share:
        return None
    kept = rng.random((names, hidden), dtype=np.float32) >= share
    mask: FloatArray = kept.astype(dtype) * dtype.type(1 / (1 - share))
    return mask


def apply(rows: FloatArray, mask: FloatArray, counts: list[int], out: FloatArray) -> FloatArray:
    """Multiply packed rows (n, h) with the mask (b, h) of the name that each belongs to, into `out`."""
    start = 0
    for going in counts:
        np.multiply(rows[start : start + going], mask[:going], out=out[start : start + going])
        start += going
    return out
