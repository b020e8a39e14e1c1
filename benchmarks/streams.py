"""A million names in one answer: how fast they come, when the first byte does, and the memory that they take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from benchmarks.comparison_table import Figure
from benchmarks.server import Server, serve
from benchmarks.service import in_process
from benchmarks.timing import ratios
from model.generation.options import Options

MILLION = 1_000_000
ROUNDS = 3
BATCH = 1000
"""Names at once of the sampler that is compared with."""


def figures(quick: bool) -> Iterator[Figure]:
    """Without and with `unique`, which has to remember what was sent."""
    count = MILLION // 10 if quick else MILLION
    rates, alone, first, growth = list[float](), list[float](), list[float](), list[float]()
    with serve("app", MAX_STREAM_COUNT=str(MILLION)) as server:
        _stream(server, 2000, unique=False)
        for _ in range(1 if quick else ROUNDS):
            alone.append(in_process(BATCH, Options(unique=False)))
            seconds, until_first, megabytes = _stream(server, count, unique=False)
            rates.append(count / seconds)
            first.append(1000 * until_first)
            growth.append(megabytes)
        _, _, remembering = _stream(server, count, unique=True)
    what = f"/sample?format=ndjson&count={count:,}"
    yield Figure(what, median(rates), "names/s", "the sampler in a process", ratios(rates, alone), 0.6)
    yield Figure("its first byte", median(first), "ms", limit=50)
    yield Figure("memory that it takes", max(growth), "MB", limit=20)
    per_name = (remembering - median(growth)) * 2**20 / count
    yield Figure("memory that unique takes beside it", per_name, "bytes a name", limit=24)


def _stream(server: Server, count: int, *, unique: bool) -> tuple[float, float, float]:
    """Seconds until all names are there and until the first byte is, and by how many megabytes the service grew."""
    before = server.resident_megabytes()
    server.forget_peak()
    asked: dict[str, str | int] = {"count": count, "format": "ndjson", "unique": str(unique).lower()}
    began, first = time.perf_counter(), 0.0
    lines = 0
    with server.client.stream("GET", "/sample", params=asked) as answer:
        answer.raise_for_status()
        for chunk in answer.iter_raw():
            first = first or time.perf_counter() - began
            lines += chunk.count(b"\n")
    taken = time.perf_counter() - began
    if lines != count + 1:  # the last one says how it went
        raise RuntimeError(f"{lines:,} lines came instead of {count + 1:,}")
    return taken, first, server.peak_megabytes() - before
