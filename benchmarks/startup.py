"""Start-up and memory of the service against an empty FastAPI app, in turn."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from benchmarks.server import serve

ROUNDS = 7
SETTLE_SECONDS = 2.0
"""After the first answer, when the service opens its database."""


def rows() -> Iterator[tuple[str, str, str]]:
    """What was measured, its median, and how that compares. The service's worker, another process, is not counted."""
    seconds: dict[str, list[float]] = {"benchmarks.empty_app": [], "app": []}
    megabytes: dict[str, list[float]] = {module: [] for module in seconds}
    for _ in range(ROUNDS):
        for module in seconds:
            with serve(module) as server:
                seconds[module].append(server.start_seconds)
                time.sleep(SETTLE_SECONDS)
                megabytes[module].append(server.resident_megabytes())
    (empty, service), (small, large) = map(median, seconds.values()), map(median, megabytes.values())
    yield "start to first answer, an empty FastAPI app", f"{empty:.2f} s", ""
    yield "start to first answer, the service", f"{service:.2f} s", f"{service / empty:.2f} × the empty app"
    yield "memory, an empty FastAPI app", f"{small:.0f} MB", ""
    yield "memory, the service", f"{large:.0f} MB", f"{large - small:+.0f} MB, {large / small:.2f} × the empty app"
