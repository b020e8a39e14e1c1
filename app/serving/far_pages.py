"""Drawing what comes before a far page of a seed: in slices that take turns with other requests."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from app.serving.capacity import Capacity
from app.serving.errors import Busy
from app.serving.sequences import FarPage
from app.serving.turns import SLICE_SECONDS, Turns

T = TypeVar("T")


class FarPages:
    """Runs the work of requests, some of which need names that are far from drawn: of these at most `most` at once.

    Work is run again after what it lacked was drawn, so it must ask for the same names each time.
    """

    def __init__(self, capacity: Capacity, turns: Turns, *, most: int) -> None:
        self._capacity, self._turns, self._most = capacity, turns, most
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
            while not await self._turns.run(partial(far.advance, SLICE_SECONDS)):
                pass
        finally:
            self._running -= 1
