"""Long work in parts, each of which waits for a thread anew: other requests come between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from anyio import Semaphore

from app.serving.capacity import Capacity
from app.serving.errors import Busy
from app.shutdown import ShutdownFlag

SLICE_SECONDS = 0.05
"""What a part takes of a thread, as far as names come in smaller batches."""

T = TypeVar("T")


class Turns:
    """Runs parts of work in threads; where there are several `threads`, parts never take all of them."""

    def __init__(self, capacity: Capacity, shutdown: ShutdownFlag, *, threads: int) -> None:
        self._capacity, self._shutdown = capacity, shutdown
        self._free = Semaphore(max(threads - 1, 1))

    async def run(self, part: Callable[[], T]) -> T:
        """Run one part; raises Busy when the service stops."""
        if self._shutdown.asked:
            raise Busy("the service stops")
        async with self._free:
            return await self._capacity.run_in_turn(part)
