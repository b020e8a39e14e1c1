import numpy as np
import pytest

from tests.attack import stops
from tests.attack.crowd import Crowd
from tests.attack.exchanges import Answer, Outcome

PROBLEM = b'{"type": "/problems/busy", "title": "busy", "status": 503, "detail": "try again"}'


@pytest.mark.slow
@pytest.mark.no_cover
def test_sigterm_under_the_worst_load_leaves_every_answer_whole_or_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stops, "LOAD_SECONDS", (0.5, 1.0))
    report = stops.attack(2, np.random.default_rng(1))
    assert report.breaches == []
    assert report.outcomes == {"in time": 2}


def answer(head: str, body: bytes) -> bytes:
    return f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("received", "outcome"),
    [
        (answer("200 OK\r\nContent-Type: application/json", b"{}"), Outcome.WHOLE),
        (answer("503 Service Unavailable\r\nContent-Type: application/problem+json", PROBLEM), Outcome.REFUSED),
        (answer("500 Internal Server Error\r\nContent-Type: text/plain", b"Internal Server Error"), Outcome.WRONG),
        (answer("200 OK\r\nContent-Type: application/x-ndjson", b'{"name": "Anna"}\n'), Outcome.WRONG),
        (answer("200 OK\r\nContent-Type: application/json", b"{}")[:-1], Outcome.CUT),
        (b"", Outcome.UNANSWERED),
    ],
)
def test_what_a_client_gets_is_told_apart(received: bytes, outcome: Outcome) -> None:
    got = Answer()
    if received:
        got.feed(received)
    result = got.result("closed")
    assert result.outcome is outcome
    crowd = Crowd(0, stopped_at=0.0)
    crowd.judge("plain", result, 0.0, 0.0)
    assert bool(crowd.breaches) is (outcome not in {Outcome.WHOLE, Outcome.REFUSED})
