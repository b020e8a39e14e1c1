"""The names of a seed, in order: any number of them can be asked for, from any place on.

A seed gives one sequence of names for one model and one set of options. Ten names of it begin with the first five, and
pages of it have no name in common where names are unique. Batches of fixed sizes make this so: what is drawn for a
batch never depends on how many names are wanted.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from threading import Lock
from typing import Any

import numpy as np

from model.errors import InvalidOption
from model.generation.drawn import Draw
from model.generation.filters import Filter
from model.generation.options import Options
from model.generation.predictor import Predictor
from model.generation.sampling import Drawing


def generator_of(seed: str) -> np.random.Generator:
    """A generator whose state is the SHA-256 hash of a text."""
    return np.random.default_rng(np.frombuffer(sha256(seed.encode()).digest(), np.uint32))


def stream(drawing: Drawing, offset: int, count: int) -> Iterator[Draw]:
    """Names from `offset` on as they are drawn, in batches; the figures of each are those of the drawing so far.

    They are those of `NameSequence.page` for a drawing of the same seed, but none is kept. Together they are `count` or
    fewer, and the last batch has the reason.
    """
    for batch in drawing:
        names = batch[offset : offset + count]
        offset, count = max(offset - len(batch), 0), count - len(names)
        yield drawing.result(names, is_short=False)
        if not count:
            return
    yield drawing.result([], is_short=True)


class NameSequence:
    """The names of a seed, drawn as far as they are asked for, and kept; several threads may ask.

    Parameters
    ----------
    predictor, options, filters
        As of `model.generation.sampling.draw`, which documents the errors too.
    seed
        Any text.
    """

    def __init__(self, predictor: Predictor[Any], options: Options, seed: str, filters: Sequence[Filter] = ()) -> None:
        self.predictor = predictor
        self._drawing = Drawing(predictor, options, generator_of(seed), filters)
        self._batches = iter(self._drawing)
        self._names: list[str] = []
        self._ends: list[int] = []  # how many names there were after each batch that had any
        self._draws: list[Draw] = []  # the figures then, without the names
        self._last: Draw | None = None  # once no more names come up
        self._lock = Lock()

    def __len__(self) -> int:
        """How many names have been drawn."""
        return len(self._names)

    def page(self, offset: int, count: int) -> Draw:
        """Names from `offset` on: `count`, or fewer and the reason.

        What was left out is counted from the first name of the sequence on.

        Raises
        ------
        InvalidOption
            A number is out of range.
        """
        if offset < 0:
            raise InvalidOption("offset", "must be at least 0")
        if count < 1:
            raise InvalidOption("count", "must be at least 1")
        end = offset + count
        with self._lock:
            while len(self._names) < end and self._last is None:
                self._extend()
            names = self._names[offset:end]
            if len(self._names) < end and self._last is not None:
                return replace(self._last, names=names)
            return replace(self._draws[bisect_left(self._ends, end)], names=names)

    def advance(self, end: int, seconds: float) -> bool:
        """Draw on towards so many names, for about so long; whether all that `page` needs has been drawn."""
        until = time.monotonic() + seconds
        with self._lock:
            while len(self._names) < end and self._last is None:
                if time.monotonic() > until:
                    return False
                self._extend()
        return True

    def is_drawn(self, end: int, spare: int = 0) -> bool:
        """Whether a page that ends there needs no more than `spare` further names."""
        return len(self._names) + spare >= end or self._last is not None

    def _extend(self) -> None:
        batch = next(self._batches, None)
        if batch is None:
            self._last = self._drawing.result([], is_short=True)
        elif batch:
            self._names += batch
            self._ends.append(len(self._names))
            self._draws.append(self._drawing.result([], is_short=False))
