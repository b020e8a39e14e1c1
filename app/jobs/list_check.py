"""Checking lists of names: one at a time, and a long one in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from anyio import to_thread

from app.jobs.errors import ListCheckFailed
from app.logs import get_logger
from app.serving.capacity import Capacity
from app.serving.subprocesses import run
from app.store.records import Source
from model.corpus.bundled import bundled_path

if TYPE_CHECKING:
    from app.jobs.list_check_process import CheckedList

COMMAND = (sys.executable, "-m", "app.jobs.list_check_process")
LONG_LIST_BYTES = 32 * 2**10
"""A shorter list is checked in less time than a process takes to start."""

TIMEOUT_SECONDS = 60
"""The longest list that the default settings allow takes a few."""

MAX_WAITING = 8
"""Requests, each of which holds its list."""

MAX_WAIT_SECONDS = 30

log = get_logger(__name__)


class ListChecker:
    """Checks lists, and remembers the result for bundled ones, which never change."""

    def __init__(self, *, command: Sequence[str] = COMMAND, max_waiting: int = MAX_WAITING) -> None:
        self._command = command
        self._capacity = Capacity(1, max_waiting, MAX_WAIT_SECONDS)
        self._bundled: dict[str, CheckedList] = {}

    async def check(self, source: Source, title: str, content: bytes | None) -> CheckedList:
        """What a list holds; a bundled one is named by its title and has no content.

        Raises
        ------
        BadCorpus, InvalidOption
            There is nothing to learn from, or no such list.
        Busy, ListCheckFailed
            Too many lists wait, or the process could not be started.
        """
        if source != "bundled":
            async with self._capacity.slot():
                return await self._check(source, title, content)
        bundled_path(title)  # raises if there is no such list
        if title not in self._bundled:
            async with self._capacity.slot():
                if title not in self._bundled:  # checked while this request waited
                    self._bundled[title] = await self._check(source, title, None)
        return self._bundled[title]

    async def _check(self, source: Source, title: str, content: bytes | None) -> CheckedList:
        from app.jobs.list_check_process import CheckedList, check_list, encode_list  # which no start needs

        if content is not None and len(content) <= LONG_LIST_BYTES:
            return await to_thread.run_sync(partial(check_list, source, title, content))
        try:
            output = await run(self._command, encode_list(source, title, content), TIMEOUT_SECONDS)
        except (OSError, subprocess.SubprocessError) as error:  # among them TimeoutError
            log.error("list check failed", bytes=len(content or b""), error=str(error))  # noqa: TRY400 - one line
            raise ListCheckFailed from error
        return await to_thread.run_sync(CheckedList.decode, output)
