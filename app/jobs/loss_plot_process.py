"""`python -m app.jobs.loss_plot_process`: a loss curve from standard input as a picture on standard output.

Matplotlib takes most of a second and 70 MB, so it has a process of its own for as long as it draws.
"""

from __future__ import annotations

import json
import math
import os
import sys
import tempfile

from model.training.loss_plot import picture

NICENESS = 10
SHARED_MEMORY = "/dev/shm"  # noqa: S108 - a folder of random name is made in it


def main() -> None:
    """Draw `{"title": ..., "dropout": ..., "history": [[step, training loss, held-out loss or null], ...]}`."""
    os.nice(NICENESS)
    _find_scratch_space()
    told = json.load(sys.stdin)
    history = [(step, train, math.nan if held_out is None else held_out) for step, train, held_out in told["history"]]
    sys.stdout.buffer.write(picture(history, told["title"], dropout=told["dropout"]))


def _find_scratch_space() -> None:
    """Matplotlib wants to write somewhere, which a container whose root is read-only offers in one place only."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        tempfile.tempdir = SHARED_MEMORY


if __name__ == "__main__":
    main()
