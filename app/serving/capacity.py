"""A bounded number of threads for numerical work, beside the event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from anyio import Semaphore, move_on_after, to_thread

from app.serving.errors import Busy

T = TypeVar("T")


class Capacity:
    """Slots for work in threads: at most `threads` run, at most `max_waiting` wait, none longer than the maximum."""

    def __init__(self, threads: int, max_waiting: int, max_wait_seconds: float) -> None:
        self._free = Semaphore(threads)
        self._max_inside = threads + max_waiting
        self._max_wait_seconds = max_wait_seconds
        self._inside = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Run work in a thread; raises Busy at once where too many wait, and later where no thread became free."""
        async with self.slot():
            return await to_thread.run_sync(work)

    async def run_in_turn(self, work: Callable[[], T]) -> T:
        """Run a part of work that has begun, when a thread is free; it is never refused, so its parts should be few."""
        async with self._free:
            return await to_thread.run_sync(work)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold a slot without using its thread."""
        if self._inside >= self._max_inside:
            raise Busy
        self._inside += 1
        try:
            with move_on_after(self._max_wait_seconds) as waiting:
                await self._free.acquire()
            if waiting.cancelled_caught:
                raise Busy
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._inside -= 1
