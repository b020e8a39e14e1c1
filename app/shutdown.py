"""Shutdown flag, set on SIGTERM and SIGINT."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

from anyio import Event, move_on_after

SIGNALS = (signal.SIGTERM, signal.SIGINT)

Handler = Callable[[int, FrameType | None], object]


class ShutdownFlag:
    """Whether the service is to stop.

    uvicorn stops an application once every answer has ended, so a stream without end would delay the stop until it is
    cut off. The signal comes before that.
    """

    def __init__(self) -> None:
        self._event = Event()
        self._seen: float | None = None

    @property
    def seconds_ago(self) -> float:
        """How long it has been set, or rather seen to be; -1 if it is not. Any thread may ask."""
        if not self.asked:
            return -1.0
        if self._seen is None:
            self._seen = time.monotonic()
        return time.monotonic() - self._seen

    @property
    def asked(self) -> bool:
        """Whether the service is to stop."""
        return self._event.is_set()

    def set(self) -> None:
        """Stop the service's endless work."""
        self._event.set()

    async def sleep(self, seconds: float) -> None:
        """Sleep until the time is over or the flag is set."""
        with move_on_after(seconds):
            await self._event.wait()

    @contextmanager
    def set_by_signals(self) -> Iterator[None]:
        """Set the flag on the signals of a stop, and pass them on to the handlers that they have already."""
        set_flag = partial(asyncio.get_running_loop().call_soon_threadsafe, self._event.set)
        before = {number: signal.getsignal(number) for number in SIGNALS}
        ours: dict[signal.Signals, Handler] = {}
        if threading.current_thread() is threading.main_thread():  # no other may handle signals
            ours = {number: _both(set_flag, handler) for number, handler in before.items() if callable(handler)}
        for number, handler in ours.items():
            signal.signal(number, handler)
        try:
            yield
        finally:
            for number, handler in ours.items():
                if signal.getsignal(number) is handler:
                    signal.signal(number, before[number])


def _both(set_flag: Callable[[], object], handler: Handler) -> Handler:
    def handle(number: int, frame: FrameType | None) -> None:
        set_flag()
        handler(number, frame)

    return handle
