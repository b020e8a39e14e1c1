"""Waiting for a database that is away, or a disk that is full: a training in memory loses nothing by it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from app.logs import get_logger
from app.store.errors import Unavailable

FIRST_SECONDS = 0.5
LONGEST_SECONDS = 5.0

log = get_logger(__name__)

T = TypeVar("T")


def retry_while_unavailable(work: Callable[[], T]) -> T:
    """Do `work`, again and again for as long as the store cannot be used; the log tells when that begins and ends."""
    seconds, told = FIRST_SECONDS, ""
    while True:
        try:
            result = work()
        except Unavailable as error:
            if error.reason != told:
                told = error.reason
                log.warning("waiting for the database", reason=told)
            time.sleep(seconds)
            seconds = min(2 * seconds, LONGEST_SECONDS)
        else:
            if told:
                log.info("the database is back")
            return result
