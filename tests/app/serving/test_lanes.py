"""What is taken on, what is refused, and what goes first."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import anyio
import pytest

from app.serving.errors import Busy, ClientLeft
from app.serving.lanes import AT_ONCE_SECONDS, LONGEST_AT_ONCE_SECONDS, SHORT_SECONDS, SLICE_SECONDS, Client, Lanes
from app.shutdown import ShutdownFlag
from model.cached import cached_property
from model.generation.checkpoints import checkpoint, for_all

pytestmark = pytest.mark.anyio

LONG = 10 * SHORT_SECONDS


def lanes(shutdown: ShutdownFlag | None = None, **kwargs: float) -> Lanes:
    return Lanes(
        shutdown or ShutdownFlag(),
        threads=int(kwargs.pop("threads", 2)),
        max_waiting=int(kwargs.pop("max_waiting", 64)),
        **{"max_wait_seconds": 5.0, "max_seconds": 2.0} | kwargs,
    )


def busy(seconds: float) -> bool:
    """Take so much processor time, with checkpoints; whether there was time left."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        has_time = checkpoint()
    return has_time


@asynccontextmanager
async def occupying(lanes: Lanes, *works: tuple[float, str]) -> AsyncIterator[Callable[[], None]]:
    """Work of estimated seconds and clients waits inside, until this is called or left."""
    release = threading.Event()
    try:
        async with anyio.create_task_group() as group:
            for seconds, address in works:
                group.start_soon(lanes.run, lambda: release.wait(30), seconds, Client(address))
            await anyio.sleep(0.05)
            yield release.set
            release.set()
    finally:
        release.set()


async def test_what_is_short_does_not_wait_for_what_is_long() -> None:
    both = lanes()
    async with occupying(both, (LONG, "a")):
        with anyio.fail_after(30):
            assert await both.run(lambda: "short", SHORT_SECONDS / 2, Client("b")) == "short"


async def test_what_takes_a_moment_is_done_on_the_event_loop_and_in_a_thread_where_it_takes_longer() -> None:
    threads: list[int] = []

    def work(seconds: float) -> str:
        threads.append(threading.get_ident())
        busy(seconds)
        return "done"

    both = lanes()
    for seconds in (AT_ONCE_SECONDS / 10, 2 * LONGEST_AT_ONCE_SECONDS):
        assert await both.run(partial(work, seconds), AT_ONCE_SECONDS / 2) == "done"
    here = threading.get_ident()
    assert threads[:2] == [here, here]
    assert len(threads) == 3
    assert threads[2] != here


async def test_where_all_is_slower_than_estimated_the_event_loop_still_does_what_takes_a_moment() -> None:
    both = lanes()
    for _ in range(50):
        await both.run(lambda: busy(0.001), AT_ONCE_SECONDS)
    assert await both.run(threading.get_ident, AT_ONCE_SECONDS) == threading.get_ident()


async def test_what_was_thought_to_be_short_goes_on_in_the_lane_of_what_is_long() -> None:
    both = lanes()
    async with anyio.create_task_group() as group:
        async with occupying(both, (LONG, "a")) as release:
            ended = anyio.Event()

            async def turn_out_long() -> None:
                await both.run(lambda: busy(0.1), SHORT_SECONDS / 2, Client("b"))
                ended.set()

            group.start_soon(turn_out_long)
            await anyio.sleep(0.1)
            with anyio.fail_after(30):
                assert await both.run(lambda: "short", SHORT_SECONDS / 2, Client("c")) == "short"
            assert not ended.is_set()
            release()
        with anyio.fail_after(30):
            await ended.wait()


async def test_one_piece_of_work_too_many_is_refused_at_once_with_when_to_come_again() -> None:
    both = lanes(max_waiting=1, max_wait_seconds=1000, max_seconds=1000)
    async with occupying(both, (3.0, "a"), (4.0, "b")):
        with pytest.raises(Busy, match="too many requests") as refused:
            await both.run(lambda: None, LONG, Client("c"))
        assert refused.value.retry_after_seconds == 7
        assert await both.run(lambda: "short", 0.0, Client("c")) == "short"


