"""The worker beside a service, as its supervisor sees it."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from app.settings import Settings
from app.shutdown import ShutdownFlag
from app.supervisor import Supervisor
from tests.support.processes import children, is_alive
from tests.support.services import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    url = f"sqlite:///{tmp_path}/namewright.db"
    monkeypatch.setenv("NAMEWRIGHT_DATABASE_URL", url)
    monkeypatch.setenv("NAMEWRIGHT_ADMIN_TOKEN", "secret")
    monkeypatch.setenv("NAMEWRIGHT_FORMER_ADMIN_TOKEN", "an older secret")
    return Settings(database_url=url)


@pytest.fixture
def _no_end_by_sigterm() -> Iterator[None]:
    """This process goes on after SIGTERM."""
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    yield
    signal.signal(signal.SIGTERM, before)


@asynccontextmanager
async def supervised(settings: Settings, **options: Any) -> AsyncIterator[ShutdownFlag]:
    stopping = ShutdownFlag()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(Supervisor(settings, stopping, first_pause_seconds=0.1, **options).supervise)
        yield stopping
        tasks.cancel_scope.cancel()


async def until(seen: Callable[[], list[int]], count: int = 1) -> int:
    """Wait for exactly one, or none; which it is, or 0."""

    async def look() -> list[int]:
        return seen()

    found: list[int] = await eventually(look, lambda seen: len(seen) == count)
    return sum(found)


def environment_of(process: int) -> bytes:
    return Path(f"/proc/{process}/environ").read_bytes()


def workers() -> list[int]:
    return children(os.getpid(), "app.worker")


async def test_a_worker_that_ends_is_started_again(settings: Settings) -> None:
    async with supervised(settings):
        first = await until(workers)
        os.kill(first, signal.SIGKILL)
        second = await until(lambda: [worker for worker in workers() if worker != first])
    assert not is_alive(second)


@pytest.mark.no_cover
async def test_of_two_supervisors_one_has_the_worker_until_it_goes(settings: Settings) -> None:
    async with supervised(settings):
        async with supervised(settings):
            await until(workers)
            await anyio.sleep(1)
            assert len(workers()) == 1
        await until(workers)
    assert workers() == []


@pytest.mark.usefixtures("_no_end_by_sigterm")
async def test_the_worker_is_stopped_before_its_supervisor(
    settings: Settings,
) -> None:
    async with supervised(settings) as stopping:
        worker = await until(workers)
        await anyio.sleep(0.5)  # its signals are handled by then
        with stopping.set_by_signals():
            signal.raise_signal(signal.SIGTERM)
            await until(lambda: [worker] if is_alive(worker) else [], count=0)


async def test_the_worker_is_not_told_the_token(settings: Settings) -> None:
    async with supervised(settings):
        worker = await until(workers)
        environment = environment_of(worker)
    assert b"NAMEWRIGHT_DATABASE_URL" in environment
    assert b"secret" not in environment


async def test_a_start_that_fails_is_told_once_and_tried_again(
    settings: Settings, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    python = tmp_path / "python"
    with caplog.at_level(logging.WARNING, "app.supervisor"):
        async with supervised(settings, command=[python, "-m", "app.worker"]):
            await anyio.sleep(0.5)
            (tmp_path / "script").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
            (tmp_path / "script").chmod(0o700)
            (tmp_path / "script").rename(python)
            await until(workers)
    told = [(record.message, record.__dict__["fields"]) for record in caplog.records]
    assert told == [("no worker can be started", {"reason": "No such file or directory"})]


async def test_a_worker_that_hangs_is_killed_and_replaced(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    async with supervised(settings, silent_seconds=6.0):
        hung = await until(workers)
        await anyio.sleep(8)
        assert workers() == [hung]  # it gives signs of life
        os.kill(hung, signal.SIGSTOP)
        second = await until(lambda: [worker for worker in workers() if worker != hung])
        assert not is_alive(hung)
    assert not is_alive(second)
    (warning,) = [one for one in caplog.records if one.message == "worker killed, since it hangs"]
    assert warning.__dict__["fields"] == {"process": hung}
