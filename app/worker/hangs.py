"""Finds threads that hang.

A thread that computes takes time of the processor, however slow the machine is, and one that waits with a bound takes
a little whenever it looks again: for the database, for a lock, for its turn. One that takes none at all, for minutes,
waits for something that never comes. What runs round in circles is not found: it looks like work.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import current_thread, get_ident


@dataclass(frozen=True, slots=True)
class Hang:
    """A thread that hangs, and where."""

    thread: str
    stack: str


@dataclass(slots=True)
class _Watched:
    name: str
    clock: int  # of the processor time that the thread has taken
    seconds: float = -1.0  # of it, at the last look
    looks: int = 0  # in a row at which it was the same


class ThreadWatch:
    """Looks again and again whether watched threads go on.

    Parameters
    ----------
    most_looks
        At how many looks in a row a thread may have done nothing. Looks are counted, not seconds, which go on while
        the machine lets the whole process rest.
    """

    def __init__(self, most_looks: int) -> None:
        self._most_looks = most_looks
        self._watched: dict[int, _Watched] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the thread that calls this, where the system counts the time of each."""
        thread = get_ident()
        if hasattr(time, "pthread_getcpuclockid"):
            self._watched[thread] = _Watched(current_thread().name, time.pthread_getcpuclockid(thread))
        try:
            yield
        finally:
            self._watched.pop(thread, None)

    def look(self) -> Hang | None:
        """Look once; a thread that hangs, if there is one."""
        for thread, watched in list(self._watched.items()):
            with suppress(OSError):  # the thread has ended since
                seconds = time.clock_gettime(watched.clock)
                watched.looks = watched.looks + 1 if seconds == watched.seconds else 0
                watched.seconds = seconds
            if watched.looks >= self._most_looks:
                frame = sys._current_frames().get(thread)  # noqa: SLF001 - as the library's documentation has it
                return Hang(watched.name, "".join(traceback.format_stack(frame)) if frame else "")
        return None
