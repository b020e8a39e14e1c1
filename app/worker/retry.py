"""Retrying while the database is away or its disk is full: a training in memory loses nothing by it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import TypeVar

from app.logs import get_logger
from app.store.backoff import Backoff
from app.store.errors import Unavailable

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 5.0

log = get_logger(__name__)

T = TypeVar("T")


class WorkerStopping(BaseException):
    """The worker is to end.

    Not an `Exception`, for which DBOS would record that the workflow has failed: with nothing recorded, the workflow
    stays pending, and is run again by this worker or another.
    """


def retry_while_unavailable(work: Callable[[], T], stopping: Event) -> T:
    """Do `work`, and try again for as long as the store is unavailable; both changes are logged.

    Raises
    ------
    WorkerStopping
        The store was unavailable when `stopping` was set.
    """
    backoff = Backoff(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
    logged = ""
    while True:
        try:
            result = work()
        except Unavailable as error:
            if error.reason != logged:
                logged = error.reason
                log.warning("waiting for the database", reason=logged)
            if stopping.wait(backoff.next_seconds()):
                raise WorkerStopping from None
        else:
            if logged:
                log.info("the database is back")
            return result
