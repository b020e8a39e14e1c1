"""The names of a seed, in order: any number of them can be asked for, from any place on.

A seed gives one sequence of names for one model and one set of options. Ten names of it begin with the first five, and
pages of it have no name in common where names are unique. Batches of fixed sizes make this so: what is drawn for a
batch never depends on how many names are wanted. A batch may be drawn a few letters at a time, by one request after the
other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from threading import Lock
from typing import Any

import numpy as np

from model.errors import InvalidOption
from model.generation.checkpoints import draw_page, for_all
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


@dataclass(slots=True)
class _Drawn:
    """What was drawn of a sequence; it only grows."""

    names: list[str] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)  # how many names there were after each batch that had any
    figures: list[Draw] = field(default_factory=list)  # the figures then, without the names
    last: Draw | None = None  # once no more names come up

    def has(self, end: int) -> bool:
        """Whether a page that ends there needs no more."""
        return len(self.names) >= end or self.last is not None


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
        """How many names are kept."""
        return self.drawn

    @property
    def drawn(self) -> int:
        """How many names have been drawn."""
        return len(self._drawn.names)

    def has(self, end: int) -> bool:
        """Whether its first `end` names have been drawn, or all that come up."""
        return self._drawn.has(end)

    def page(self, offset: int, count: int) -> Draw:
        """Names from `offset` on: `count`, or fewer and the reason.

        What was left out is counted from the first name of the sequence on. Names before `offset` have time of their
        own, see `model.generation.checkpoints.ahead`; the page ends where its time runs out, and the next one goes on.

        Raises
        ------
        InvalidOption
            A number is out of range.
        OutOfTime
            There was no time for all names before `offset`; those drawn so far are kept.
        """
        if offset < 0:
            raise InvalidOption("offset", "must be at least 0")
        if count < 1:
            raise InvalidOption("count", "must be at least 1")
        end, drawn = offset + count, self._drawn

        def has(end: int) -> bool:
            nonlocal drawn
            drawn = self._drawn
            return drawn.has(end)

        has_time = draw_page(self._lock, has, self.extend, offset=offset, end=end)
        names = drawn.names[offset:end]
        if not has_time:
            return replace(self._drawing.result(names, is_short=False), shortfall=out_of_time(len(names)))
        if drawn.last and len(drawn.names) < end:
            return replace(drawn.last, names=names)
        return replace(drawn.figures[bisect_left(drawn.ends, end)], names=names)

    def first(self, count: int) -> list[str]:
        """The first names, all of them or as many as come up; raises OutOfTime as `page` does of names before it."""
        drawn = self._drawn

        def has(end: int) -> bool:
            nonlocal drawn
            drawn = self._drawn
            return drawn.has(end)

        draw_page(self._lock, has, self.extend, offset=count, end=count)
        return drawn.names[:count]

    def _begin(self) -> None:
        self._drawing = Drawing(self.predictor, self._options, generator_of(self._seed), self._filters)
        self._drawn = _Drawn()

    def extend(self) -> None:
        """Draw another letter of a batch; whoever needs the names of the sequence next goes on from there."""
        with for_all(is_counted=True):
            self._extend()

    def _extend(self) -> None:
        drawn = self._drawn
        try:
            batch = self._drawing.step()
        except StopIteration:
            drawn.last = self._drawing.result([], is_short=True)
            return
        except BaseException:
            self._begin()
            raise
        if batch:
            drawn.figures.append(self._drawing.result([], is_short=False))
            drawn.ends.append(len(drawn.names) + len(batch))
            drawn.names += batch  # last, since others may look any time
