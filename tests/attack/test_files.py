import numpy as np
import pytest

from tests.attack import files
from tests.attack.report import MEBIBYTE, Cost, measured


@pytest.mark.parametrize("seed", [1, 2])
def test_of_altered_files_none_is_believed_and_none_is_dear(seed: int) -> None:
    report = files.attack(120, np.random.default_rng(seed))
    assert report.breaches == []
    assert report.outcomes.total() == 120
    assert report.outcomes.keys() == {"refused by the card", "refused when loaded", "answered"}


def test_what_is_dear_or_believed_or_fails_is_a_breach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_CPU_SECONDS", 0.0)
    report = files.attack(3, np.random.default_rng(1))
    assert len(report.breaches) == 3
    assert "3 got through" in str(report)


def test_memory_that_an_action_held_at_its_peak_is_measured_although_it_is_given_back() -> None:
    _, first = measured(lambda: bytearray(b"x" * (40 * MEBIBYTE)) and None)
    _, second = measured(lambda: None)
    assert first.peak_bytes > 30 * MEBIBYTE or first.peak_bytes == 0  # where the system does not tell
    assert second.peak_bytes < 10 * MEBIBYTE
    assert isinstance(first, Cost)
