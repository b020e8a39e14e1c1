"""Short-lived processes, which do one piece of work without our settings."""

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
    """Run a command of ours with `content` as its input, and return its output; it ends when its caller is cancelled.

    Not through asyncio, which on Python 3.11 may hang where a loop closes while a process is being started.

    Raises
    ------
    OSError
        The process could not be started, or took longer than `seconds`.
    subprocess.CalledProcessError
        It failed; `stderr` has its messages.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(SECRETS)}
    pipe = subprocess.PIPE
    child = subprocess.Popen(  # noqa: ASYNC220, S603 - our own, and quick to start
        command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=ROOT, env=environment
    )
    try:
        with fail_after(seconds):
            output, errors = await to_thread.run_sync(partial(child.communicate, content), abandon_on_cancel=True)
    except TimeoutError:  # which has no message
        raise TimeoutError(f"the process took longer than {seconds:g} seconds") from None
    finally:
        child.kill()  # without effect where it has ended
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command, output, errors)
    return output
