"""Three times as many requests as the service can answer: how many it answers all the same, and what others get."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from benchmarks.comparison_table import Figure
from benchmarks.load import Answer, offer, wrk
from benchmarks.server import serve

PATH = "/sample?count=100&seed=SEED"
"""Seeded, so that no name is there before it is asked for; not small, so that the load needs little of its core."""

TIMES = 3
REFUSAL_SECONDS = 0.05
RECOVERY_SECONDS = 2.0


def figures(quick: bool) -> Iterator[Figure]:
    """First as many as it answers, then more, then few again."""
    seconds = 5.0 if quick else 30.0
    with serve("app") as server:
        peak = wrk(server.url, PATH, connections=8, seconds=seconds / 3).per_second
        calm = p99(asyncio.run(offer(server.port, PATH, per_second=peak / 3, seconds=seconds / 3)))
        before = server.resident_megabytes()
        server.forget_peak()
        answers = asyncio.run(offer(server.port, PATH, per_second=TIMES * peak, seconds=seconds))
        growth = server.peak_megabytes() - before
        after = asyncio.run(offer(server.port, PATH, per_second=peak / 3, seconds=seconds / 3))
    good = [answer for answer in answers if answer.status == 200]
    refused = [answer for answer in answers if answer.status != 200]
    offered = f"{TIMES} times the capacity offered for {seconds:g} s"
    rate = len(good) / (seconds + max(answer.at + answer.seconds - seconds for answer in answers))
    yield Figure(f"{PATH}, 8 connections", peak, "answers/s")
    yield Figure(f"{offered}: answers", rate, "answers/s", "8 connections", (rate / peak,), 0.9)
    yield Figure(f"{offered}: answers, p99", 1000 * p99(good), "ms")
    if refused:
        others = 100 * sum(answer.status != 503 for answer in refused) / len(refused)
        late = 100 * sum(answer.seconds > REFUSAL_SECONDS for answer in refused) / len(refused)
        yield Figure(f"{offered}: refusals, p99", 1000 * p99(refused), "ms", limit=1000 * REFUSAL_SECONDS)
        yield Figure(f"{offered}: refusals that take longer", late, "%", limit=1)
        yield Figure(f"{offered}: refusals with another status than 503", others, "%", limit=0)
    yield Figure(f"{offered}: memory that it takes", growth, "MB", limit=20)
    late_after = [answer.at + answer.seconds for answer in after if answer.status != 200 or answer.seconds > 2 * calm]
    yield Figure("until answers are as fast again", max(late_after, default=0.0), "s", limit=RECOVERY_SECONDS)


def p99(answers: Sequence[Answer]) -> float:
    """The 99th percentile of how long they took, in seconds."""
    return sorted(answer.seconds for answer in answers)[int(0.99 * len(answers))]
