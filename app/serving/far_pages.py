"""Drawing what comes before a far page of a seed: in slices that take turns with other requests."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from anyio import Semaphore

from app.serving.capacity import Capacity
from app.serving.errors import Busy
from app.serving.sequences import FarPage
from app.shutdown import ShutdownFlag

SLICE_SECONDS = 0.05
"""What a slice takes of a thread, as far as names come in smaller batches."""

T = TypeVar("T")


class FarPages:
    """Runs the work of requests, some of which need names that are far from drawn: of these at most `most` at once.

    Where there are several `threads`, slices never take all of them.
    """

    def __init__(self, capacity: Capacity, shutdown: ShutdownFlag, *, threads: int, most: int) -> None:
        self._capacity, self._shutdown = capacity, shutdown
        self._turn = Semaphore(max(threads - 1, 1))
        self._most = most
        self._running = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Run work in a thread, and again after what it lacked was drawn; raises Busy as `Capacity.run` does."""
        while True:
            try:
                return await self._capacity.run(work)
            except FarPage as far:
                await self._draw(far)
                far.keep()

    async def _draw(self, far: FarPage) -> None:
        if self._running >= self._most:
            raise Busy("too many pages far from the beginning of their seeds are being drawn")
        self._running += 1
        try:
            is_drawn = False
            while not is_drawn:
                if self._shutdown.asked:
                    raise Busy("the service stops")
                async with self._turn:
                    is_drawn = await self._capacity.run_in_turn(partial(far.advance, SLICE_SECONDS))
        finally:
            self._running -= 1
