import io
import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pytest
from matplotlib import image

from app.http.problems import Refusal
from app.jobs import loss_plot as pictures
from app.jobs import loss_plot_process as drawing
from app.jobs.loss_plot import KEPT, MAX_WAITING, LossPlotter
from tests.support.admin import QUEUED

HISTORY = tuple((step, 2 + math.exp(-step / 200), 2.1 if step % 250 == 0 else None) for step in range(50, 1001, 50))
JOB = replace(QUEUED, report={"distinct": 60}, history=HISTORY)
ROOT = Path(__file__).parents[3]


def pixels(picture: bytes) -> Any:
    return image.imread(io.BytesIO(picture))[..., :3]


def is_drawn(picture: bytes, colour: tuple[int, int, int]) -> bool:
    return bool(((np.abs(pixels(picture) * 255 - colour) < 3).all(axis=-1).sum()) > 500)


@pytest.mark.anyio
async def test_a_picture_shows_both_curves_and_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures_ = LossPlotter()
    drawn = await pictures_.draw(JOB)
    assert pixels(drawn).shape == (675, 1200, 3)
    assert is_drawn(drawn, (0x9D, 0xB4, 0xD6))
    assert is_drawn(drawn, (0xC2, 0x41, 0x0C))
    monkeypatch.setattr(pictures, "COMMAND", ["false"])
    assert await pictures_.draw(JOB) is drawn
    with pytest.raises(Refusal):
        await pictures_.draw(replace(JOB, history=HISTORY[:-1]))


@pytest.mark.anyio
async def test_a_training_without_a_point_has_a_picture_too() -> None:
    empty = await LossPlotter().draw(replace(JOB, history=()))
    assert not is_drawn(empty, (0xC2, 0x41, 0x0C))


@pytest.mark.anyio
@pytest.mark.parametrize(
    "command", [["false"], ["/no/such/command"], ["sleep", "9"], ["sh", "-c", "echo why >&2; exit 1"]]
)
async def test_a_picture_that_cannot_be_drawn_is_a_problem(
    command: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pictures, "COMMAND", command)
    monkeypatch.setattr(pictures, "TIMEOUT_SECONDS", 0.2)
    with pytest.raises(Refusal) as refused:
        await LossPlotter().draw(JOB)
    assert (refused.value.status_code, refused.value.kind.slug) == (503, "cannot-draw")
    assert "loss plot failed" in caplog.messages


@pytest.mark.anyio
async def test_few_are_kept_and_few_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "COMMAND", ["cat"])
    some = LossPlotter()
    for n in range(KEPT + 5):
        assert json.loads(await some.draw(replace(JOB, id=str(n))))["title"] == "elves"
    assert len(some._kept) == KEPT
    monkeypatch.setattr(pictures, "COMMAND", ["sh", "-c", "sleep 0.1; cat"])
    kinds: list[str] = []

    async def ask(n: int) -> None:
        try:
            await some.draw(replace(JOB, id=f"new {n}"))
        except Refusal as refusal:
            kinds.append(refusal.kind.slug)

    async with anyio.create_task_group() as group:
        for n in range(MAX_WAITING + 3):
            group.start_soon(ask, n)
    assert kinds == ["over-capacity"] * 2


@pytest.mark.anyio
async def test_the_drawing_process_gets_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAMEWRIGHT_ADMIN_TOKEN", "open sesame")
    monkeypatch.setattr(pictures, "COMMAND", ["env"])
    assert b"sesame" not in await LossPlotter().draw(JOB)


def test_it_draws_where_nothing_but_shared_memory_can_be_written() -> None:
    """As in a container with a read-only root."""
    told = json.dumps({"title": "elves", "dropout": True, "history": HISTORY})
    code = (
        "import tempfile; from app.jobs import loss_plot_process as drawing\n"
        "tempfile._candidate_tempdir_list = lambda: ['/nonexistent']\n"
        "drawing.main()"
    )
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "MPLCONFIGDIR": "/dev/null/none"}
    done = subprocess.run(
        [sys.executable, "-c", code], input=told.encode(), capture_output=True, cwd=ROOT, env=environment, timeout=60
    )
    assert pixels(done.stdout).shape == (675, 1200, 3), done.stderr.decode()


def test_it_steps_back_behind_the_service() -> None:
    code = (
        "import os; from app.jobs import loss_plot_process as drawing; "
        "drawing.picture = lambda *_, **__: b''; drawing.main(); print(os.nice(0))"
    )
    told = json.dumps({"title": "elves", "dropout": True, "history": []})
    done = subprocess.run(
        [sys.executable, "-c", code], input=told, capture_output=True, cwd=ROOT, text=True, check=True
    )
    assert int(done.stdout) >= drawing.NICENESS
