"""The n-gram's share of a mixture, which held-out names choose.

The likeliest share is taken, by how the mixture predicts the names and by what is usual: as though `PRIOR_LETTERS`
letters had been drawn from the usual one before, a Beta distribution with its mode there.
"""

from __future__ import annotations

import numpy as np

from model.generation.predictor import WEIGHT
from model.network.parameters import FloatArray

SHARES = tuple(share / 100 for share in range(5, 100, 5))
"""What is tried."""

PRIOR_LETTERS = 5
"""The usual share counts as much as so many letters of held-out names: a few names alone would choose by chance."""


def log_prior(shares: FloatArray) -> FloatArray:
    """How likely shares are before any name is looked at: logarithms, up to a constant; minus infinity for 0."""
    with np.errstate(divide="ignore"):
        found: FloatArray = PRIOR_LETTERS * (WEIGHT * np.log(shares) + (1 - WEIGHT) * np.log1p(-shares))
    return found
