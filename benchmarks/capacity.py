"""``python -m benchmarks.capacity``: what the figures of ``make bench`` mean for the sizes that users ask about.

It measures what many models and many processes cost besides, multiplies, and with ``--write`` puts the tables into
`docs/capacity.md`. Speeds are those of `build/benchmarks.json`.
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import service
from benchmarks.catalogue import CatalogueCost, measure_catalogue, measure_polls
from benchmarks.comparison_table import replace_tables
from benchmarks.server import serve
from benchmarks.startup import SETTLE_SECONDS
from model.artifact.bundled_models import load_bundled
from model.artifact.model_file import pack

ROOT = Path(__file__).parents[1]
JSON, PAGE = ROOT / "build/benchmarks.json", ROOT / "docs/capacity.md"

LOAD = 0.6
"""Share of its capacity that a process is planned for; the rest is for peaks, and for a machine that fails."""

CORES = 16
"""Of a machine."""

DOLLARS_PER_CORE_HOUR = 0.04
"""About what a cloud takes for a core with its memory."""

TRAINING_SECONDS = {60: 12.5, 1000: 22.6}
"""CPU time of ``python -m model train`` with default settings on so many US names: 2026-11-28."""

CHECKPOINT_SECONDS = 5
"""A training writes its state about so often."""

CHECKPOINT_MODELS = 4
"""How many times a version's size a checkpoint is: weights, the best ones so far, and two moments of the optimiser."""

SIZES = (60, 1000)
"""Models in the catalogue that is measured; larger ones are extrapolated."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What one of each costs."""

    requests: float  # a second, one name each
    whole: float  # names a second in answers of a thousand
    streamed: float  # names a second
    process_mb: float
    model_mb: float  # a trained version in memory
    blob_mb: float  # and in the database
    answer_bytes: int
    log_bytes: int  # a line of the access log
    listed_bytes: float  # a model in GET /models
    listed_ms: float
    catalogues: tuple[CatalogueCost, ...]
    polls: float  # a second that one core of a database answers


def measure() -> Costs:
    """Measure what ``make bench`` does not."""
    speeds = {figure["subject"]: figure["speed"] for figure in json.loads(JSON.read_text("utf-8"))["figures"]}
    streamed = next(speed for subject, speed in speeds.items() if "format=ndjson" in subject)
    style = load_bundled(ROOT / "weights", "icelandic-girls")
    model = style.network.parameters.flat.nbytes + style.hashes.nbytes + (style.ngram.nbytes if style.ngram else 0)
    with serve("app") as server:
        time.sleep(SETTLE_SECONDS)
        answer = server.client.get(service.PLAIN)
        listing = server.client.get("/models")
        listed = len(listing.json()["models"])
        resident = server.resident_megabytes()
        lines = re.findall(rb".*/sample.*\n", server.log.read_bytes())
    head = sum(len(name) + len(value) + 4 for name, value in answer.headers.raw) + 19
    with tempfile.TemporaryDirectory() as folder:
        catalogues = tuple(asyncio.run(measure_catalogue(Path(folder), size)) for size in SIZES)
        polls = measure_polls(Path(folder))
    return Costs(
        requests=speeds[service.PLAIN],
        whole=speeds[f"/sample?count={service.WHOLE}, 2 connections"],
        streamed=streamed,
        process_mb=resident,
        model_mb=model / 2**20,
        blob_mb=len(pack(style)) / 2**20,
        answer_bytes=head + len(answer.content),
        log_bytes=len(lines[-1]),
        listed_bytes=len(listing.content) / listed,
        listed_ms=1000 * listing.elapsed.total_seconds() / listed,
        catalogues=catalogues,
        polls=polls,
    )


Rows = Sequence[Sequence[str]]


