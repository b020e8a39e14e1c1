"""What a run has to be like, on runs that are made up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.soak.footprint import MEBIBYTE, Footprint, Sample
from tests.soak.ledger import Ledger
from tests.soak.mix import PLAIN
from tests.soak.tables import of_kinds, of_quarters
from tests.soak.verdict import Quarter, quarters, reasons

FOOTPRINT = Footprint(bytes=500 * MEBIBYTE, descriptors=25, threads=8)
QUARTER = Quarter(service=FOOTPRINT, worker=FOOTPRINT, most_helpers=1, helper_bytes=0, usual_ms=1.0, slow_ms=10.0)


def reasons_after(last: Quarter, ledger: Ledger | None = None) -> list[str]:
    return list(reasons([QUARTER, QUARTER, QUARTER, last], ledger or Ledger()))


def test_a_run_that_stays_as_it_was_has_no_reason_against_it() -> None:
    little_more = Footprint(bytes=round(1.049 * FOOTPRINT.bytes), descriptors=28, threads=11)
    assert reasons_after(QUARTER) == []
    assert reasons_after(replace(QUARTER, service=little_more, worker=little_more, slow_ms=19.9)) == []


@pytest.mark.parametrize("process", ["service", "worker"])
@pytest.mark.parametrize(
    ("held", "reason"),
    [
        (replace(FOOTPRINT, bytes=round(1.06 * FOOTPRINT.bytes)), "private memory of the {} grew by 6.0%"),
        (replace(FOOTPRINT, descriptors=29), "4 more descriptors of the {}"),
        (replace(FOOTPRINT, threads=12), "4 more threads of the {}"),
    ],
)
def test_each_process_must_hold_no_more_than_it_did(process: str, held: Footprint, reason: str) -> None:
    assert reasons_after(replace(QUARTER, **{process: held})) == [reason.format(process)]  # type: ignore[arg-type]


@pytest.mark.parametrize("slow", [20.1, float("nan")])
def test_plain_requests_must_not_become_twice_as_slow_or_stop(slow: float) -> None:
    (reason,) = reasons_after(replace(QUARTER, slow_ms=slow))
    assert reason.startswith("the 99th percentile of plain requests went from 10 to ")


def test_every_failure_is_a_reason_and_of_many_the_first_are_shown() -> None:
    ledger = Ledger()
    for number in range(30):
        ledger.failed(f"failure {number}")
    found = reasons_after(QUARTER, ledger)
    assert found[0] == "after 0 s: failure 0"
    assert found[-1] == "... and 10 more failures"
    assert len(found) == 21


def test_one_refusal_in_a_hundred_requests_is_allowed_and_no_more() -> None:
    ledger = Ledger()
    for _ in range(99):
        ledger.answered(PLAIN, 0.001)
    ledger.refused(PLAIN)
    assert reasons_after(QUARTER, ledger) == []
    ledger.refused(PLAIN)
    assert reasons_after(QUARTER, ledger) == ["2 requests were refused for now: {'plain': 2}"]


def test_a_quarter_has_the_median_of_its_samples_and_the_latency_of_its_plain_requests() -> None:
    ledger = Ledger()
    ledger.answered(PLAIN, 0.25)
    ledger.answered("like", 5.0)
    samples = [
        Sample(at, replace(FOOTPRINT, threads=threads), FOOTPRINT if threads else None, threads, threads * MEBIBYTE)
        for at, threads in [(0, 1), (5, 9), (9.9, 2), (10, 0), (39.9, 4)]
    ]
    first, second, third, fourth = quarters(samples, ledger, 40)
    assert (first.service.threads, first.most_helpers, first.helper_bytes) == (2, 9, 9 * MEBIBYTE)
    assert (first.usual_ms, first.slow_ms) == (250, 250)
    assert (second.service.bytes, second.worker.bytes) == (FOOTPRINT.bytes, 0)
    assert third.service.bytes == 0
    assert fourth.service.threads == 4
    assert "service: threads                           2         0         0         4" in of_quarters(
        [first, second, third, fourth]
    )
    assert "like                    1       0" in of_kinds(ledger, 40)
