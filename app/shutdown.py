"""Word of a stop before the server waits for what is still open."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

from anyio import Event, move_on_after

SIGNALS = (signal.SIGTERM, signal.SIGINT)

Handler = Callable[[int, FrameType | None], object]


class ShutdownFlag:
    """Whether the service has been told to stop.

    uvicorn tells an application of a stop once every answer has ended, so one that goes on and on would hold up the
    stop until it is cut off. The signal comes before that.
    """

    def __init__(self) -> None:
        self._event = Event()

    @property
    def asked(self) -> bool:
        """Whether it is time to come to an end."""
        return self._event.is_set()

    async def sleep(self, seconds: float) -> None:
        """Sleep, but not beyond the word of a stop."""
        with move_on_after(seconds):
            await self._event.wait()

    @contextmanager
    def foreseen(self) -> Iterator[None]:
        """Listen to the signals of a stop, and pass them on to whoever handles them already."""
        word = partial(asyncio.get_running_loop().call_soon_threadsafe, self._event.set)
        before = {number: signal.getsignal(number) for number in SIGNALS}
        ours: dict[signal.Signals, Handler] = {}
        if threading.current_thread() is threading.main_thread():  # no other has to do with signals
            ours = {number: _both(word, handler) for number, handler in before.items() if callable(handler)}
        for number, handler in ours.items():
            signal.signal(number, handler)
        try:
            yield
        finally:
            for number, handler in ours.items():
                if signal.getsignal(number) is handler:
                    signal.signal(number, before[number])


def _both(word: Callable[[], object], handler: Handler) -> Handler:
    def handle(number: int, frame: FrameType | None) -> None:
        word()
        handler(number, frame)

    return handle