async def test_work_that_would_wait_too_long_is_refused_and_a_single_piece_never() -> None:
    both = lanes(max_wait_seconds=1.0)
    async with occupying(both, (9.0, "a")):
        with pytest.raises(Busy, match="too much work") as refused:
            await both.run(lambda: None, 9.0, Client("b"))
        assert refused.value.retry_after_seconds == 2  # no request takes longer than max_seconds
    assert await both.run(lambda: "alone", 9.0, Client("b")) == "alone"


async def test_one_client_leaves_room_for_another() -> None:
    both = lanes(max_wait_seconds=4.0)
    async with occupying(both, (1.5, "a")):
        with pytest.raises(Busy, match="your work"):
            await both.run(lambda: None, 1.5, Client("a"))
        async with occupying(both, (1.5, "b")):
            pass


async def test_room_is_given_back_when_work_fails() -> None:
    both = lanes(max_waiting=0, max_wait_seconds=0.1)
    for seconds in (0.0, LONG) * 3:
        with pytest.raises(ZeroDivisionError):
            await both.run(lambda: 1 // 0, seconds)
        assert await both.run(lambda: "done", seconds) == "done"


@pytest.mark.parametrize("waits", [False, True])
async def test_work_whose_client_leaves_is_stopped(waits: bool) -> None:
    both, has_left, steps = lanes(), anyio.Event(), 0

    def endless() -> None:
        nonlocal steps
        while True:
            checkpoint()
            steps += 1

    async def leave() -> None:
        await anyio.sleep(0.1)
        has_left.set()

    async def run() -> None:
        with pytest.raises(ClientLeft):
            await both.run(endless, LONG, Client("a", has_left.wait))

    async with anyio.create_task_group() as group:
        group.start_soon(leave)
        with anyio.fail_after(30):
            if waits:
                async with occupying(both, (LONG, "b")):
                    await run()
            else:
                await run()
    assert bool(steps) is not waits
    assert await both.run(lambda: "next", LONG) == "next"


async def test_work_that_nobody_awaits_any_more_is_stopped() -> None:
    both, ended = lanes(), threading.Event()

    def endless() -> None:
        try:
            while True:
                checkpoint()
        finally:
            ended.set()

    with anyio.move_on_after(0.1):
        await both.run(endless, LONG)
    assert ended.wait(30)
    assert await both.run(lambda: "next", LONG) == "next"


async def test_time_is_over_after_so_much_of_the_processor() -> None:
    both = lanes(max_seconds=0.05)
    assert await both.run(lambda: busy(0.01))
    assert not await both.run(lambda: busy(0.1))
    assert await both.run_part(lambda: busy(0.1))  # what has begun is not hurried


async def test_what_is_prepared_once_for_all_leaves_a_request_its_time() -> None:
    def first() -> bool:
        with for_all():
            busy(0.1)
        return busy(0.01)

    assert await lanes(max_seconds=0.05).run(first)
    assert await lanes(max_seconds=0.05).run(first, LONG)


async def test_long_work_ends_early_when_the_service_stops() -> None:
    shutdown = ShutdownFlag()
    both = lanes(shutdown, max_seconds=1000)

    async def work() -> None:
        with pytest.raises(Busy, match="the service stops"):
            await both.run(lambda: busy(600), LONG)

    with anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            for _ in range(3):  # in turns
                group.start_soon(work)
            await anyio.sleep(0.3)
            shutdown.set()
            assert await both.run(lambda: "short", SHORT_SECONDS / 2) == "short"


async def test_long_work_that_has_not_begun_is_refused_when_the_service_stops() -> None:
    shutdown = ShutdownFlag()
    both = lanes(shutdown)
    begun: list[str] = []

    async def wait() -> None:
        with pytest.raises(Busy, match="the service stops"):
            await both.run(partial(begun.append, "late"), LONG, Client("b"))

    async with occupying(both, (LONG, "a")) as release, anyio.create_task_group() as group:
        group.start_soon(wait)
        await anyio.sleep(0.05)
        shutdown.set()
        release()
    assert begun == []


class WorkedOut:
    """Something that is worked out while others go first."""

    @cached_property
    def has_time(self) -> bool:
        return busy(3 * SLICE_SECONDS)


async def test_what_is_worked_out_once_holds_up_nobody_who_works_the_same_out_for_something_else() -> None:
    both = lanes()
    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            for address in "abc":
                group.start_soon(both.run, partial(getattr, WorkedOut(), "has_time"), LONG, Client(address))
