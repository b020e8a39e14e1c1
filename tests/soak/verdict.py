"""Whether the last quarter of a run was as the second one: by then, everything has been loaded that will be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from tests.soak.footprint import MEBIBYTE, Footprint, Sample
from tests.soak.ledger import Ledger, milliseconds
from tests.soak.mix import PLAIN

MAX_GROWTH = 0.05
"""Of the private memory of the service, and of the worker."""

MAX_MORE = 3
"""Descriptors, and threads; some come and go with what is being done."""

MAX_LATENCY_RATIO = 2.0
"""Of the 99th percentile of plain requests."""

MAX_REFUSED = 0.01
"""Share of requests that were refused for now, and sent again."""

QUARTERS = 4
SHOWN_FAILURES = 20


@dataclass(frozen=True, slots=True)
class Quarter:
    """What was usual in one quarter: medians, and the latency of plain requests in milliseconds."""

    service: Footprint
    worker: Footprint
    most_helpers: int
    helper_bytes: int  # the most
    usual_ms: float
    slow_ms: float  # the 99th percentile


def quarters(samples: Sequence[Sample], ledger: Ledger, seconds: float) -> list[Quarter]:
    """The quarters of a run that took so long."""
    found = []
    for number in range(QUARTERS):
        begin, end = number * seconds / QUARTERS, (number + 1) * seconds / QUARTERS
        within = [sample for sample in samples if begin <= sample.at < end]
        plain = ledger.between(begin, end, PLAIN)
        found.append(
            Quarter(
                service=_usual([sample.service for sample in within]),
                worker=_usual([sample.worker for sample in within if sample.worker]),
                most_helpers=max((sample.helpers for sample in within), default=0),
                helper_bytes=max((sample.helper_bytes for sample in within), default=0),
                usual_ms=milliseconds(plain, 50),
                slow_ms=milliseconds(plain, 99),
            )
        )
    return found


def reasons(of_quarters: Sequence[Quarter], ledger: Ledger) -> Iterator[str]:
    """Why a run is not as it should be; none where it is."""
    before, after = of_quarters[1], of_quarters[-1]
    for name, one, other in (("service", before.service, after.service), ("worker", before.worker, after.worker)):
        if other.bytes > one.bytes * (1 + MAX_GROWTH):
            yield f"private memory of the {name} grew by {other.bytes / max(one.bytes, 1) - 1:.1%}"
        for what in ("descriptors", "threads"):
            more = getattr(other, what) - getattr(one, what)
            if more > MAX_MORE:
                yield f"{more} more {what} of the {name}"
    if not after.slow_ms <= MAX_LATENCY_RATIO * before.slow_ms:
        yield f"the 99th percentile of {PLAIN} requests went from {before.slow_ms:.0f} to {after.slow_ms:.0f} ms"
    yield from wrong(ledger)


def wrong(ledger: Ledger) -> Iterator[str]:
    """What was not as expected of the answers, however long the run was."""
    refused = sum(ledger.refusals.values())
    if refused > MAX_REFUSED * (len(ledger.answers) + refused):
        yield f"{refused} requests were refused for now: {dict(ledger.refusals)}"
    yield from ledger.failures[:SHOWN_FAILURES]
    if len(ledger.failures) > SHOWN_FAILURES:
        yield f"... and {len(ledger.failures) - SHOWN_FAILURES} more failures"


def _usual(footprints: Sequence[Footprint]) -> Footprint:
    if not footprints:
        return Footprint(0, 0, 0)
    return Footprint(
        round(median(one.bytes for one in footprints)),
        round(median(one.descriptors for one in footprints)),
        round(median(one.threads for one in footprints)),
    )


def in_mebibytes(size: float) -> str:
    """A size as people read it."""
    return f"{size / MEBIBYTE:.1f}"
