"""The service while it trains against the service at rest, in turn: how long answers take, and what training loses.

Service, worker and client share all cores, as they do where they run.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median, quantiles
from typing import Any

import httpx

from benchmarks.comparison_table import Figure
from benchmarks.server import serve
from benchmarks.timing import CORES, ratios
from model.corpus.bundled import bundled_path
from model.corpus.corpus import Corpus

Json = dict[str, Any]

ROUNDS = 5
SECONDS = 8.0
"""How long each figure of a round is measured, about."""

POLL_SECONDS = 0.5
ENQUEUED_JOBS = 30
QUICK: Json = {"hidden": 32, "steps": 100}
LASTING: Json = {"cell": "vanilla", "hidden": 256, "batch": 64, "learning_rate": 0.0005}
TRIAL_STEPS = 500
"""Of a training that tells how many steps the others need."""


@dataclass
class Measured:
    """What was measured, a figure for each round."""

    idle_p99: list[float] = field(default_factory=list)  # seconds
    training_p99: list[float] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)  # names a second
    beside: list[float] = field(default_factory=list)
    enqueueing: list[float] = field(default_factory=list)  # seconds


def figures(quick: bool) -> Iterator[Figure]:
    """What was measured, its median, and how that compares."""
    measured = measure(*((2, SECONDS / 2) if quick else (ROUNDS, SECONDS)))
    idle, training = measured.idle_p99, measured.training_p99
    yield Figure("/sample?count=5 at rest, p99", 1000 * median(idle), "ms")
    yield Figure(
        "/sample?count=5 while a model trains, p99",
        1000 * median(training),
        "ms",
        "at rest",
        ratios(training, idle),
        limit=1.5,
    )
    yield Figure(
        "training while names are asked for without pause",
        median(measured.beside),
        "names/s",
        "alone",
        ratios(measured.beside, measured.alone),
        target=0.6,
    )
    yield Figure("POST /train with 500 names, warm", 1000 * median(measured.enqueueing), "ms")


def measure(rounds: int, seconds: float) -> Measured:
    """Take turns on a service of its own, with a worker beside it."""
    figures = Measured()
    names = Corpus.read(bundled_path("us")).names
    with serve("app", cores=CORES, load_cores=CORES, WORKER="embedded") as server:
        client = server.client
        until(client, submit(client, order(names, 120, QUICK)), "succeeded")
        speed, _ = train(client, order(names, 4000, LASTING | {"steps": TRIAL_STEPS}), sampled=False)
        lasting = order(names, 4000, LASTING | {"steps": round(speed * seconds / LASTING["batch"])})
        for _ in range(rounds):
            figures.idle_p99.append(p99(sample(client, lasts(seconds))))
            speed, taken = train(client, lasting, sampled=True)
            figures.beside.append(speed)
            figures.training_p99.append(p99(taken))
            figures.alone.append(train(client, lasting, sampled=False)[0])
        figures.enqueueing.extend(enqueue(client, order(names, 500, {})) for _ in range(ENQUEUED_JOBS))
    return figures


def train(client: httpx.Client, wanted: Json, *, sampled: bool) -> tuple[float, list[float]]:
    """The speed of a training in names a second, and the seconds that each answer took beside it."""
    job = submit(client, wanted)
    until(client, job, "running")
    taken = sample(client, has_ended(client, job)) if sampled else []
    ended = until(client, job, "succeeded")
    began, finished = (datetime.fromisoformat(ended[time]) for time in ("started", "finished"))
    return wanted["steps"] * wanted["batch"] / (finished - began).total_seconds(), taken


def sample(client: httpx.Client, is_over: Iterator[bool]) -> list[float]:
    """Draw names on one connection until it is over; the seconds that each answer took."""
    taken: list[float] = []
    while not next(is_over):
        began = time.perf_counter()
        client.get("/sample?count=5").raise_for_status()
        taken.append(time.perf_counter() - began)
    return taken


def lasts(seconds: float) -> Iterator[bool]:
    """Whether so much time has passed, again and again."""
    end = time.perf_counter() + seconds
    while True:
        yield time.perf_counter() > end


def has_ended(client: httpx.Client, job: str) -> Iterator[bool]:
    """Whether a job has ended, again and again; it is polled every half second."""
    while find(client, job)["state"] == "running":
        end = time.perf_counter() + POLL_SECONDS
        while time.perf_counter() < end:
            yield False
    yield True


def p99(taken: list[float]) -> float:
    """The 99th percentile."""
    return quantiles(taken, n=100)[98]


def enqueue(client: httpx.Client, wanted: Json) -> float:
    """The seconds until a job is accepted, which is cancelled then."""
    began = time.perf_counter()
    job = submit(client, wanted)
    taken = time.perf_counter() - began
    client.post(f"/train/{job}/cancel").raise_for_status()
    return taken


def order(names: Sequence[str], count: int, overrides: Json) -> Json:
    """A training on so many of the names."""
    return {"model": "elves", "seed": 1, "names": names[:: len(names) // count][:count]} | overrides


def submit(client: httpx.Client, wanted: Json) -> str:
    """The id of a new job."""
    return str(client.post("/train", json=wanted).raise_for_status().json()["id"])


def find(client: httpx.Client, job: str) -> Json:
    """A job as it is now."""
    found: Json = client.get(f"/train/{job}").raise_for_status().json()
    return found


def until(client: httpx.Client, job: str, state: str) -> Json:
    """Wait until a job is in a state."""
    while (found := find(client, job))["state"] != state:
        if found["state"] in {"failed", "cancelled"}:
            raise RuntimeError(found)
        time.sleep(POLL_SECONDS / 10)
    return found
