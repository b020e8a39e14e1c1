"""Work that goes round by itself, and that others may hurry and wait for."""

from __future__ import annotations

from anyio import Event, move_on_after, sleep

LEAST_PAUSE_SECONDS = 0.05
"""Between two rounds, however many hurry them."""


class PeriodicTask:
    """Where the one who goes round meets those who wait for the next round: one that begins after they asked.

    Attributes
    ----------
    begun : int
        PeriodicTask so far.
    """

    def __init__(self) -> None:
        self.begun = 0
        self._wanted = Event()
        self._done = Event()
        self._over = False

    async def next(self, most_seconds: float) -> bool:
        """Hurry the next round and wait until it is done; tells whether it was within that time."""
        if self._over:
            return False
        done = self._done
        self._wanted.set()
        with move_on_after(most_seconds):
            await done.wait()
        return done.is_set()

    def begin(self) -> Event:
        """Begin a round, for all who asked until now; to be set when it is done."""
        self.begun += 1
        done, self._done, self._wanted = self._done, Event(), Event()
        return done

    async def pause(self, seconds: float) -> None:
        """Wait until the next round is due or wanted."""
        await sleep(LEAST_PAUSE_SECONDS)
        with move_on_after(seconds - LEAST_PAUSE_SECONDS):
            await self._wanted.wait()

    def end(self) -> None:
        """Go round no more; who waits is let go."""
        self._over = True
        self._done.set()
