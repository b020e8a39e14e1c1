"""The names of a seed, in order: any number of them can be asked for, from any place on.

A seed gives one sequence of names for one model and one set of options. Ten names of it begin with the first five, and
pages of it have no name in common where names are unique. Batches of fixed sizes make this so: what is drawn for a
batch never depends on how many names are wanted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from threading import Lock
from typing import Any

import numpy as np

from model.errors import InvalidOption
from model.generation.checkpoints import checkpoint, held, unhurried
from model.generation.drawn import Draw, out_of_time
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
        self._options, self._seed, self._filters = options, seed, filters
        self._lock = Lock()
        self._begin()

    def __len__(self) -> int:
        """How many names have been drawn."""
        return len(self._names)

    def page(self, offset: int, count: int) -> Draw:
        """Names from `offset` on: `count`, or fewer and the reason.

        What was left out is counted from the first name of the sequence on. Names before `offset` may take any time to
        draw; a page without them, or next to those that are drawn, ends where time runs out, and the next one goes on.

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
        with held(self._lock):
            is_timed = len(self._names) >= offset
            while len(self._names) < end and self._last is None:
                if is_timed and not checkpoint():
                    names = self._names[offset:end]
                    return replace(self._drawing.result(names, is_short=False), shortfall=out_of_time(len(names)))
                self._extend()
            names = self._names[offset:end]
            if len(self._names) < end and self._last is not None:
                return replace(self._last, names=names)
            return replace(self._draws[bisect_left(self._ends, end)], names=names)

    def _begin(self) -> None:
        self._drawing = Drawing(self.predictor, self._options, generator_of(self._seed), self._filters)
        self._batches = iter(self._drawing)
        self._names: list[str] = []
        self._ends: list[int] = []  # how many names there were after each batch that had any
        self._draws: list[Draw] = []  # the figures then, without the names
        self._last: Draw | None = None  # once no more names come up

    def _extend(self) -> None:
        try:
            with unhurried():  # a batch is drawn whole, or the generator would stand elsewhere than it should
                batch = next(self._batches, None)
        except BaseException:
            self._begin()  # it was stopped within a batch
            raise
        if batch is None:
            self._last = self._drawing.result([], is_short=True)
        elif batch:
            self._names += batch
            self._ends.append(len(self._names))
            self._draws.append(self._drawing.result([], is_short=False))
