"""Work in a process of its own for as long as it takes, at a lower priority, and without our settings."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from anyio import fail_after, to_thread

ROOT = Path(__file__).parents[2]
SECRETS = "NAMEWRIGHT_"


async def run(command: Sequence[str], content: bytes, seconds: float) -> bytes:
    """What a command of ours answers to `content`; its process ends with whoever waits for it.

    Not through asyncio, which on Python 3.11 may hang for ever where a loop closes while a process is being started.

    Raises
    ------
    OSError
        The process could not be started, or took longer than `seconds`.
    subprocess.CalledProcessError
        It failed; `stderr` has what it said.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(SECRETS)}
    pipe = subprocess.PIPE
    child = subprocess.Popen(  # noqa: ASYNC220, S603 - our own, and started in a moment
        command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=ROOT, env=environment
    )
    try:
        with fail_after(seconds):
            answer, said = await to_thread.run_sync(partial(child.communicate, content), abandon_on_cancel=True)
    finally:
        child.kill()  # of no consequence where it has ended
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command, answer, said)
    return answer
