"""A request with what its answer has to be, and how it is sent."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.soak.ledger import Ledger

ATTEMPTS = 5
"""How often a request is sent that is refused for now."""

LONGEST_PAUSE_SECONDS = 10.0
OK = 200
OVER_CAPACITY = 503

Check = Callable[[httpx.Response], None]


def as_it_is(_: httpx.Response) -> None:
    """Nothing more is asked of an answer than its status."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request, and what its answer has to be.

    Attributes
    ----------
    kind : str
        By which answers are counted.
    check : callable
        Raises AssertionError where an answer of the right status is wrong.
    """

    kind: str
    path: str
    method: str = "GET"
    status: int = OK
    check: Check = as_it_is
    options: dict[str, Any] = field(default_factory=dict)


def send(client: httpx.Client, ledger: Ledger, ask: Ask) -> httpx.Response | None:
    """Send a request, again where the service refuses it for now; the answer, or None where it was not as expected."""
    for _ in range(ATTEMPTS):
        began = time.monotonic()
        try:
            answer = client.request(ask.method, ask.path, **ask.options)
        except httpx.HTTPError as error:
            ledger.failed(f"{ask.kind}: {ask.method} {ask.path}: {error!r}")
            return None
        seconds = time.monotonic() - began
        if answer.status_code != OVER_CAPACITY or ask.status == OVER_CAPACITY or "retry-after" not in answer.headers:
            return answer if record(ledger, ask, answer, seconds) else None
        ledger.refused(ask.kind)
        time.sleep(min(float(answer.headers["retry-after"]), LONGEST_PAUSE_SECONDS))
    ledger.failed(f"{ask.kind}: {ask.method} {ask.path}: refused {ATTEMPTS} times: {answer.text[:300]}")
    return None


def record(ledger: Ledger, ask: Ask, answer: httpx.Response, seconds: float) -> bool:
    """Enter an answer into the ledger; whether it is as expected."""
    try:
        assert answer.status_code == ask.status, f"status {answer.status_code} instead of {ask.status}"
        ask.check(answer)
    except (AssertionError, KeyError, TypeError, ValueError) as error:
        ledger.failed(f"{ask.kind}: {ask.method} {ask.path}: {error!r}: {answer.text[:300]}")
        return False
    ledger.answered(ask.kind, seconds)
    return True
