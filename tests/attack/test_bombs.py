import numpy as np
import pytest

from tests.attack import bombs
from tests.attack.exchanges import Answer, Result
from tests.attack.explosives import BOMBS

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]


def test_of_each_kind_of_bomb_one_is_refused_and_none_is_dear() -> None:
    report = bombs.attack(len(BOMBS), np.random.default_rng(1))
    assert report.breaches == []
    assert report.outcomes.total() == len(BOMBS)
    assert report.outcomes["415"] == 3


@pytest.mark.parametrize("answer", [b"413 application/problem+json 413", b"400 application/problem+json 400"])
def test_a_problem_of_the_client_is_a_refusal(answer: bytes) -> None:
    assert bombs.status_of(came(answer)) == int(answer[:3])


@pytest.mark.parametrize(
    "answer",
    [
        b"200 application/json 200",
        b"503 application/problem+json 503",
        b"500 application/problem+json 500",
        b"413 text/plain 413",
        b"413 application/problem+json 400",
    ],
)
def test_what_is_taken_or_fails_or_is_no_problem_is_no_refusal(answer: bytes) -> None:
    assert bombs.status_of(came(answer)) == 0
    assert bombs.status_of(Answer().result("closed")) == 0


def came(answer: bytes) -> Result:
    status, kind, named = answer.split()
    body = b'{"status":%s}' % named
    received = Answer()
    received.feed(b"HTTP/1.1 %s X\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (status, kind, len(body)) + body)
    return received.result("")
