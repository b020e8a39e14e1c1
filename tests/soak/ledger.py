"""What was asked, how long each answer took, and what was not as it should be."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, as expected."""

    kind: str
    at: float  # seconds since the start
    seconds: float


class Ledger:
    """Counts of answers, refusals and failures; safe to use from many threads.

    Attributes
    ----------
    answers : list of Answer
        Those that were as expected.
    refusals : Counter
        By kind, answers 503 with `Retry-After`: the request was sent again.
    failures : list of str
        What was not as it should be.
    done : Counter
        Other things that were done, such as trainings.
    """

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.refusals: Counter[str] = Counter()
        self.failures: list[str] = []
        self.done: Counter[str] = Counter()
        self._began = time.monotonic()
        self._lock = threading.Lock()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._began

    def answered(self, kind: str, seconds: float) -> None:
        """An answer as expected, which took so many seconds."""
        with self._lock:
            self.answers.append(Answer(kind, self.elapsed, seconds))

    def refused(self, kind: str) -> None:
        """The service was over capacity, and said when to ask again."""
        with self._lock:
            self.refusals[kind] += 1

    def failed(self, what: str) -> None:
        """Something was not as it should be."""
        with self._lock:
            self.failures.append(f"after {self.elapsed:.0f} s: {what}")

    def did(self, what: str) -> None:
        """Something was done, with what should come of it."""
        with self._lock:
            self.done[what] += 1

    def between(self, begin: float, end: float, kind: str | None = None) -> list[Answer]:
        """The answers of a span of time, of one kind or of all."""
        with self._lock:
            answers = list(self.answers)
        return [one for one in answers if begin <= one.at < end and kind in (None, one.kind)]


def milliseconds(answers: Sequence[Answer], percentile: float) -> float:
    """A percentile of the latencies; NaN where there is none."""
    return 1000 * float(np.percentile([one.seconds for one in answers], percentile)) if answers else float("nan")
