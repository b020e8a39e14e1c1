"""Checkpoints: between two letters, the caller of a draw may hold it up, stop it, or say that its time is over.

A service draws for many at once. What it does at checkpoints goes with the thread or task that draws, as a context
variable, not with a predictor or a sequence, which several threads may use. Where nobody asked for checks, as on the
command line, drawing goes on to its end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Lock
from time import thread_time
from typing import TypeAlias

Check: TypeAlias = Callable[[bool], float]
"""Called with whether the thread can't go on anyway; the processor seconds left. It may raise, to stop the work."""

LOOK_SECONDS = 0.002
"""How often a thread that waits for another one looks whether it should stop."""

_check: ContextVar[Check] = ContextVar("check", default=lambda _: math.inf)
_seconds_uncounted: ContextVar[float] = ContextVar("seconds_uncounted", default=0.0)


class OutOfTime(Exception):
    """The time that drawing may take is over."""


@dataclass(slots=True)
class _Ahead:
    """Processor seconds that what comes ahead of an answer may take, and those that it took."""

    seconds: float
    used: float = 0.0


_ahead: ContextVar[_Ahead] = ContextVar("ahead", default=_Ahead(math.inf))  # noqa: B039 - without an end


def checkpoint(*, is_blocked: bool = False) -> bool:
    """Let others go first, where they should; whether there is time left for drawing."""
    return _check.get()(is_blocked) > 0


def look() -> None:
    """Let others go first, where they should; raises OutOfTime where there is no time left for drawing."""
    if not checkpoint():
        raise OutOfTime


def time_left() -> float:
    """Processor seconds left for drawing; infinitely many where nobody asked for checks."""
    return _check.get()(False)


@contextmanager
def checked_by(check: Check) -> Iterator[None]:
    """Within this, checkpoints call `check`."""
    before = _check.set(check)
    try:
        yield
    finally:
        _check.reset(before)


@contextmanager
def saving(share: float) -> Iterator[None]:
    """Within this, a share of the time left is kept for what comes after."""
    check, left = _check.get(), time_left()
    saved = share * left if left < math.inf else 0.0
    with checked_by(lambda is_blocked: check(is_blocked) - saved):
        yield


@contextmanager
def unhurried() -> Iterator[None]:
    """Within this, there is always time: for what is kept for others, or could not be taken up again midway."""
    check = _check.get()

    def patient(is_blocked: bool) -> float:
        check(is_blocked)
        return math.inf

    with checked_by(patient):
        yield


@contextmanager
def uncounted() -> Iterator[None]:
    """Within this, there is always time, and none of it is counted: for what comes before the work itself."""
    begun, before = thread_time(), _seconds_uncounted.get()
    try:
        with unhurried():
            yield
    finally:
        _seconds_uncounted.set(before + thread_time() - begun)


@contextmanager
def ahead() -> Iterator[None]:
    """Within this, what is needed before an answer is drawn: the time left is that for such work, all of it together.

    None of it is counted as the answer's.
    """
    check, time, begun = _check.get(), _ahead.get(), own_time()

    def own(is_blocked: bool) -> float:
        check(is_blocked)
        return time.seconds - time.used - (own_time() - begun)

    try:
        with checked_by(own):
            yield
    finally:
        used = own_time() - begun
        time.used += used
        _seconds_uncounted.set(_seconds_uncounted.get() + used)


@contextmanager
def limited_ahead(seconds: float) -> Iterator[Callable[[], float]]:
    """Within this, what comes `ahead` has so many seconds; gives how many it took so far."""
    time = _Ahead(seconds)
    before = _ahead.set(time)
    try:
        yield lambda: time.used
    finally:
        _ahead.reset(before)


@contextmanager
def for_all(*, is_counted: bool = False) -> Iterator[None]:
    """Within this, work is done that others will need too: nothing stops it, and its time is not counted, unless asked.

    At its end, what a check raised is raised.
    """
    check, stopped = _check.get(), list[Exception]()

    def patient(is_blocked: bool) -> float:
        if not stopped:
            try:
                check(is_blocked)
            except Exception as error:  # noqa: BLE001 - raised below
                stopped.append(error)
        return math.inf

    with nullcontext() if is_counted else uncounted(), checked_by(patient):
        yield
    if stopped:
        raise stopped[0]


def own_time() -> float:
    """Processor time of this thread, in seconds, without what is `uncounted`; differences of it mean something."""
    return thread_time() - _seconds_uncounted.get()


def make_once(lock: Lock, is_made: Callable[[], bool], make: Callable[[], None], *, is_counted: bool = False) -> None:
    """Make what several threads need and one of them makes, whether or not its client leaves meanwhile.

    Its time is not counted, unless asked. If each made it for itself, in turns with the others, none would have it
    before all have done the work of all.
    """

    def finish() -> None:
        with for_all(is_counted=is_counted):
            make()

    draw_on(lock, is_made, finish, is_timed=False)


def draw_on(
    lock: Lock,
    is_enough: Callable[[], bool],
    extend: Callable[[], None],
    *,
    is_timed: bool,
) -> bool:
    """Extend what several threads extend, one step after the other, until it is enough; whether there was time.

    A thread waits for another one only as long as that has not drawn what it needs.

    Parameters
    ----------
    lock
        Held during each step.
    is_enough
        Whether the caller has what it needs.
    extend
        Takes a step.
    is_timed
        Whether to end where there is no time left.
    """
    while not is_enough():
        if not checkpoint() and is_timed:
            return False
        if not lock.acquire(timeout=LOOK_SECONDS):
            checkpoint(is_blocked=True)  # the other thread may wait for the turn that this one has
            continue
        try:
            if not is_enough():
                extend()
        finally:
            lock.release()
    return True


def draw_page(
    lock: Lock,
    has: Callable[[int], bool],
    extend: Callable[[], None],
    *,
    offset: int,
    end: int,
) -> bool:
    """Extend a sequence as `draw_on` until it has its first `end` items; whether there was time.

    Those before `offset` come ahead of the answer; raises OutOfTime where there is no time for them.
    """
    if not has(offset):
        with ahead():
            if not draw_on(lock, lambda: has(offset), extend, is_timed=True):
                raise OutOfTime
    return draw_on(lock, lambda: has(end), extend, is_timed=True)
