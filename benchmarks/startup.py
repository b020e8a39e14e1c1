"""Start-up and memory of the service against an empty FastAPI app, in turn."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from benchmarks.comparison_table import Figure
from benchmarks.server import serve
from benchmarks.timing import ratios

ROUNDS = 7
SETTLE_SECONDS = 2.0
"""After the first answer, when the service opens its database."""

EMPTY = "an empty FastAPI app"


def figures(quick: bool) -> Iterator[Figure]:
    """Both as medians. The service's worker, another process, is not counted."""
    seconds: dict[str, list[float]] = {"benchmarks.empty_app": [], "app": []}
    megabytes: dict[str, list[float]] = {module: [] for module in seconds}
    for _ in range(3 if quick else ROUNDS):
        for module in seconds:
            with serve(module, WORKER="embedded") as server:
                seconds[module].append(server.start_seconds)
                time.sleep(SETTLE_SECONDS)
                megabytes[module].append(server.resident_megabytes())
    (empty, ours), (small, large) = seconds.values(), megabytes.values()
    yield Figure("start to first answer", median(ours), "s", EMPTY, ratios(ours, empty), limit=1.5)
    yield Figure("memory after the first answer", median(large), "MB", EMPTY, ratios(large, small))
    yield Figure(f"the same, beyond that of {EMPTY}", median(large) - median(small), "MB", limit=80)
