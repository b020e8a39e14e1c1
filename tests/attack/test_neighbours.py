import numpy as np
import pytest

from tests.attack import neighbours
from tests.attack.attackers import KINDS


@pytest.mark.slow
@pytest.mark.no_cover
def test_every_plain_request_is_answered_beside_attackers_of_each_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "START_SECONDS", 0.0)
    monkeypatch.setattr(neighbours, "BEGIN_SECONDS", 0.5)
    report = neighbours.attack(20, np.random.default_rng(1))
    assert report.breaches == []
    assert report.outcomes == {"answered": 20 * (1 + len(KINDS))}
    assert [note.partition("  ")[0] for note in report.notes] == ["beside", "nobody", *KINDS]
