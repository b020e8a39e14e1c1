import io
import json
import math
import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pytest
from matplotlib import image

from app.http.problems import problem_of
from app.jobs.errors import LossPlotFailed
from app.jobs.loss_plot import CACHED_PICTURES, MAX_WAITING, LossPlotter
from app.jobs.loss_plot_process import NICENESS
from app.serving.errors import Busy
from model.training.presets import PRESETS
from tests.support.admin import QUEUED

HISTORY = tuple((step, 2 + math.exp(-step / 200), 2.1 if step % 250 == 0 else None) for step in range(50, 1001, 50))
JOB = replace(QUEUED, plan=asdict(PRESETS["default"](60)), history=HISTORY)
ROOT = Path(__file__).parents[3]


def pixels(picture: bytes) -> Any:
    return image.imread(io.BytesIO(picture))[..., :3]


def is_drawn(picture: bytes, colour: tuple[int, int, int]) -> bool:
    return bool(((np.abs(pixels(picture) * 255 - colour) < 3).all(axis=-1).sum()) > 500)


@pytest.fixture
def counting(tmp_path: Path) -> tuple[list[str], Path]:
    """A command that answers with its input, and a file in which it leaves a letter each time."""
    calls = tmp_path / "calls"
    calls.touch()
    return ["sh", "-c", f"printf x >>{calls}; sleep 0.1; cat"], calls


@pytest.mark.anyio
async def test_a_picture_shows_both_curves() -> None:
    drawn = await LossPlotter().draw(JOB)
    assert pixels(drawn).shape == (675, 1200, 3)
    assert is_drawn(drawn, (0x9D, 0xB4, 0xD6))
    assert is_drawn(drawn, (0xC2, 0x41, 0x0C))


@pytest.mark.anyio
async def test_a_curve_is_drawn_once(counting: tuple[list[str], Path]) -> None:
    command, calls = counting
    plotter = LossPlotter(command=command)
    drawn = await plotter.draw(JOB)
    assert json.loads(drawn)["plan"] == JOB.plan
    assert await plotter.draw(JOB) is drawn
    assert calls.read_text() == "x"
    await plotter.draw(replace(JOB, history=HISTORY[:-1]))
    assert calls.read_text() == "xx"


@pytest.mark.anyio
async def test_a_training_without_a_point_has_a_picture_too() -> None:
    empty = await LossPlotter().draw(replace(JOB, plan=None, history=()))
    assert not is_drawn(empty, (0xC2, 0x41, 0x0C))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["false"], "exit status 1"),
        (["/no/such/command"], "No such file"),
        (["sleep", "9"], "the process took longer than 0.2 seconds"),
        (["sh", "-c", "echo why >&2; exit 1"], "why"),
    ],
)
async def test_a_picture_that_cannot_be_drawn_is_a_problem_for_now_whose_reason_is_logged(
    command: list[str], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(LossPlotFailed) as refused:
        await LossPlotter(command=command, timeout_seconds=0.2).draw(JOB)
    problem = problem_of(refused.value)
    assert (problem.kind.status, problem.kind.slug) == (503, "cannot-draw")
    assert int(problem.headers["Retry-After"]) > 0
    (logged,) = [record for record in caplog.records if record.message == "loss plot failed"]
    assert reason in str(vars(logged))


@pytest.mark.anyio
async def test_few_are_kept_and_few_may_wait(counting: tuple[list[str], Path]) -> None:
    command, calls = counting
    plotter = LossPlotter(command=["cat"])
    first = await plotter.draw(replace(JOB, id="0"))
    second = await plotter.draw(replace(JOB, id="1"))
    for n in range(2, CACHED_PICTURES + 1):
        await plotter.draw(replace(JOB, id=str(n)))
    assert await plotter.draw(replace(JOB, id="1")) is second
    assert await plotter.draw(replace(JOB, id="0")) is not first
    plotter = LossPlotter(command=command)
    refused: list[int] = []

    async def ask(n: int) -> None:
        try:
            await plotter.draw(replace(JOB, id=f"new {n}"))
        except Busy:
            refused.append(n)

    async with anyio.create_task_group() as group:
        for n in range(MAX_WAITING + 3):
            group.start_soon(ask, n)
    assert len(refused) == 2
    assert calls.read_text() == "x" * (MAX_WAITING + 1)


@pytest.mark.anyio
async def test_the_drawing_process_gets_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAMEWRIGHT_ADMIN_TOKEN", "open sesame")
    assert b"sesame" not in await LossPlotter(command=["env"]).draw(JOB)


def test_it_draws_where_nothing_but_shared_memory_can_be_written() -> None:
    """As in a container with a read-only root."""
    body = json.dumps({"title": "elves", "plan": JOB.plan, "history": HISTORY})
    code = (
        "import tempfile; from app.jobs import loss_plot_process as drawing\n"
        "tempfile._candidate_tempdir_list = lambda: ['/nonexistent']\n"
        "drawing.main()"
    )
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "MPLCONFIGDIR": "/dev/null/none"}
    done = subprocess.run(
        [sys.executable, "-c", code], input=body.encode(), capture_output=True, cwd=ROOT, env=environment, timeout=60
    )
    assert pixels(done.stdout).shape == (675, 1200, 3), done.stderr.decode()


def test_it_steps_back_behind_the_service() -> None:
    code = (
        "import os; from app.jobs import loss_plot_process as drawing; "
        "drawing.picture = lambda *_, **__: b''; drawing.main(); print(os.nice(0))"
    )
    body = json.dumps({"title": "elves", "plan": None, "history": []})
    done = subprocess.run(
        [sys.executable, "-c", code], input=body, capture_output=True, cwd=ROOT, text=True, check=True
    )
    assert int(done.stdout) >= NICENESS
