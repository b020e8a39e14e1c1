import anyio
import pytest

from app.serving.periodic import PeriodicTask

pytestmark = pytest.mark.anyio


async def test_nobody_waits_for_rounds_that_nobody_goes_any_more() -> None:
    rounds = PeriodicTask()
    rounds.end()
    assert not await rounds.next(60)


async def test_who_asks_during_a_round_waits_for_the_one_after_it() -> None:
    rounds, asked_in, seen = PeriodicTask(), anyio.Event(), []

    async def go_round() -> None:
        for number in range(2):
            done = rounds.begin()
            if number == 0:
                asked_in.set()
                await anyio.sleep(0.05)
            seen.append(number)
            done.set()
            await rounds.pause(60)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(go_round)
        await asked_in.wait()
        with anyio.fail_after(30):
            assert await rounds.next(60)
        assert seen == [0, 1]
        tasks.cancel_scope.cancel()


async def test_who_waits_is_let_go_in_time_and_when_the_last_round_is_over() -> None:
    rounds = PeriodicTask()
    rounds.begin()
    assert not await rounds.next(0.01)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(rounds.next, 60)
        await anyio.wait_all_tasks_blocked()
        rounds.end()
