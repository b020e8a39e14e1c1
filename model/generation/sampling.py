"""Drawing names: many at once, each exactly as probable as the model makes it, given what is asked.

`Drawing` chooses the way, free or constrained, and gives names in batches; `draw` is one request's worth of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Self

import numpy as np

from model.errors import InvalidOption
from model.generation.abreast import draw_abreast
from model.generation.checkpoints import OutOfTime, checkpoint
from model.generation.constrained import FIRST_CONSTRAINED, MAX_SCORED, draw_constrained
from model.generation.drawn import Draw, Progress, out_of_time
from model.generation.filters import Filter, Filtered, Selection, decent
from model.generation.free import draw_freely
from model.generation.options import Options
from model.generation.predictor import Predictor
from model.generation.prefixes import find_prefixes
from model.generation.request import Request, compile_options
from model.generation.single import Name

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
        Most names that are drawn for at a time, fewer at first, so that there are some when time runs out; by default
        all.

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
    sizes = [count] if at_once is None or count <= at_once else _growing(count, at_once)
    drawing = Drawing(predictor, options, rng, filters, sizes=sizes)
    names: list[str] = []
    for batch in drawing:
        names += batch
    return drawing.result(names[:count], is_short=len(names) < count)


class Drawing(Iterator[list[str]]):
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
        self._casing = predictor.casing
        self._selection = Selection([decent(predictor), *filters] if options.decent else filters)
        self._request = _request(predictor, options, self._selection)
        self.progress = Progress(options.unique, self._selection)
        self._batches = self._begin(rng, sizes)

    def __iter__(self) -> Self:
        """Batches of names, which may be empty; they end when it is given up, or the sizes do."""
        return self

    def __next__(self) -> list[str]:
        """The next batch."""
        while (batch := self.step()) is None:
            pass
        return batch

    def step(self) -> list[str] | None:
        """The next batch, or None where another letter of it was drawn; raises StopIteration at the end."""
        try:
            batch = next(self._batches)
        except OutOfTime:
            self.progress.shortfall = out_of_time(self.progress.found)
            raise StopIteration from None
        return batch and self._casing.restore_all(batch)

    def one_of_each(self, rngs: Sequence[np.random.Generator]) -> Iterator[str]:
        """One name of each generator, drawn from its beginning; empty where none comes up.

        After each, `progress` and `result` are about it, but for what was left out, which is counted on.
        """
        first = draw_abreast(self._request, rngs) if self._request.acceptor is None else None
        for place, rng in enumerate(rngs):
            self.progress = Progress(self._request.options.unique, self._selection)
            if first is not None and first[place] is None:
                self.progress.shortfall = out_of_time(0)
                yield ""
                continue
            self._batches = self._begin(rng, (1,), None if first is None else first[place])
            yield next((batch[0] for batch in self if batch), "")

    def _begin(
        self, rng: np.random.Generator, sizes: Iterable[int] | None, first: Name | None = None
    ) -> Iterator[list[str] | None]:
        request, progress = self._request, self.progress
        if request.acceptor is None:
            return draw_freely(request, progress, doubling(FIRST) if sizes is None else sizes, rng, first)
        return draw_constrained(request, progress, doubling(FIRST_CONSTRAINED) if sizes is None else sizes, rng)

    def result(self, names: list[str], *, is_short: bool) -> Draw:
        """What came of it so far; some of the names drawn, which are fewer than were wanted or not."""
        progress = self.progress
        shortfall = f"{progress.shortfall}{self._selection.why()}" if is_short else None
        size = progress.effective_sample_size
        top_p = self._request.options.top_p or 1.0
        return Draw(names, shortfall, size is None, size, dict(self._selection.left_out), top_p)


def _request(predictor: Predictor[Any], asked: Options, selection: Selection) -> Request:
    """What is asked, with the predictor's default of `top_p`, unless so few names are possible that all are wanted."""
    options = _with_defaults(asked, predictor.fewest_letters, predictor.default_top_p)
    prefixes = find_prefixes(predictor, options)
    checkpoint()
    acceptor = compile_options(predictor, prefixes, options) if options.constraints else None
    if acceptor is None:
        return Request(predictor, prefixes, None, options)
    checkpoint()
    filtered = Filtered(predictor, selection)
    request = Request(filtered, prefixes, acceptor, options)
    if options.top_p == asked.top_p or request.possible > MAX_SCORED:
        return request
    options = replace(options, top_p=asked.top_p)
    return Request(filtered, find_prefixes(predictor, options), acceptor, options)


@lru_cache(maxsize=64)
def _with_defaults(options: Options, fewest_letters: int, top_p: float) -> Options:
    """The options with what a predictor has by default; kept for those that come again and again."""
    if options.min_length < fewest_letters <= options.max_length:
        options = replace(options, min_length=fewest_letters)
    return replace(options, top_p=top_p) if options.top_p is None and top_p < 1 else options


def doubling(first: int, most: int = MOST) -> Iterator[int]:
    """The sizes ``first, first, 2 first, 4 first, ...`` up to `most`: each as large as all before it."""
    yield min(first, most)
    while True:
        yield min(first, most)
        first *= 2


def _growing(count: int, most: int) -> Iterator[int]:
    """The same sizes, `count` together."""
    for size in doubling(FIRST_CONSTRAINED, most):
        yield min(size, count)
        count -= size
        if count <= 0:
            return
