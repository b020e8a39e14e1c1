"""The stocks of names of all models in use, within a bound of memory."""

from __future__ import annotations

from operator import attrgetter
from typing import Any
from weakref import WeakKeyDictionary

from app.schemas.sample import SampleFields
from app.serving.cost import has_rare_lengths
from app.serving.drawing import options_of
from app.serving.source import Source
from app.serving.stock import Run, Stock
from model.generation.predictor import Predictor

MAX_NAMES = 2**17
"""Of all stocks, some 70 bytes each; as many again may be left over from when there were fewer stocks."""

MAX_AHEAD = 2**15
"""Of one stock."""

MAX_STOCKS = 256
MAX_COUNT = 100
"""Names of one answer that come from a stock; more are drawn for it alone."""

ALIKE = ("start", "min_length", "max_length", "temperature", "top_k", "top_p", "truncate", "decent")
"""Fields of requests that a stock is for."""

PLAIN = frozenset({*ALIKE, "model", "count", "unique", "format", "bom"})
"""Fields that a request may have which is served from a stock; any other must be as if it were not given."""

key_of = attrgetter(*ALIKE)


def is_plain(request: SampleFields) -> bool:
    """Whether a request leaves the choice of names to the model, but for their beginning and their usual length."""
    others = request.model_fields_set - PLAIN
    if request.count > MAX_COUNT or any(getattr(request, field) for field in others):
        return False
    return not has_rare_lengths(request)


class Stocks:
    """Stocks by predictor and options; one goes with its predictor when that has left the service.

    Parameters
    ----------
    run
        Runs each batch of each stock.
    max_waiting, max_wait_seconds
        As of `Stock`.
    """

    def __init__(self, run: Run, *, max_waiting: int, max_wait_seconds: float) -> None:
        self._run, self._max_waiting, self._max_wait_seconds = run, max_waiting, max_wait_seconds
        self._most_ahead = MAX_AHEAD
        self._stocks: WeakKeyDictionary[Predictor[Any], dict[tuple[Any, ...], Stock]] = WeakKeyDictionary()

    def find(self, source: Source, request: SampleFields) -> Stock:
        """The stock for a plain request."""
        stocks, key = self._stocks.get(source.predictor), key_of(request)
        stock = None if stocks is None else stocks.get(key)
        if stock is None:
            self._make_room()
            stocks = self._stocks.setdefault(source.predictor, {})
            stock = stocks[key] = Stock(
                options_of(request),
                self._run,
                lambda: self._most_ahead,
                max_waiting=self._max_waiting,
                max_wait_seconds=self._max_wait_seconds,
            )
        return stock

    def __len__(self) -> int:
        """How many there are."""
        return sum(map(len, self._stocks.values()))

    def _make_room(self) -> None:
        """Drop the stock that was not asked for the longest, where there are too many; the others share the memory."""
        self._most_ahead = min(MAX_AHEAD, MAX_NAMES // (len(self) + 1))
        if len(self) >= MAX_STOCKS:
            every = [(stock.used, stocks, key) for stocks in self._stocks.values() for key, stock in stocks.items()]
            _, stocks, key = min(every, key=lambda one: one[0])
            del stocks[key]
