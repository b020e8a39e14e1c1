"""Looks lists over beside the threads that draw: one at a time, and a long one in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

from anyio import to_thread

from app.http.problems import OVER_CAPACITY, Refusal
from app.jobs.list_check_process import Found, Source, ask, look
from app.jobs.subprocesses import run
from app.logs import get_logger
from app.serving.capacity import Capacity
from model.corpus.bundled import bundled_path

COMMAND = [sys.executable, "-m", "app.jobs.list_check_process"]
LONG_BYTES = 32 * 2**10
"""A shorter list is looked over before a process has started."""

TIMEOUT_SECONDS = 60
"""The longest list that the default settings allow takes a few."""

MAX_WAITING = 8
"""Requests, each of which holds its list."""

MAX_WAIT_SECONDS = 30
RETRY_AFTER_SECONDS = 5

log = get_logger(__name__)


class ListChecker:
    """Looks lists over; remembers what it found in those that come with the software, which never change."""

    def __init__(self) -> None:
        self._capacity = Capacity(1, MAX_WAITING, MAX_WAIT_SECONDS)
        self._bundled: dict[str, Found] = {}

    async def look(self, source: Source, title: str, content: bytes | None) -> Found:
        """What a list holds; `title` says which one, where it comes with the software and has no `content`.

        Raises
        ------
        BadCorpus, InvalidOption
            There is nothing to learn from, or no such list.
        Refusal
            Too many lists wait, or there is no room for the process now.
        """
        if content is not None:
            async with self._capacity.place():
                return await _look(source, title, content)
        if title not in self._bundled:
            content = bundled_path(title).read_bytes()
            async with self._capacity.place():
                if title not in self._bundled:  # looked over while this request waited
                    self._bundled[title] = await _look(source, title, content)
        return self._bundled[title]


async def _look(source: Source, title: str, content: bytes) -> Found:
    if len(content) <= LONG_BYTES:
        return await to_thread.run_sync(partial(look, source, title, content))
    try:
        told = await run(COMMAND, ask(source, title, content), TIMEOUT_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:  # among them TimeoutError
        log.error("a list was not looked over", bytes=len(content), error=str(error))  # noqa: TRY400 - one line
        raise Refusal(
            OVER_CAPACITY,
            "the list could not be looked over now; try again in a moment",
            headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        ) from error
    return await to_thread.run_sync(Found.read, told)
