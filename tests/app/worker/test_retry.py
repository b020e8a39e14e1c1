from __future__ import annotations

import logging
from threading import Event

import pytest

from app.store.errors import StoreError, Unavailable
from app.worker import retry
from app.worker.retry import WorkerStopping, retry_while_unavailable


class Database:
    """Away for the first calls."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = list(reasons)

    def read(self) -> str:
        if self.reasons:
            raise Unavailable(self.reasons.pop(0))
        return "read"


def test_work_is_tried_until_the_database_is_back_and_each_reason_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO, retry.__name__):
        assert retry_while_unavailable(Database("full", "full", "gone").read, Event()) == "read"
    events = [(line.message, line.__dict__["fields"].get("reason")) for line in caplog.records]
    waiting = "waiting for the database"
    assert events == [(waiting, "full"), (waiting, "gone"), ("the database is back", None)]


def test_a_worker_that_is_to_end_waits_no_longer() -> None:
    stopping = Event()
    stopping.set()
    with pytest.raises(WorkerStopping):
        retry_while_unavailable(Database("full").read, stopping)


def test_what_is_no_outage_passes_through() -> None:
    def work() -> None:
        raise StoreError

    with pytest.raises(StoreError):
        retry_while_unavailable(work, Event())
