"""The benchmark of casts."""

import pytest

from benchmarks import casts


@pytest.mark.no_cover
def test_each_cast_is_farther_apart_than_names_at_random(capsys: pytest.CaptureFixture[str]) -> None:
    measured = list(casts.casts("finnish-girls"))
    assert len(measured) == casts.SEEDS
    assert all(one.smallest > one.smallest_at_random for one in measured)
    assert all(one.repeated == 0 and len(set(one.names)) == casts.COUNT for one in measured)
    assert casts.main(["finnish-girls"]) == 0
    *_, model, total = capsys.readouterr().out.splitlines()
    assert model.startswith("| `finnish-girls` | 0.")
    assert total.startswith("| all 5 | 0.")