def requests(costs: Costs) -> Rows:
    """Machines for so many requests a second."""
    rows = [("requests a second, one name each", "cores", "machines", "memory", "answers", "access log", "polls")]
    for rate in (10, 1000, 100_000):
        cores = max(1, round(rate / costs.requests / LOAD + 0.5))
        machines = max(1, -(-cores // CORES))
        memory = cores * costs.process_mb / 1024
        traffic, logged = rate * costs.answer_bytes / 1e6, rate * costs.log_bytes * 86_400 / 1e9
        rows.append(
            (
                f"{rate:,}",
                f"{cores:,}",
                f"{machines:,}",
                f"{memory:.1f} GB",
                f"{_short(traffic)} MB/s",
                f"{_short(logged)} GB a day",
                f"{cores:,} a second",
            )
        )
    return rows


def models(costs: Costs) -> Rows:
    """What so many trained models in service take."""
    rows = [("models", "memory of a process", "database", "`GET /models`", "first poll", "poll after a change")]
    small, large = costs.catalogues
    for number in (60, 1000, 100_000):
        measured = next((one for one in costs.catalogues if one.models == number), None)
        first, change = (measured.first_seconds, measured.change_seconds) if measured else _beyond(small, large, number)
        memory = (costs.process_mb + number * costs.model_mb) / 1024
        listing = f"{_short(number * costs.listed_bytes / 1e6)} MB, {_short(number * costs.listed_ms)} ms"
        rows.append(
            (
                f"{number:,}",
                f"{_short(memory)} GB",
                f"{_short(number * costs.blob_mb / 1024)} GB",
                listing,
                f"{'' if measured else 'about '}{_short(first)} s",
                f"{'' if measured else 'about '}{_short(change)} s",
            )
        )
    return rows


def _beyond(small: CatalogueCost, large: CatalogueCost, number: int) -> tuple[float, float]:
    """Time of the first poll, which copies the snapshot once for each model, and of a poll after a change."""
    times, models = number / large.models, large.models
    each = (large.first_seconds / models - small.first_seconds / small.models) / (models - small.models)
    first = large.first_seconds * times + max(each, 0) * (number - models) * number
    return first, large.change_seconds * times


def lists(costs: Costs) -> Rows:
    """Workers for so many lists a minute."""
    rows = [("lists a minute", "names a list", "worker cores", "checkpoints", "versions")]
    for rate in (1, 1000):
        for names, seconds in TRAINING_SECONDS.items():
            cores = max(1, round(rate / 60 * seconds / LOAD + 0.5))
            written = cores * LOAD * CHECKPOINT_MODELS * costs.blob_mb / CHECKPOINT_SECONDS
            kept = rate * 1440 * costs.blob_mb / 1024
            rows.append(
                (f"{rate:,}", f"{names:,}", f"{cores:,}", f"{_short(written)} MB/s", f"{_short(kept)} GB a day")
            )
    return rows


def prices(costs: Costs) -> Rows:
    """What a million names cost."""
    rows = [("a million names", "core-seconds", f"at {DOLLARS_PER_CORE_HOUR:g} dollars a core-hour")]
    ways = {
        "one a request": costs.requests,
        "a thousand a request": costs.whole,
        "streamed": costs.streamed,
    }
    for way, rate in ways.items():
        seconds = 1e6 / rate
        rows.append((way, _short(seconds), f"{seconds / 3600 * DOLLARS_PER_CORE_HOUR:.2g}"))
    return rows


def polls(costs: Costs) -> str:
    """How many processes one database holds, in a sentence."""
    return (
        f"One core answered {costs.polls:,.0f} polls a second from four processes at once (SQLite). Each process asks "
        f"once a second, so {int(costs.polls * LOAD):,} processes fill it to {LOAD:.0%}."
    )


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.2g}"


def main() -> None:
    """Measure, print, and write."""
    parser = ArgumentParser(prog="python -m benchmarks.capacity", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write the tables of {PAGE.relative_to(ROOT)} anew")
    arguments = parser.parse_args()
    if not JSON.exists():
        parser.error("it needs the speeds of this machine: run 'make bench' first")
    costs = measure()
    tables = [_markdown(rows) for rows in (requests(costs), models(costs), lists(costs), prices(costs))]
    speeds = (
        f"Measured on {time.strftime('%Y-%m-%d')}, on one core: {costs.requests:,.0f} requests a second for one name, "
        f"{costs.whole:,.0f} names a second in answers of a thousand, {costs.streamed:,.0f} streamed. A process takes "
        f"{costs.process_mb:.0f} MB, a trained model {costs.model_mb:.1f} MB in memory and {costs.blob_mb:.1f} MB in "
        f"the database. {polls(costs)}"
    )
    text = "\n\n".join([speeds, *tables])
    print(text)
    if arguments.write:
        replace_tables(PAGE, text)


def _markdown(rows: Rows) -> str:
    heading, *others = rows
    return "\n".join(f"| {' | '.join(row)} |" for row in [heading, ["---"] * len(heading), *others])


if __name__ == "__main__":
    main()
