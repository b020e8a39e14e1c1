"""Timing for noisy machines: one core, contestants that take turns, ratios turn by turn."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

CORES = tuple(sorted(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else (0,)
MEASURED_CORE, LOAD_CORE = CORES[0], CORES[-1]
"""The core of what is measured, and that of the programs that put load on it."""


def turns(
    contestants: Mapping[str, Callable[[], object]], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, list[float]]:
    """Seconds that each takes in each of `rounds` turns, after a first one to warm up.

    Parameters
    ----------
    clock
        `time.perf_counter` counts the time that other processes take, `time.process_time` leaves it out.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(rounds + 1):
        for name, run in contestants.items():
            began = clock()
            run()
            if turn:
                seconds[name].append(clock() - began)
    return seconds


def medians(contestants: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Seconds that each takes, the median of its turns."""
    return {name: statistics.median(taken) for name, taken in turns(contestants, rounds).items()}


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, ...]:
    """How many times each of their figures ours of the same turn is; for speeds from seconds, swap the two."""
    return tuple(our / their for our, their in zip(ours, theirs, strict=True))


def matrix_rate(seconds: float = 0.3, clock: Callable[[], float] = time.perf_counter) -> float:
    """Products of a matrix of 128 x 256 and one of 256 x 256, float32, GFLOP/s: how fast the machine is just now.

    Trainings spend most of their time on such products, so seconds times this rate compare between machines and times.

    Parameters
    ----------
    seconds
        How long to multiply, after a first product to warm up.
    clock
        As for `turns`.
    """
    rng = np.random.default_rng(0)
    left, right = rng.random((128, 256), np.float32), rng.random((256, 256), np.float32)
    out = left @ right
    products, began, taken = 0, clock(), 0.0
    while taken < seconds:
        for _ in range(20):
            np.matmul(left, right, out=out)
        products += 20
        taken = clock() - began
    return 2 * 128 * 256 * 256 * products / taken / 1e9


@contextmanager
def pinned(*cores: int) -> Iterator[None]:
    """Keep this thread, and the processes and threads that it starts meanwhile, on cores, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def machine() -> str:
    """The machine and the versions that the figures are from."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return (
        f"{models[0] if models else platform.processor()}, {os.cpu_count()} cores; Python {platform.python_version()}, "
        f"NumPy {np.__version__}, BLAS threads {os.environ['OPENBLAS_NUM_THREADS']}"
    )
