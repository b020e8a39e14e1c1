"""Loss curves as pictures, drawn by a process of their own and cached."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Sequence

from app.jobs.errors import LossPlotFailed
from app.logs import get_logger
from app.serving.capacity import Capacity
from app.serving.subprocesses import run
from app.store.records import Job

COMMAND = (sys.executable, "-m", "app.jobs.loss_plot_process")
TIMEOUT_SECONDS = 30.0
"""A picture takes one; a machine that builds its list of fonts at the same time, several."""

CACHED_PICTURES = 32
"""Of some 50 kB each."""

MAX_WAITING = 8

log = get_logger(__name__)


class LossPlotter:
    """Draws one picture at a time, at the priority of the training; an unchanged curve is not drawn again."""

    def __init__(self, *, command: Sequence[str] = COMMAND, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._command = command
        self._timeout_seconds = timeout_seconds
        self._capacity = Capacity(1, MAX_WAITING, TIMEOUT_SECONDS)
        self._cached: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    async def draw(self, job: Job) -> bytes:
        """The loss curve of a job, as PNG.

        Raises
        ------
        LossPlotFailed, Busy
            It cannot be drawn, or too many wait for theirs.
        """
        key = (job.id, len(job.history))
        if key not in self._cached:
            async with self._capacity.slot():
                if key not in self._cached:  # drawn while this request waited
                    self._cached[key] = await self._draw(job)
                    while len(self._cached) > CACHED_PICTURES:
                        self._cached.popitem(last=False)
        self._cached.move_to_end(key)
        return self._cached[key]

    async def _draw(self, job: Job) -> bytes:
        fields = {"title": job.order.model, "plan": job.plan, "history": job.history}
        try:
            return await run(self._command, json.dumps(fields).encode(), self._timeout_seconds)
        except (OSError, subprocess.SubprocessError) as error:
            stderr = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip()
            log.error("loss plot failed", job=job.id, error=str(error), stderr=stderr.rpartition("\n")[2])  # noqa: TRY400 - one line
            raise LossPlotFailed(job.id) from error
