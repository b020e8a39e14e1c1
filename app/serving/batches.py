"""Batches of names that are drawn ahead: how large they are, and what is left out on the way to each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from app.serving.source import Source
from model.generation.options import Options
from model.generation.sampling import Drawing

FIRST_BATCH, MAX_BATCH = 16, 1024
BATCH_SECONDS = 0.01
"""What a batch should take: little beside what a client waits for, much beside what it takes to begin one."""


class Batch(NamedTuple):
    """Names, how many were left out before them by the option that asked for it, and the `top_p` used."""

    names: list[str]
    left_out: Mapping[str, int]
    top_p: float


class Sizes:
    """Sizes of batches, from small to such as take `BATCH_SECONDS`, and about as many names as are lacking at most."""

    def __init__(self) -> None:
        self.most = self._size = FIRST_BATCH

    def __iter__(self) -> Iterator[int]:
        while True:
            yield min(self._size, max(self.most, FIRST_BATCH))

    def adapt(self, seconds: float) -> None:
        """Choose the next size by what the last batch took."""
        if seconds < BATCH_SECONDS:
            self._size = min(2 * self._size, MAX_BATCH)
        elif seconds > 4 * BATCH_SECONDS:
            self._size = max(self._size // 2, FIRST_BATCH)


def batches_of(source: Source, options: Options, sizes: Iterable[int]) -> Iterator[Batch]:
    """Draw in batches, until too few names come up."""
    drawing = Drawing(source.predictor, options, np.random.default_rng(), source.filters, sizes=sizes)
    before: Mapping[str, int] = {}
    for names in drawing:
        so_far = drawing.result([], is_short=False)
        left_out = {option: number - before.get(option, 0) for option, number in so_far.left_out.items()}
        before = so_far.left_out
        yield Batch(names, left_out, so_far.top_p)
