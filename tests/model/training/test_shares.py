from __future__ import annotations

import numpy as np

from model.generation.predictor import WEIGHT
from model.training.shares import SHARES, log_prior


def test_the_usual_share_is_the_likeliest_before_any_name_and_none_at_all_impossible() -> None:
    likelihoods = log_prior(np.array([0.0, *SHARES]))
    assert (0.0, *SHARES)[int(np.argmax(likelihoods))] == WEIGHT
    assert likelihoods[0] == -np.inf
    assert np.isfinite(likelihoods[1:]).all()
