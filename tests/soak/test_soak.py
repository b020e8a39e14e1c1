"""The short version of `make soak`: some seconds of all of it, without a verdict on memory and latency."""

from __future__ import annotations

import secrets

import httpx
import pytest

from tests.soak.asking import Ask, send
from tests.soak.ledger import Ledger
from tests.soak.soak import Soak, errors_logged, service_on
from tests.soak.tables import HEADING, line
from tests.soak.verdict import wrong
from tests.support.processes import Process

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

SECONDS = 8.0
NOBODY = "http://127.0.0.1:1"
"""Where nothing listens."""


def test_a_service_answers_all_kinds_of_requests_as_expected_while_models_come_and_go() -> None:
    seed = secrets.randbelow(10**6)
    with service_on("sqlite") as service:
        soak = Soak(service, seed, clients=2, admins=1, pause_seconds=0)
        spans = list(soak.run(SECONDS, SECONDS / 2))
        lines = [line(soak.ledger, soak.samples, begin, end) for begin, end in spans]
        check_what_is_wrong_is_found(service)
    assert [*wrong(soak.ledger), *errors_logged(service)] == [], f"seed {seed}"
    assert {"plain", "upload"} <= {answer.kind for answer in soak.ledger.answers}, f"seed {seed}"
    assert soak.ledger.done["training of a file"] >= 1
    assert soak.samples[-1].service.bytes > 0
    assert soak.samples[-1].worker is not None
    assert [len(each) for each in lines] == [len(HEADING)] * 2


def check_what_is_wrong_is_found(service: Process) -> None:
    """Another status, an answer that is not as expected, and none at all."""

    def has_no_names(_: object) -> None:
        raise AssertionError("no names")

    ledger = Ledger()
    with service.client() as client:
        assert send(client, ledger, Ask("mistake", "/sample?count=0")) is None
        assert send(client, ledger, Ask("plain", "/sample", check=has_no_names)) is None
        assert send(client, ledger, Ask("plain", "/sample")) is not None
    with httpx.Client(base_url=NOBODY, trust_env=False) as client:
        assert send(client, ledger, Ask("plain", "/sample")) is None
    found = list(wrong(ledger))
    assert ["status 422 instead of 200" in found[0], "no names" in found[1], "ConnectError" in found[2]] == [True] * 3
    assert [len(found), len(ledger.answers)] == [3, 1]
