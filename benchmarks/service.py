"""Requests a second and their p99: `/sample` against a FastAPI endpoint of the same signature that does nothing.

The servers have one core, wrk has another; they take turns. The service writes its access log, the other does not.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.comparison_table import Figure
from benchmarks.load import Load, Wrk, wrk
from benchmarks.server import Server, serve
from benchmarks.timing import MEASURED_CORE, pinned, ratios
from model.artifact import model_file
from model.corpus.bundled import bundled_path
from model.corpus.corpus import Corpus
from model.generation.options import Options
from model.generation.sampling import draw
from model.generation.served import predictor_of

NOTHING = "an endpoint that does nothing"
CONNECTIONS = 16
ROUNDS = 7
WEIGHTS = Path(__file__).parents[1] / "weights"

PLAIN = "/sample?count=1"
SEEDED = "&seed=SEED&start=a&max_length=12&min_length=3"
TARGETS: dict[str, float | None] = {PLAIN: 3, f"/sample?count=1&model=us-seed{SEEDED}": 0.6}
REPORTED = (
    f"/sample?count=1&model=us{SEEDED}",
    "/sample?count=5",
    "/sample?count=1&suffix=a",
    "/sample?count=1&pattern=A*a",
    "/sample?count=1&regex=(an|el).%2B[aeiou]&syllables=2-3",
)
"""Other requests, of which no figure is aimed at."""

WHOLE = 1000
"""Names of a large answer."""

DEAREST = (
    "/sample?count=1000&seed=SEED&offset=99000",
    "/sample?count=1000&suffix=q&contains=zx",
    "/sample?count=1000&syllables=5&suffix=x&novel=true",
    "/sample?count=1000&details=true",
)
"""Legal requests that take the longest."""


@dataclass(frozen=True, slots=True)
class Turns:
    """What one kind of request did in each turn."""

    per_second: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)  # seconds
    refused: list[int] = field(default_factory=list)

    def add(self, load: Load) -> None:
        """Keep what one turn measured."""
        self.per_second.append(load.per_second)
        self.p99.append(load.p99)
        self.refused.append(load.refused)


def figures(quick: bool) -> Iterator[Figure]:
    """Requests a second of each kind, names of large answers, and what the dearest requests do to the plain one."""
    rounds, seconds = (2, 1.0) if quick else (ROUNDS, 3.0)
    with serve("benchmarks.nothing") as nothing, serve("app") as server:
        style = like(server)
        yield from _small(nothing, server, [*TARGETS, *REPORTED, style], rounds, seconds)
        yield from _sustained(nothing, server, ["us", "us-seed"], 10 * seconds)
        yield _whole(server, rounds, seconds)
        yield from _beside_the_dearest(server, rounds, seconds)


def like(server: Server) -> str:
    """A path that draws names like a few, which the service has in its cache."""
    names = Corpus.read(bundled_path("icelandic-girls")).names[:40:2]
    answer = server.client.post("/sample", json={"like": names}).raise_for_status().json()
    return f"/sample?count=1&model={answer['model']}"


def _small(nothing: Server, server: Server, paths: list[str], rounds: int, seconds: float) -> Iterator[Figure]:
    theirs, ours = Turns(), {path: Turns() for path in paths}
    for turn in range(rounds + 1):  # a first one to warm up
        loads = {path: wrk(server.url, path, connections=CONNECTIONS, seconds=seconds) for path in paths}
        load = wrk(nothing.url, PLAIN, connections=CONNECTIONS, seconds=seconds)
        if turn:
            theirs.add(load)
            for path in paths:
                ours[path].add(loads[path])
    yield Figure(NOTHING, median(theirs.per_second), "requests/s")
    yield Figure(f"{NOTHING}, p99", 1000 * median(theirs.p99), "ms")
    for path, turns in ours.items():
        what = path if "style:" not in path else "/sample?count=1, like 20 names, from the cache"
        faster, later = ratios(turns.per_second, theirs.per_second), ratios(turns.p99, theirs.p99)
        yield Figure(what, median(turns.per_second), "requests/s", NOTHING, faster, TARGETS.get(path))
        limit = 1 if path == PLAIN else None
        yield Figure(f"{what}, p99", 1000 * median(turns.p99), "ms", NOTHING, later, limit=limit)


def _sustained(nothing: Server, server: Server, models: list[str], seconds: float) -> Iterator[Figure]:
    """A long time without a pause, in which more names are asked for than were drawn ahead."""
    theirs = wrk(nothing.url, PLAIN, connections=CONNECTIONS, seconds=seconds / 5).per_second
    for model in models:
        load = wrk(server.url, f"{PLAIN}&model={model}", connections=CONNECTIONS, seconds=seconds)
        what = f"{PLAIN}&model={model}, {seconds:g} s without a pause"
        yield Figure(what, load.per_second, "requests/s", NOTHING, (load.per_second / theirs,))


def in_process(count: int, options: Options) -> float:
    """Names a second of the default model without a service, on the core that the service has in its turns."""
    predictor, rng = predictor_of(model_file.load(WEIGHTS / "us.npz")), np.random.default_rng()
    with pinned(MEASURED_CORE):
        draw(predictor, count, options, rng)
        drawn, began = 0, time.perf_counter()
        while (taken := time.perf_counter() - began) < 1:
            drawn += len(draw(predictor, count, options, rng).names)
    return drawn / taken


def _whole(server: Server, rounds: int, seconds: float) -> Figure:
    ours, alone = [], []
    for turn in range(rounds + 1):
        load = wrk(server.url, f"/sample?count={WHOLE}", connections=2, seconds=seconds + 2)
        rate = in_process(WHOLE, Options())
        if turn:
            ours.append(WHOLE * load.per_second)
            alone.append(rate)
    what = f"/sample?count={WHOLE}, 2 connections"
    return Figure(what, median(ours), "names/s", "the sampler in a process", ratios(ours, alone), 0.6)


def _beside_the_dearest(server: Server, rounds: int, seconds: float) -> Iterator[Figure]:
    """A connection that asks for a name again and again, without and then with 16 that ask for what costs most."""
    idle, beside = Turns(), Turns()
    for _ in range(rounds):  # first, as what is dear may go on when its client has left
        idle.add(wrk(server.url, PLAIN, connections=1, seconds=seconds))
    for _ in range(rounds):
        with Wrk(server.url, DEAREST, connections=CONNECTIONS, seconds=60 * seconds):
            time.sleep(1)
            beside.add(wrk(server.url, PLAIN, connections=1, seconds=seconds))
    slower = ratios(beside.p99, [median(idle.p99)] * rounds)
    what = f"beside {CONNECTIONS} connections of the dearest requests"
    yield Figure(f"{PLAIN}, one connection, p99", 1000 * median(idle.p99), "ms")
    yield Figure(f"{PLAIN}, {what}, p99", 1000 * median(beside.p99), "ms", "without them", slower, limit=4)
    yield Figure(f"{PLAIN}, {what}, refused", sum(beside.refused), "requests", limit=0)
