"""What the processes of a service hold: memory that they share with no other, descriptors and threads."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from tests.support.processes import children

PRIVATE = re.compile(r"^(?:Private_Dirty|Swap): +(\d+) kB$", re.MULTILINE)
"""What a process has written itself; pages of files that it maps, such as libraries, are not in it."""

WORKER = "app.worker"
MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class Footprint:
    """What one process holds."""

    bytes: int
    descriptors: int
    threads: int


@dataclass(frozen=True, slots=True)
class Sample:
    """What a service, its worker and its short-lived processes hold at one time, in seconds since the start.

    Attributes
    ----------
    worker : Footprint, optional
        None while it is being started.
    helpers : int
        Processes that learn, plot or check a list.
    helper_bytes : int
        Of all of them.
    """

    at: float
    service: Footprint
    worker: Footprint | None
    helpers: int
    helper_bytes: int


def read_footprint(process: int) -> Footprint | None:
    """What a process holds; None where it has ended."""
    folder = Path("/proc") / str(process)
    try:
        rollup = (folder / "smaps_rollup").read_text("ascii")
        descriptors = sum(1 for _ in (folder / "fd").iterdir())
        threads = sum(1 for _ in (folder / "task").iterdir())
    except (FileNotFoundError, ProcessLookupError):
        return None
    return Footprint(1024 * sum(map(int, PRIVATE.findall(rollup))), descriptors, threads)


def read_sample(service: int, at: float) -> Sample | None:
    """What a service and its child processes hold; None where it has ended."""
    own = read_footprint(service)
    if own is None:
        return None
    workers = children(service, WORKER)
    others = [child for child in children(service) if child not in workers]
    helpers = [found for found in map(read_footprint, others) if found]
    worker = read_footprint(workers[0]) if workers else None
    return Sample(at, own, worker, len(helpers), sum(one.bytes for one in helpers))


class Sampler(threading.Thread):
    """Takes a sample at regular intervals until it is stopped, or the service has ended."""

    def __init__(self, service: int, seconds: float) -> None:
        super().__init__(name="sampler", daemon=True)
        self.samples: list[Sample] = []
        self._service, self._seconds = service, seconds
        self._over = threading.Event()

    def run(self) -> None:
        """Take samples."""
        began = time.monotonic()
        while (sample := read_sample(self._service, time.monotonic() - began)) is not None:
            self.samples.append(sample)
            if self._over.wait(self._seconds):
                break

    def stop(self) -> None:
        """Take no more."""
        self._over.set()
        self.join()
