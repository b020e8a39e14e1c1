import anyio
import pytest

from app.serving.periodic import PeriodicTask

pytestmark = pytest.mark.anyio


def long_pause() -> float:
    return 60


async def test_nobody_waits_for_a_task_that_is_not_repeated_any_more() -> None:
    task, started = PeriodicTask(), anyio.Event()

    async def work() -> None:
        started.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(task.repeat, work, long_pause)
        await started.wait()
        tasks.cancel_scope.cancel()
    with anyio.fail_after(30):
        assert not await task.trigger(60)


async def test_a_caller_during_a_run_waits_for_the_one_after_it() -> None:
    task, in_first_run = PeriodicTask(), anyio.Event()
    seen: list[int] = []

    async def work() -> None:
        if not seen:
            in_first_run.set()
            await anyio.sleep(0.05)
        seen.append(task.runs)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(task.repeat, work, long_pause)
        await in_first_run.wait()
        with anyio.fail_after(30):
            assert await task.trigger(60)
        assert seen == [1, 2]
        tasks.cancel_scope.cancel()


async def test_callers_are_released_in_time_and_when_the_task_ends() -> None:
    task = PeriodicTask()
    assert not await task.trigger(0.01)
    async with anyio.create_task_group() as callers:
        callers.start_soon(task.trigger, 60)
        await anyio.wait_all_tasks_blocked()
        with anyio.move_on_after(0.1), anyio.fail_after(30):
            await task.repeat(anyio.sleep_forever, long_pause)
