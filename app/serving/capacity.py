"""Where the numerical work runs: beside the event loop, on a bounded number of threads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from anyio import Semaphore, move_on_after, to_thread

from app.http.problems import OVER_CAPACITY, Refusal

RETRY_AFTER_SECONDS = 1

T = TypeVar("T")


class Capacity:
    """Runs work on `threads` threads; no more than `max_waiting` requests wait for one, and none for long."""

    def __init__(self, threads: int, max_waiting: int, max_wait_seconds: float) -> None:
        self._free = Semaphore(threads)
        self._most = threads + max_waiting
        self._seconds = max_wait_seconds
        self._inside = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` when a thread is free; refuses at once when too many wait, and later when none got free."""
        async with self.place():
            return await to_thread.run_sync(work)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Have the place of one thread for a while, for work that brings its own."""
        if self._inside >= self._most:
            raise _refusal()
        self._inside += 1
        try:
            await self._wait()
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._inside -= 1

    async def _wait(self) -> None:
        with move_on_after(self._seconds) as waited:
            await self._free.acquire()
        if waited.cancelled_caught:
            raise _refusal()


def _refusal() -> Refusal:
    return Refusal(
        OVER_CAPACITY,
        "too many requests are waiting; try again in a moment",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )
