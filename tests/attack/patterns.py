"""Hostile patterns, regular expressions, syllables, exclusions and lists: none takes more than any answer may.

Hypothesis draws them, and goes on from the dearest ones that it finds. Each is sent to a service in a process of its
own, which may take half a second of a processor to draw its names.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings, target

from model.artifact.bundled_models import bundled_folder
from model.artifact.model_file import save
from tests.attack.dearest import largest
from tests.attack.hostile_requests import LARGEST, MODELS, Hostile, hostile_requests
from tests.attack.report import MEBIBYTE, Report, measured_process, resident_bytes
from tests.support.processes import Process, started

MAX_CPU_SECONDS = {"names": 0.8, "list": 2.0}
"""Half a second for the names, and what is made before them: automata, and the answer; and as any text for a list."""

MAX_BYTES = 200 * MEBIBYTE
SHOWN_DEAREST = 5
SHOWN_CHARACTERS = 400
TOKEN = "of the admin of what is attacked"  # noqa: S105 - of a service that ends with the attack
SERVER_ERROR, OVER_CAPACITY = 500, 503


@dataclass(slots=True)
class _Attack:
    """A service, and what came of what was sent to it."""

    service: Process
    client: httpx.Client
    held_bytes: int
    report: Report = field(default_factory=Report)
    dearest: dict[str, float] = field(default_factory=dict)

    def send(self, request: Hostile) -> float:
        """Send a request, say what came of it, and what it cost in processor time."""
        content = json.dumps(request.body).encode()
        ask = partial(self.client.post, request.path, content=content, headers={"Content-Type": "application/json"})
        answer, cost = measured_process(self.service.process.pid, self.held_bytes, ask)
        self.report.add(f"{request.kind} {answer.status_code}", cost)
        what = f"{request.path} {content.decode():.{SHOWN_CHARACTERS}}"
        self.dearest[what] = cost.cpu_seconds
        is_busy = answer.status_code == OVER_CAPACITY and "retry-after" in answer.headers
        if answer.status_code >= SERVER_ERROR and not is_busy:
            self.report.breaches.append(f"{answer.status_code} {answer.text:.200}: {what}")
        if cost.cpu_seconds > MAX_CPU_SECONDS[request.kind] or cost.peak_bytes > MAX_BYTES:
            dear = f"{cost.cpu_seconds:.2f} CPU-seconds and {cost.peak_bytes / MEBIBYTE:.0f} MiB"
            self.report.breaches.append(f"{answer.status_code} after {dear}: {what}")
        return cost.cpu_seconds


def attack(attempts: int, rng: np.random.Generator, models: tuple[str, ...] = (*MODELS, LARGEST)) -> Report:
    """Send what is drawn for these models."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for model in {"us", *models} - {LARGEST}:
            shutil.copy(bundled_folder() / f"{model}.npz", folder)
        if LARGEST in models:
            save(largest(), folder / f"{LARGEST}.npz")
        own = {"NAMEWRIGHT_WEIGHTS": name, "NAMEWRIGHT_ADMIN_TOKEN": TOKEN, "NAMEWRIGHT_MAX_SECONDS": "0.5"}
        asking = {"Authorization": f"Bearer {TOKEN}"}
        with (
            started(own | {"NAMEWRIGHT_MAX_QUEUE": "1000000"}) as service,
            service.client(headers=asking) as client,
        ):
            for model in models:
                _make_what_is_made_once(client, model)
            attack = _Attack(service, client, resident_bytes(service.process.pid))

            @seed(int(rng.integers(2**32)))
            @settings(
                max_examples=attempts,
                phases=(Phase.generate, Phase.target),
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(hostile_requests(models))
            def send(request: Hostile) -> None:
                target(attack.send(request), label=request.kind)

            send()
    found = sorted(attack.dearest.items(), key=lambda one: -one[1])[:SHOWN_DEAREST]
    attack.report.notes = [f"dear, {seconds:.2f} CPU-seconds: {what}" for what, seconds in found]
    return attack.report


def _make_what_is_made_once(client: httpx.Client, model: str) -> None:
    """Ask for what every later request to a model finds made, which is no cost of any of them."""
    asked: list[dict[str, Any]] = [{}, {"regex": ".*a"}, {"details": True}, {"novel": True, "details": True}]
    for more in asked:
        client.post("/sample", json={"model": model, "seed": "1", "count": 5} | more)
    client.post("/score", json={"model": model, "names": ["a"]})
