"""Drawing names: many at once, each exactly as probable as the model makes it, given what is asked.

`Drawing` chooses the way, free or constrained, and gives names in batches; `draw` is one request's worth of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from model.errors import InvalidOption
from model.generation.checkpoints import OutOfTime, unhurried
from model.generation.constrained import FIRST_CONSTRAINED, MAX_SCORED, draw_constrained
from model.generation.drawn import Draw, Progress, out_of_time
from model.generation.filters import Filter, Filtered, decent
from model.generation.free import draw_freely
from model.generation.options import Options
from model.generation.predictor import Predictor
from model.generation.prefixes import find_prefixes
from model.generation.request import Request, compile_options

FIRST, MOST = 1, 512
"""Names that are drawn for at once when it is not known how many will be wanted: first, and at most."""


def draw(
    predictor: Predictor[Any],
    count: int,
    options: Options,
    rng: np.random.Generator,
    filters: Sequence[Filter] = (),
    *,
    at_once: int | None = None,
) -> Draw:
    """Draw names.

    Parameters
    ----------
    predictor
        The model.
    count
        Names wanted, at least 1.
    options
        What they should be like.
    rng
        Where the randomness comes from: the same generator state gives the same names.
    filters
        Which names are dropped, beside those that `Options.decent` leaves out.
    at_once
        Most names that are drawn for at a time; by default all.

    Returns
    -------
    Draw
        `count` names, or fewer and the reason. There are at most 4,096 attempts, and 32 more for each name found; in
        all, they draw some 65,536 letters at most, and 32 more for each name found. Where time runs out, see
        `model.generation.checkpoints`, it has the names that came up before.

    Raises
    ------
    InvalidOption, Unsatisfiable
        `count` or an option is out of range, or no name can meet the options together.
    UnknownLetter
        The model never saw a letter of the start.
    """
    if count < 1:
        raise InvalidOption("count", "must be at least 1")
    at_once = at_once or count
    sizes = [min(at_once, count - begin) for begin in range(0, count, at_once)]
    drawing = Drawing(predictor, options, rng, filters, sizes=sizes)
    names: list[str] = []
    for batch in drawing:
        names += batch
        if len(names) >= count:
            break
    return drawing.result(names[:count], is_short=len(names) < count)


class Drawing:
    """Names in batches, as long as they are asked for; the same state of the generator gives the same names.

    Parameters
    ----------
    predictor, options, rng, filters
        As of `draw`.
    sizes
        How many names are drawn for at once, one after the other. Where names are not independent of how many are
        wanted, as when they are chosen among weighted draws, sizes make them so. By default 1, 1, 2, up to 512.
    """

    def __init__(
        self,
        predictor: Predictor[Any],
        options: Options,
        rng: np.random.Generator,
        filters: Sequence[Filter] = (),
        *,
        sizes: Iterable[int] | None = None,
    ) -> None:
        if options.min_length < predictor.fewest_letters <= options.max_length:
            options = _changed(options, min_length=predictor.fewest_letters)
        every = [*([decent(predictor)] if options.decent else []), *filters]
        self._predictor = Filtered(predictor, every)
        self.progress = Progress(options.unique)
        with unhurried():
            self._request = _request(self._predictor, options)
        self._batches = self._begin(rng, sizes)

    def __iter__(self) -> Iterator[list[str]]:
        """Batches of names, which may be empty; they end when it is given up, or the sizes do."""
        try:
            for batch in self._batches:
                yield self._predictor.casing.restore_all(batch)
        except OutOfTime:
            self.progress.shortfall = out_of_time(self.progress.found)

    def restart(self, rng: np.random.Generator, *, sizes: Iterable[int] | None = None) -> None:
        """Draw from the first name on, from another generator; what was left out is counted on."""
        self.progress = Progress(self._request.options.unique)
        self._batches = self._begin(rng, sizes)

    def _begin(self, rng: np.random.Generator, sizes: Iterable[int] | None) -> Iterator[list[str]]:
        is_free = self._request.acceptor is None
        way = draw_freely if is_free else draw_constrained
        first = FIRST if is_free else FIRST_CONSTRAINED
        return way(self._request, self.progress, doubling(first) if sizes is None else sizes, rng)

    def result(self, names: list[str], *, is_short: bool) -> Draw:
        """What came of it so far; some of the names drawn, which are fewer than were wanted or not."""
        progress = self.progress
        shortfall = f"{progress.shortfall}{self._predictor.why()}" if is_short else None
        size = progress.effective_sample_size
        top_p = self._request.options.top_p or 1.0
        return Draw(names, shortfall, size is None, size, dict(self._predictor.left_out), top_p)


def _request(predictor: Predictor[Any], options: Options) -> Request:
    """What is asked, with the predictor's default of `top_p`, unless so few names are possible that all are wanted."""
    inside = predictor.default_top_p if options.top_p is None else options.top_p
    narrowed = _changed(options, top_p=inside) if inside < 1 else options
    prefixes = find_prefixes(predictor, narrowed)
    acceptor = compile_options(predictor, prefixes, options) if options.constraints else None
    request = Request(predictor, prefixes, acceptor, narrowed)
    if narrowed is options or acceptor is None or options.top_p is not None or request.possible > MAX_SCORED:
        return request
    return Request(predictor, find_prefixes(predictor, options), acceptor, options)


@lru_cache(maxsize=64)
def _changed(options: Options, **changes: Any) -> Options:
    """`replace`, which checks all numbers again, once for the options that come again and again."""
    return replace(options, **changes)


def doubling(first: int) -> Iterator[int]:
    """The sizes ``first, first, 2 first, 4 first, ...`` up to `MOST`: each as large as all before it."""
    yield first
    while True:
        yield min(first, MOST)
        first *= 2
