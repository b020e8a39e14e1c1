from __future__ import annotations

import os
import subprocess
import sys

import anyio
import pytest

from app.serving.subprocesses import run
from tests.support.processes import children, is_alive
from tests.support.services import eventually

pytestmark = pytest.mark.anyio

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


async def test_a_command_answers_to_what_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAMEWRIGHT_ADMIN_TOKEN", "secret")
    monkeypatch.setenv("OTHER", "told")
    script = "import os, sys; print(sys.stdin.read(), os.environ['OTHER'], 'NAMEWRIGHT_ADMIN_TOKEN' in os.environ)"
    assert await run([sys.executable, "-c", script], b"hello", 60) == b"hello told False\n"


async def test_a_command_that_fails_says_what_it_said() -> None:
    with pytest.raises(subprocess.CalledProcessError) as failure:
        await run([sys.executable, "-c", "raise SystemExit('in vain')"], b"", 60)
    assert failure.value.stderr == b"in vain\n"


async def test_a_command_that_takes_too_long_is_ended() -> None:
    with pytest.raises(TimeoutError):
        await run(SLEEP, b"", 0.5)
    await gone()


async def test_a_command_ends_with_whoever_waits_for_it() -> None:
    with anyio.move_on_after(0.5):
        await run(SLEEP, b"", 60)
    await gone()


async def gone() -> None:
    async def sleepers() -> list[int]:
        return [child for child in children(os.getpid(), "time.sleep(60)") if is_alive(child)]

    await eventually(sleepers, lambda found: not found)
