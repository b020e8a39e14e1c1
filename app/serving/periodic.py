"""A periodic task that callers can trigger and await."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from anyio import Event, move_on_after, sleep

SHORTEST_PAUSE_SECONDS = 0.05
"""Between two runs, however often they are triggered."""


class PeriodicTask:
    """Repeats a piece of work, and lets callers wait for a run that begins after they asked.

    Attributes
    ----------
    runs : int
        How often the work has begun.
    """

    def __init__(self) -> None:
        self.runs = 0
        self._triggered = Event()
        self._finished = Event()  # the next run that begins
        self._stopped = False

    async def trigger(self, timeout_seconds: float) -> bool:
        """Begin the next run now and wait until it has finished; returns whether it did within the time."""
        if self._stopped:
            return False
        finished = self._finished
        self._triggered.set()
        with move_on_after(timeout_seconds):
            await finished.wait()
        return finished.is_set()

    async def repeat(self, work: Callable[[], Awaitable[None]], pause_seconds: Callable[[], float]) -> None:
        """Do the work again and again until cancelled, and then release those who wait."""
        try:
            while True:
                self.runs += 1
                finished, self._finished, self._triggered = self._finished, Event(), Event()
                try:
                    await work()
                finally:
                    finished.set()
                await sleep(SHORTEST_PAUSE_SECONDS)
                with move_on_after(pause_seconds() - SHORTEST_PAUSE_SECONDS):
                    await self._triggered.wait()
        finally:
            self._stopped = True
            self._finished.set()
