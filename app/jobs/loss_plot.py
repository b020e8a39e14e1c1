"""Loss curves as pictures, drawn by a process of their own and kept for a while."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import OrderedDict
from typing import TYPE_CHECKING

from app.http.problems import CANNOT_DRAW, Refusal
from app.jobs.subprocesses import run
from app.logs import get_logger
from app.serving.capacity import Capacity
from model.training.presets import PRESETS

if TYPE_CHECKING:
    from app.store.records import Job

COMMAND = [sys.executable, "-m", "app.jobs.loss_plot_process"]
TIMEOUT_SECONDS = 30
"""A picture takes one; a machine that builds its list of fonts at the same time, several."""

KEPT = 32
"""LossPlotter, of some 50 kB each."""

MAX_WAITING = 8

log = get_logger(__name__)


class LossPlotter:
    """Draws one picture at a time, at the priority of the training; an unchanged curve is not drawn again."""

    def __init__(self) -> None:
        self._capacity = Capacity(1, MAX_WAITING, TIMEOUT_SECONDS)
        self._kept: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    async def draw(self, job: Job) -> bytes:
        """The loss curve of a job, as PNG.

        Raises
        ------
        Refusal
            It cannot be drawn, or too many want to have one.
        """
        key = (job.id, len(job.history))
        if key not in self._kept:
            async with self._capacity.place():
                if key not in self._kept:  # drawn while this request waited
                    self._keep(key, await _draw(job))
        self._kept.move_to_end(key)
        return self._kept[key]

    def _keep(self, key: tuple[str, int], picture: bytes) -> None:
        self._kept[key] = picture
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


async def _draw(job: Job) -> bytes:
    preset = PRESETS.get(job.order.preset)
    told = {
        "title": job.order.model,
        "dropout": preset is not None and preset(job.report["distinct"]).drops_out,
        "history": job.history,
    }
    try:
        return await run(COMMAND, json.dumps(told).encode(), TIMEOUT_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip()
        log.error("loss plot failed", job=job.id, error=str(error), stderr=said.rpartition("\n")[2])  # noqa: TRY400 - one line
        detail = f"drawing failed, the log has the reason; GET /train/{job.id} has the figures"
        raise Refusal(CANNOT_DRAW, detail) from error
