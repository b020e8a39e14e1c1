"""`python -m app.jobs.loss_plot_process`: draws a loss curve from standard input, with PNG on standard output.

A process of its own, since Matplotlib takes most of a second and 70 MB.
"""

from __future__ import annotations

import json
import math
import os
import sys
import tempfile

from model.training.hyperparameters import Hyperparameters
from model.training.loss_plot import picture

NICENESS = 10
SHARED_MEMORY = "/dev/shm"  # noqa: S108 - a folder of random name is made in it


def main() -> None:
    """Draw `{"title": ..., "plan": {...} or null, "history": [[step, training loss, held-out loss or null], ...]}`."""
    os.nice(NICENESS)
    _find_scratch_space()
    fields = json.load(sys.stdin)
    history = [(step, train, math.nan if held_out is None else held_out) for step, train, held_out in fields["history"]]
    plan = fields["plan"] and Hyperparameters(**fields["plan"])
    sys.stdout.buffer.write(picture(history, fields["title"], plan=plan))


def _find_scratch_space() -> None:
    """Give Matplotlib a folder to write to; a container whose root is read-only has only one."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        tempfile.tempdir = SHARED_MEMORY


if __name__ == "__main__":
    main()
