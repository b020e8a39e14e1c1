"""The recording that the page shows is what the original recipe does."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.support.checkout import ROOT

RECORDING = json.loads((ROOT / "app/http/static/recording.json").read_text("utf-8"))
STEPS = 1000


@pytest.mark.no_cover
def test_the_recording_begins_as_the_training_does() -> None:
    command = [sys.executable, "scripts/record_training.py", "--steps", str(STEPS)]
    made = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)

    assert [step for step, _ in made["points"]] == [500, 1000]
    for (step, loss), (recorded_step, recorded_loss) in zip(made["points"], RECORDING["points"], strict=False):
        assert (step, loss) == (recorded_step, pytest.approx(recorded_loss, rel=1e-3))
    assert made["moments"][0] == RECORDING["moments"][0]
    assert {name: made[name] for name in made.keys() - {"points", "moments"}}.items() <= RECORDING.items()


def test_the_recording_is_of_all_steps() -> None:
    assert [step for step, _ in RECORDING["points"]] == list(range(500, 100_001, 500))
    assert RECORDING["moments"][-1][0] == 100_000
