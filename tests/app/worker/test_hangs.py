"""Which threads hang."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Lock, Thread

import pytest

from app.worker.hangs import Hang, ThreadWatch
from tests.support.processes import until

PAUSE_SECONDS = 0.05
LOOKS = 8


def started(watch: ThreadWatch, work: Callable[[], object]) -> Thread:
    begun = Event()

    def run() -> None:
        with watch.watching():
            begun.set()
            work()

    thread = Thread(target=run, name="under test", daemon=True)
    thread.start()
    assert begun.wait(60)
    return thread


def found(watch: ThreadWatch) -> Hang | None:
    """What so many looks find."""
    for _ in range(3 * LOOKS):
        if hang := watch.look():
            return hang
        time.sleep(PAUSE_SECONDS)
    return None


def wait_for_what_never_comes() -> None:
    never = Lock()
    never.acquire()
    never.acquire()


def test_a_thread_that_waits_for_what_never_comes_hangs() -> None:
    watch = ThreadWatch(LOOKS)
    started(watch, wait_for_what_never_comes)
    hang = found(watch)
    assert hang is not None
    assert hang.thread == "under test"
    assert "wait_for_what_never_comes" in hang.stack


@pytest.mark.parametrize("pause", [0.0, PAUSE_SECONDS / 2])
def test_a_thread_that_computes_or_waits_with_a_bound_does_not(pause: float) -> None:
    watch, over = ThreadWatch(LOOKS), Event()

    def go_on() -> None:
        while not over.wait(pause):
            sum(range(100))

    thread = started(watch, go_on)
    assert found(watch) is None
    over.set()
    thread.join()


def test_a_thread_that_has_ended_is_watched_no_longer() -> None:
    watch, over = ThreadWatch(1), Event()
    thread = started(watch, over.wait)
    until(watch.look, "a hang")
    over.set()
    thread.join()
    assert found(watch) is None
