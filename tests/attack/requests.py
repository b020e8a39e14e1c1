"""Every route of the OpenAPI document, as the admin and as anybody: each answer is as documented, and none a failure.

schemathesis, in a process of its own, sends what the document allows and what it forbids, in rounds. Each round has a
service of its own, since some requests withdraw and delete models.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from tests.attack import documented
from tests.attack.report import Report
from tests.support.checkout import ROOT
from tests.support.processes import until
from tests.support.trainings import ENDED, TOKEN, admin, quick, training_service

FEW = 2_000
"""Attempts of a round below which there is no worker and none of the phases that send that many alone."""

REQUESTS_FOR_EXAMPLE = 20
"""A test case more of each operation makes at least so many requests."""

MOST_EXAMPLES = 100
WHO = len(("the admin", "anybody"))

SETTINGS = {"max_steps": "100", "max_queue": "1000", "max_seconds": "0.5"}
"""With trainings that take no time to speak of, and answers that take no longer than elsewhere."""

REQUEST_SECONDS, ROUND_SECONDS = 60, 3600

CONFIGURATION = """
request-timeout = {request_seconds}
cache.enabled = false

# `documented` also knows a refusal for now; and the document can't say which fields exclude each other, or which
# letters a model knows.
[checks]
not_a_server_error.enabled = false
positive_data_acceptance.enabled = false
# a model that came with the software serves again once it is deleted
use_after_free.enabled = false
# 413 and 414: what is wrong may also be too long to be read
negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 414, 415, 422, 503]

[dictionaries]
job = {{ values = ["{job}"] }}
model = {{ values = ["us", "elves"] }}
version = {{ values = [0, 1] }}
word = {{ values = ["us", "us@0", "elves@1", "a", "é", "7", "2-3", "a*", "Mar??a", "[ab]+c?", "csv", "ndjson"] }}

[parameters]
"path.id" = {{ dictionary = "job", probability = 0.5 }}
"path.name" = {{ dictionary = "model", probability = 0.5 }}
"path.version" = {{ dictionary = "version", probability = 0.5 }}
"query.model" = {{ dictionary = "model", probability = 0.5 }}

[generation.dictionaries]
string = {{ dictionary = "word", probability = 0.2 }}

# The document describes the stream as a text, and its events in words; each event is held against the same schema.
[[operations]]
include-path = "/train/{{id}}/events"
request-timeout = 10
max-stream-events = 1
checks.response_schema_conformance.enabled = false
"""
"""What there is in the service, so that many requests ask for it."""

SHOWN = 600
"""Letters of an address, a body or a message in what is said of a breach."""


@dataclass(frozen=True, slots=True)
class Round:
    """One run of schemathesis."""

    is_admin: bool
    phases: str
    examples: int  # of each operation and each phase
    seed: int

    def __str__(self) -> str:
        who = "the admin" if self.is_admin else "anybody"
        return f"{who}, --phases={self.phases} --max-examples={self.examples} --seed={self.seed}"


def attack(attempts: int, rng: np.random.Generator) -> Report:
    """Send at least so many requests, in turns as the admin and as anybody."""
    report = Report()
    for number in itertools.count():
        sent = report.outcomes.total()
        left = max(0, attempts - sent) // (2 if number == 0 else 1)
        phases = "examples,coverage,fuzzing,stateful" if number < WHO and left > FEW else "fuzzing,stateful"
        examples = min(max(1, left // REQUESTS_FOR_EXAMPLE), MOST_EXAMPLES)
        one = Round(number % WHO == 0, phases, examples, int(rng.integers(2**31)))
        play(report, one, has_worker=attempts > FEW)
        if report.outcomes.total() == sent:
            report.breaches.append(f"{one}: nothing was sent")
            break
        if number + 1 >= WHO and report.outcomes.total() >= attempts:
            break
    return report


def play(report: Report, one: Round, *, has_worker: bool) -> None:
    """Play a round against a new service."""
    worker = {"worker": "embedded" if has_worker else "none"}
    with (
        tempfile.TemporaryDirectory() as name,
        training_service(f"sqlite:///{name}/jobs.db", **SETTINGS, **worker) as service,
    ):
        with admin(service) as client:
            job = _order(client, is_awaited=has_worker)
        run(report, f"http://127.0.0.1:{service.port}/openapi.json", Path(name), job, one)
        if service.process.poll() is not None:
            report.breaches.append(f"{one}: the service ended: {service.log[-SHOWN:]}")


def _order(client: httpx.Client, *, is_awaited: bool) -> str:
    """Order a training, whose model there is then to ask for; its job."""
    answer = client.post("/train", json=quick(hidden=16, steps=20)).raise_for_status()
    job: str = answer.json()["id"]
    if is_awaited:
        until(lambda: client.get(f"/train/{job}").json()["state"] in ENDED, "the end of a training")
    return job


def run(report: Report, document: str, folder: Path, job: str, one: Round) -> None:
    """Send the requests of a round to where an OpenAPI document is, and count what comes of them."""
    config, told = folder / "schemathesis.toml", folder / "events.ndjson"
    config.write_text(CONFIGURATION.format(job=job, request_seconds=REQUEST_SECONDS), "utf-8")
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", document),
        *(f"--phases={one.phases}", f"--max-examples={one.examples}", f"--seed={one.seed}", "--no-shrink"),
        *("--suppress-health-check=all", "--continue-on-failure", "--max-redirects=0", "--generation-database=none"),
        *("--report=ndjson", f"--report-ndjson-path={told}", "--output-sanitize=false", "--no-color"),
        *([f"--header=Authorization: Bearer {TOKEN}"] if one.is_admin else []),
    ]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": documented.__name__, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=ROUND_SECONDS)
    has_finished = False
    if told.exists():
        with told.open(encoding="utf-8") as lines:
            for line in lines:
                event = json.loads(line)
                has_finished |= "EngineFinished" in event
                _count(report, event, one)
    if not has_finished:
        report.breaches.append(f"{one}: the run broke off: {ended.stdout[-SHOWN:]} {ended.stderr[-SHOWN:]}")


def _count(report: Report, event: Mapping[str, Any], one: Round) -> None:
    """Count the requests of an event, and note what was wrong with their answers."""
    for kind in event.keys() & {"NonFatalError", "FatalError"}:
        report.breaches.append(f"{one}: {json.dumps(event[kind], ensure_ascii=False):.{SHOWN}}")
    scenario = event.get("ScenarioFinished", {}).get("recorder", {})
    for case, exchange in scenario.get("interactions", {}).items():
        answer = exchange.get("response")
        report.outcomes[_outcome(answer)] += 1
        wrong = [
            f"{check['name']}: {json.dumps(check['failure_info']['failure']['message'])}"
            for check in scenario.get("checks", {}).get(case, ())
            if check["status"] == "failure"
        ]
        for what in wrong if answer else ["no answer"]:
            breach = f"{one}: {_request(exchange['request'])}: {what:.{SHOWN}}"
            if breach not in report.breaches:  # the same request is often sent again
                report.breaches.append(breach)


def _outcome(answer: Mapping[str, Any] | None) -> str:
    if answer is None:
        return "no answer"
    status = answer["status_code"]
    return "503" if status == HTTPStatus.SERVICE_UNAVAILABLE else f"{status // 100}xx"


def _request(request: Mapping[str, Any]) -> str:
    body = base64.b64decode((request.get("body") or {}).get("$base64", ""))
    return f"{request['method']} {request['uri']:.{SHOWN}} {body[:SHOWN].decode('utf-8', 'backslashreplace')}"
