"""What an attack cost and what it got, measured in processor time and in the memory of a process."""

from __future__ import annotations

import gc
import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np

MEBIBYTE = 2**20
SHOWN_BREACHES = 20

RESET_PEAK = "5"
"""What `/proc/self/clear_refs` takes to count the peak of resident memory from now on (Linux, proc(5))."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cost:
    """What an action took."""

    cpu_seconds: float
    peak_bytes: int  # above what the process held before; 0 where the system does not tell


@dataclass(slots=True)
class Report:
    """The attempts of one part by what came of them, the dearest ones, what else was measured, and what got through."""

    outcomes: Counter[str] = field(default_factory=Counter)
    most: Cost = Cost(0, 0)
    notes: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)

    def add(self, outcome: str, cost: Cost) -> None:
        """Count an attempt."""
        self.outcomes[outcome] += 1
        self.most = Cost(max(self.most.cpu_seconds, cost.cpu_seconds), max(self.most.peak_bytes, cost.peak_bytes))

    def __str__(self) -> str:
        counts = ", ".join(f"{count:,} {outcome}" for outcome, count in self.outcomes.most_common())
        most = f" at most {self.most.cpu_seconds:.2f} CPU-seconds and {self.most.peak_bytes / MEBIBYTE:.0f} MiB;"
        is_measured = self.most != Cost(0, 0)
        first = f"{self.outcomes.total():,} attempts ({counts});{most * is_measured} {len(self.breaches)} got through"
        return "\n  ".join([first, *self.notes, *self.breaches[:SHOWN_BREACHES]])


Part: TypeAlias = Callable[[int, np.random.Generator], Report]


def measured(action: Callable[[], T]) -> tuple[T, Cost]:
    """The result of an action, and what it cost."""
    gc.collect(0)
    before = _reset_peak()
    began = time.process_time()
    result = action()
    return result, Cost(time.process_time() - began, max(0, _status("VmHWM") - before))


async def measured_async(action: Callable[[], Awaitable[T]]) -> tuple[T, Cost]:
    """The same of an action that waits; what the process does meanwhile counts too."""
    before = _reset_peak()
    began = time.process_time()
    result = await action()
    return result, Cost(time.process_time() - began, max(0, _status("VmHWM") - before))


def measured_process(pid: int, held_bytes: int, action: Callable[[], T]) -> tuple[T, Cost]:
    """The same of what another process does meanwhile, above what it held at a time before.

    Children that end meanwhile count as its time, not as its memory.
    """
    _reset_peak(pid)
    began = processor_seconds(pid)
    result = action()
    return result, Cost(processor_seconds(pid) - began, max(0, _status("VmHWM", pid) - held_bytes))


def resident_bytes(pid: int) -> int:
    """The memory that a process holds now."""
    return _status("VmRSS", pid)


def processor_seconds(pid: int) -> float:
    """Processor time of a process, and of its children that have ended, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _reset_peak(process: int | str = "self") -> int:
    """Count the peak from now on; the memory that is held now."""
    path = Path(f"/proc/{process}/clear_refs")
    if path.exists():
        path.write_text(RESET_PEAK)
    return _status("VmRSS", process)


def _status(name: str, process: int | str = "self") -> int:
    """A figure of a process in bytes."""
    path = Path(f"/proc/{process}/status")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:")), 0)
