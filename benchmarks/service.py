"""The service while it trains against the service at rest, in turn: how long answers take, and what training loses."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from tests.support.trainings import (
    ENDED,
    admin,
    lasting,
    look,
    quick,
    some_names,
    submit,
    training_service,
    until_ended,
    until_running,
)

ROUNDS = 5
SECONDS = 8.0
"""How long each figure of a round is measured."""

LOOK_SECONDS = 0.5
ENQUEUED = 30


@dataclass
class Figures:
    """What was measured, a figure for each round."""

    idle_p99: list[float] = field(default_factory=list)  # seconds
    training_p99: list[float] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)  # names a second
    beside: list[float] = field(default_factory=list)
    enqueueing: list[float] = field(default_factory=list)  # seconds


def rows() -> Iterator[tuple[str, str, str]]:
    """What was measured, its figure, and how that compares."""
    figures = measure()
    idle, training = statistics.median(figures.idle_p99), statistics.median(figures.training_p99)
    alone, beside = statistics.median(figures.alone), statistics.median(figures.beside)
    yield "/sample?count=5 at rest, p99", f"{1000 * idle:.2f} ms", ""
    yield "/sample?count=5 while a model trains, p99", f"{1000 * training:.2f} ms", f"{training / idle:.2f} × at rest"
    yield "training, alone", f"{alone:,.0f} names/s", ""
    yield "training, names asked for without pause", f"{beside:,.0f} names/s", f"{beside / alone:.2f} × alone"
    yield "POST /train with 500 names, warm", f"{1000 * statistics.median(figures.enqueueing):.1f} ms", ""


def measure() -> Figures:
    """Take turns on a service of its own, with a worker beside it."""
    figures = Figures()
    with (
        tempfile.TemporaryDirectory() as folder,
        training_service(f"sqlite:///{folder}/namewright.db") as service,
        admin(service) as client,
    ):
        until_ended(client, submit(client, quick())["id"])
        ask(client, lambda: True)
        for _ in range(ROUNDS):
            figures.idle_p99.append(p99(for_a_while(client)))
            speed, taken = train(client, sampled=True)
            figures.beside.append(speed)
            figures.training_p99.append(p99(taken))
            figures.alone.append(train(client, sampled=False)[0])
        figures.enqueueing.extend(enqueue(client))
    return figures


def for_a_while(client: httpx.Client) -> list[float]:
    """What each request took of those that came one after the other for a while."""
    end = time.perf_counter() + SECONDS
    return ask(client, lambda: time.perf_counter() > end)


def train(client: httpx.Client, *, sampled: bool) -> tuple[float, list[float]]:
    """The speed of a training, and what each request took that came beside it."""
    order = lasting(SECONDS)
    job = submit(client, order)["id"]
    until_running(client, job)
    taken: list[float] = []
    if sampled:
        looked = time.perf_counter()

        def is_over() -> bool:
            nonlocal looked
            if time.perf_counter() - looked < LOOK_SECONDS:
                return False
            looked = time.perf_counter()
            return look(client, job)["state"] in ENDED

        taken = ask(client, is_over)
    ended = until_ended(client, job)
    began, finished = (datetime.fromisoformat(ended[time]) for time in ("started", "finished"))
    return order["steps"] * order["batch"] / (finished - began).total_seconds(), taken


def ask(client: httpx.Client, is_enough: Callable[[], bool]) -> list[float]:
    """Ask for names on one connection until it is enough; the seconds that each answer took."""
    taken: list[float] = []
    while not taken or not is_enough():
        began = time.perf_counter()
        client.get("/sample?count=5").raise_for_status()
        taken.append(time.perf_counter() - began)
    return taken


def p99(taken: list[float]) -> float:
    """Within how many seconds 99 of 100 answers came."""
    return statistics.quantiles(taken, n=100)[98]


def enqueue(client: httpx.Client) -> list[float]:
    """The seconds that each of some orders took to be accepted; none of them is carried out."""
    taken = []
    for seed in range(ENQUEUED):
        order = {"model": "elves", "names": some_names(500, seed)}
        began = time.perf_counter()
        answer = client.post("/train", json=order)
        taken.append(time.perf_counter() - began)
        client.post(f"/train/{answer.raise_for_status().json()['id']}/cancel").raise_for_status()
    return taken
