import re
import signal
import threading
from collections.abc import Iterator
from types import FrameType

import anyio
import pytest

from app.shutdown import ShutdownFlag
from tests.support.admin import BEARER, NAMES, WORD
from tests.support.processes import started

pytestmark = pytest.mark.slow


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """The signals of a stop that whoever handled them before still gets."""
    numbers: list[int] = []

    def handle(number: int, _: FrameType | None) -> None:
        numbers.append(number)

    before = signal.signal(signal.SIGTERM, handle)
    yield numbers
    signal.signal(signal.SIGTERM, before)


@pytest.mark.anyio
async def test_a_signal_sets_the_flag_and_is_passed_on(heard: list[int]) -> None:
    stopping = ShutdownFlag()
    handler = signal.getsignal(signal.SIGTERM)
    with stopping.set_by_signals():
        await stopping.sleep(0.05)
        asked = [stopping.asked]
        signal.raise_signal(signal.SIGTERM)
        with anyio.fail_after(60):
            await stopping.sleep(600)
        asked.append(stopping.asked)
    assert asked == [False, True]
    assert heard == [signal.SIGTERM]
    assert signal.getsignal(signal.SIGTERM) is handler


@pytest.mark.anyio
async def test_a_handler_that_came_later_stays(heard: list[int]) -> None:
    stopping = ShutdownFlag()
    with stopping.set_by_signals():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    with stopping.set_by_signals():
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    assert heard == []


@pytest.mark.anyio
async def test_beside_the_main_thread_there_are_no_signals() -> None:
    async def live() -> None:
        with ShutdownFlag().set_by_signals():
            pass

    thread = threading.Thread(target=anyio.run, args=(live,))
    thread.start()
    await anyio.to_thread.run_sync(thread.join)


@pytest.mark.parametrize(
    "command",
    [
        (),
        pytest.param(
            ("uvicorn", "--factory", "app.main:create_app", "--workers", "2", "--port", "0"), marks=pytest.mark.no_cover
        ),
    ],
    ids=["app", "uvicorn"],
)
def test_a_stop_waits_for_no_stream(command: tuple[str, ...]) -> None:
    with started({"NAMEWRIGHT_ADMIN_TOKEN": WORD}, *command) as service, service.client(headers=BEARER) as client:
        service.await_line(re.compile("ready"), times=2 if command else 1)
        job = client.post("/train", json={"model": "elves", "names": NAMES}).json()["id"]
        with client.stream("GET", f"/train/{job}/events") as answer:
            text = answer.iter_text()
            while "event: state" not in next(text):
                pass
            service.process.terminate()
            rest = "".join(text)  # the end is a regular one, of which a client can tell that it may come back
            assert "event" not in rest
        assert service.wait() in {0, -signal.SIGTERM}
    assert "graceful" not in service.log  # as uvicorn says when it has waited too long
