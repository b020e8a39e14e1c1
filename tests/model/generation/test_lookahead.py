"""Looking ahead in large alphabets."""

from __future__ import annotations

import numpy as np
import pytest

from model.constraints.constraints import Constraints
from model.generation.lookahead import MAX_PROBABILITIES
from model.generation.options import Options
from model.generation.sampling import draw
from model.generation.served import predictor_of
from tests.support.random_models import random_model


@pytest.mark.parametrize(("letters", "order"), [(60, 3), (100, 3), (101, 2), (499, 2)])
def test_an_n_gram_that_looks_ahead_is_small_whatever_the_alphabet(letters: int, order: int) -> None:
    """Its temperature is that of the request, so it is bent for each; of 500 letters, three in a row are a gigabyte."""
    predictor = predictor_of(random_model("".join(chr(0x4E00 + place) for place in range(letters)), end=2))
    options = Options(max_length=3, temperature=9, constraints=Constraints(regex=".*一"))
    drawn = draw(predictor, 3, options, np.random.default_rng(0))

    assert drawn.names
    assert max(predictor.low_orders) == order
    assert all(made.probabilities.size <= MAX_PROBABILITIES for made in predictor.low_orders.values())
