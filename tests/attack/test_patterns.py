import numpy as np
import pytest

from tests.attack import patterns

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]


def test_of_hostile_patterns_and_lists_none_is_dear_and_none_fails() -> None:
    report = patterns.attack(15, np.random.default_rng(1), models=("us",))
    assert report.breaches == []
    assert report.outcomes.total() == 15
    assert len(report.notes) == patterns.SHOWN_DEAREST
