import numpy as np
import pytest

from tests.attack import strings


@pytest.mark.parametrize("seed", [1, 2])
def test_of_hostile_texts_none_is_dear_and_none_fails(seed: int) -> None:
    report = strings.attack(60, np.random.default_rng(seed))
    assert report.breaches == []
    assert report.outcomes["4xx"] > 60
