"""Requests that come again with the idempotency key of one that is still being looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial

from app.store.records import Job

Submission = asyncio.Task[tuple[Job, bool]]


class Repeats:
    """Requests of this process by their idempotency keys: the same one twice at the same time is looked at once."""

    def __init__(self) -> None:
        self._running: dict[str, tuple[str, Submission]] = {}  # fingerprints and what comes of the requests, by key

    async def submit(
        self, key: str, fingerprint: str, work: Callable[[], Coroutine[None, None, tuple[Job, bool]]]
    ) -> tuple[Job, bool]:
        """Do the work, or wait for what comes of the same request; all that it raises passes through, to each.

        The work goes on where the client that began it has left, since others may wait for it.

        Returns
        -------
        job, is_new
            The job, and whether it was made by this call.
        """
        while running := self._running.get(key):
            known, submission = running
            if known == fingerprint:
                job, _ = await asyncio.shield(submission)
                return job, False
            await asyncio.wait([submission])  # of another request; then the store knows the key, or it is free again
        submission = asyncio.create_task(work())
        self._running[key] = fingerprint, submission
        submission.add_done_callback(partial(self._end, key))
        return await asyncio.shield(submission)

    def _end(self, key: str, submission: Submission) -> None:
        del self._running[key]
        if not submission.cancelled():
            submission.exception()  # retrieved here too, since everyone who waited may have left
