import threading

import anyio
import pytest

from app.serving.capacity import Capacity
from app.serving.errors import Busy

pytestmark = pytest.mark.anyio


async def test_one_request_too_many_is_refused_at_once_and_the_others_are_served() -> None:
    capacity = Capacity(threads=2, max_waiting=3, max_wait_seconds=10)
    release = threading.Event()
    served: list[bool] = []

    async def ask() -> None:
        served.append(await capacity.run(lambda: release.wait(10)))

    async with anyio.create_task_group() as group:
        for _ in range(2 + 3):
            group.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(Busy) as refused:
            await capacity.run(lambda: None)
        release.set()
    assert refused.value.retry_after_seconds == 1
    assert served == [True] * 5


async def test_room_is_given_back_when_work_fails() -> None:
    capacity = Capacity(threads=1, max_waiting=0, max_wait_seconds=10)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await capacity.run(lambda: 1 // 0)
    assert await capacity.run(lambda: "done") == "done"


async def test_a_request_that_waits_too_long_is_refused_and_leaves_no_trace() -> None:
    capacity = Capacity(threads=1, max_waiting=1, max_wait_seconds=0.05)
    release = threading.Event()
    async with anyio.create_task_group() as group:
        group.start_soon(capacity.run, lambda: release.wait(10))
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(Busy):
            await capacity.run(lambda: None)
        release.set()
    assert await capacity.run(lambda: "done") == "done"
