import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from tests.attack import requests
from tests.attack.report import Report
from tests.attack.requests import Round

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]  # processes of their own

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "a service that fails", "version": "1"},
    "paths": {
        f"/{status}": {"get": {"responses": {"200": {"description": "all is well"}}}} for status in (0, 204, 500, 503)
    },
}


class Failing(BaseHTTPRequestHandler):
    """Answers with the status that its path names, which its document does not know, or to /0 not at all."""

    def do_GET(self) -> None:
        if self.path == "/0":
            self.close_connection = True
            return
        is_document = self.path == "/openapi.json"
        content = json.dumps(DOCUMENT if is_document else {}).encode()
        self.send_response(int(self.path[1:]) if self.path in DOCUMENT["paths"] else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as its base has it
        pass


@pytest.fixture
def failing() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Failing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/openapi.json"
        server.shutdown()


def test_every_answer_is_a_documented_one_for_the_admin_and_for_anybody() -> None:
    report = requests.attack(150, np.random.default_rng(1))
    assert report.breaches == []
    assert report.outcomes.total() >= 150
    assert report.outcomes["2xx"] > 30
    assert report.outcomes["4xx"] > 60


def test_failures_and_answers_that_the_document_does_not_know_are_breaches(failing: str, tmp_path: Path) -> None:
    report = Report()
    requests.run(report, failing, tmp_path, "job", Round(False, "fuzzing", 1, 7))
    told = "\n".join(report.breaches)
    assert "status_code_conformance" in told
    assert "/204" in told
    assert "the service failed: 500" in told
    assert "no answer" in told
    assert "a 503 says when to try again" in told
    assert f"{Round(False, 'fuzzing', 1, 7)}" in told


def test_a_run_that_cannot_begin_is_a_breach(tmp_path: Path) -> None:
    report = Report()
    requests.run(report, "http://127.0.0.1:9/openapi.json", tmp_path, "job", Round(False, "fuzzing", 1, 7))
    assert "the run broke off" in report.breaches[-1]
