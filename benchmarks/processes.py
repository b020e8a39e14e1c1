"""Two server processes against one, in turn; wrk shares their cores, so two cores hold less than twice as much."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks.comparison_table import Figure
from benchmarks.load import wrk
from benchmarks.server import serve
from benchmarks.timing import CORES, ratios

ROUNDS = 5
CONNECTIONS = 32
"""The system divides them by chance: so many that both processes have some."""

PATHS = ("/sample?count=1", "/sample?count=100")


def figures(quick: bool) -> Iterator[Figure]:
    """Answers a second; nothing on a machine of one core."""
    if len(CORES) < 2:
        return
    with (
        serve("app", cores=CORES, load_cores=CORES) as one,
        serve("app", cores=CORES, load_cores=CORES, PROCESSES="2") as two,
    ):
        for path in PATHS:
            alone, both = list[float](), list[float]()
            for turn in range(3 if quick else ROUNDS + 1):
                loads = [wrk(server.url, path, connections=CONNECTIONS, seconds=2) for server in (one, two)]
                if turn:
                    alone.append(loads[0].per_second)
                    both.append(loads[1].per_second)
            what = f"{path}, two processes on {len(CORES)} cores"
            yield Figure(what, median(both), "answers/s", "one process", ratios(both, alone))
