"""The benchmark of which lists names sound like."""

import pytest

from benchmarks import comparison


def test_most_held_out_names_sound_like_the_list_they_are_from(capsys: pytest.CaptureFixture[str]) -> None:
    found = comparison.main(4)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[:2] == ["all", str(len(found))]
    assert len(found) > 40
    named = [one.model in [each.model for each in one.likely] for one in found]
    assert sum(named) / len(named) > 0.5
    assert lines[1].split()[3] == f"{sum(named) / len(named):.0%}"
    assert lines[-1].endswith("ms a name")
