import numpy as np
import pytest

from tests.attack import raw
from tests.attack.malformed import Malformed

HEADERS = b"X-Request-Id: a\r\nX-Content-Type-Options: nosniff\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + HEADERS + b"\r\nok"
PROBLEM = b"Content-Type: application/problem+json\r\n" + HEADERS
REFUSED = (
    b"HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n" + PROBLEM + b'\r\nf\r\n{"status": 400}\r\n0\r\n\r\n'
)
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 15\r\nRetry-After: 1\r\n" + PROBLEM + b'\r\n{"status": 503}'
NOTHING = Malformed("anything", b"")


@pytest.mark.slow
@pytest.mark.no_cover
def test_whatever_is_sent_is_answered_or_refused_and_the_service_lives_on() -> None:
    report = raw.attack(150, np.random.default_rng(1))
    assert report.breaches == []
    assert report.outcomes.total() == 150
    assert report.outcomes["refused"] > 80
    assert report.outcomes["answered"] > 15


@pytest.mark.parametrize(
    ("sent", "received", "outcome"),
    [
        (NOTHING, b"", "no answer"),
        (NOTHING, OK + b"HTTP/1.1 100 Continue\r\n\r\n" + OK, "answered"),
        (NOTHING, OK + REFUSED, "refused"),
        (NOTHING, OK + BUSY, "answered"),
        (NOTHING, OK.replace(b"ok", b"") + OK, "answered"),  # to HEAD
        (Malformed("smuggling", b"", is_refused=True), REFUSED, "refused"),
        (Malformed("pipeline", b"", ids=(b"a", b"a")), OK + OK + OK, "answered"),
    ],
)
def test_answers_that_are_whole_are_right(sent: Malformed, received: bytes, outcome: str) -> None:
    assert raw.judge(sent, received, raw.CLOSED) == (outcome, [])


@pytest.mark.parametrize(
    ("sent", "received", "ending", "wrong"),
    [
        (NOTHING, OK[:-1], raw.CLOSED, "breaks off"),
        (NOTHING, REFUSED[:-2], raw.CLOSED, "breaks off"),
        (NOTHING, OK + b"nonsense", raw.CLOSED, "breaks off"),
        (NOTHING, OK, raw.OPEN, "left open"),
        (NOTHING, b"", raw.RESET, "left reset"),
        (NOTHING, OK.replace(b"X-Request-Id: a\r\n", b""), raw.CLOSED, "without its headers"),
        (NOTHING, OK.replace(b"200", b"500"), raw.CLOSED, "server error"),
        (NOTHING, BUSY.replace(b"Retry-After: 1\r\n", b""), raw.CLOSED, "server error"),
        (NOTHING, OK.replace(b"200", b"404"), raw.CLOSED, "no problem"),
        (NOTHING, REFUSED.replace(b"HTTP/1.1 400", b"HTTP/1.1 404"), raw.CLOSED, "no problem"),
        (NOTHING, OK.replace(b"Id: a", b"Id: smuggled"), raw.CLOSED, "stood in a body"),
        (Malformed("smuggling", b"", is_refused=True), OK, raw.CLOSED, "not refused"),
        (Malformed("smuggling", b"", is_refused=True), REFUSED + OK, raw.CLOSED, "not refused"),
        (Malformed("pipeline", b"", ids=(b"a", b"b")), OK + OK, raw.CLOSED, "the answers were to"),
    ],
)
def test_any_other_is_a_breach(sent: Malformed, received: bytes, ending: str, wrong: str) -> None:
    _, found = raw.judge(sent, received, ending)
    assert any(wrong in what for what in found)
