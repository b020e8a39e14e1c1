"""Where the numerical work runs: beside the event loop, on a bounded number of threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from app.problems import OVER_CAPACITY, Refusal

RETRY_AFTER_SECONDS = 1

T = TypeVar("T")


class Capacity:
    """Runs work on `threads` threads; more than `max_waiting` requests never wait for one."""

    def __init__(self, threads: int, max_waiting: int) -> None:
        self._limiter = CapacityLimiter(threads)
        self._most = threads + max_waiting
        self._inside = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` when a thread is free; refuses at once when too many wait already."""
        if self._inside >= self._most:
            raise Refusal(
                OVER_CAPACITY,
                "too many requests are waiting; try again in a moment",
                headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
            )
        self._inside += 1
        try:
            return await to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._inside -= 1
