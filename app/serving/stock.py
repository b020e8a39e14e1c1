"""Names drawn ahead, for requests that leave the choice of names to the model.

A stock holds independent draws for one predictor and one set of options. Each name is handed out once, in the order in
which it was drawn, so that answers are independent draws too; where the names of one answer are to be distinct, a name
that it has already is dropped, just as a request that is drawn alone would drop it. A request that finds too few waits
for the names that are being drawn next: what arrives together is drawn together.

A stock begins empty, and holds no more names ahead than were taken before, so that drawing ahead at most doubles the
work.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from app.logs import get_logger
from app.serving.batches import Batch, Sizes, batches_of
from app.serving.errors import Busy
from app.serving.source import Source
from model.generation.options import Options

REST = 3
"""How long drawing ahead rests after a batch while requests come, in times of the batch: they go first."""

JUDGED_NAMES = 64
"""By how many names it is decided whether enough different ones come up."""

DISTINCT_SHARE = 0.95
"""The share of them that must be distinct for requests for distinct names. Where few names are possible, such a request
may have to give up, as only one that is drawn alone can."""

Run = Callable[[Callable[[], Batch | None]], Awaitable[Batch | None]]
"""Runs a part of the drawing in a thread."""

log = get_logger(__name__)


class Taken(NamedTuple):
    """Names for one answer, and how many were left out on the way to them, by the option that asked for it."""

    names: list[str]
    left_out: Mapping[str, int]


class _Order:
    """What one request takes, as far as it has come."""

    def __init__(self, count: int, *, unique: bool) -> None:
        self.names: dict[str, None] | list[str] = {} if unique and count > 1 else []
        self.answer: asyncio.Future[Taken] | None = None  # of one that waits
        self._count = count

    @property
    def lacking(self) -> int:
        """Names that it wants still."""
        return self._count - len(self.names)

    def take_from(self, stock: deque[str]) -> bool:
        """Take names; whether it has all that it wants."""
        names, count = self.names, self._count
        if isinstance(names, dict):
            while len(names) < count and stock:
                names[stock.popleft()] = None
        else:
            names += [stock.popleft() for _ in range(min(count - len(names), len(stock)))]
        return len(names) == count


class Stock:
    """The stock of one predictor and one set of options; used on the event loop.

    Parameters
    ----------
    options
        What names are like; whether they are unique is a matter of each answer.
    run
        Runs each batch.
    most
        How many names may be ahead just now.
    max_waiting, max_wait_seconds
        How many requests may wait for names, and how long.

    Attributes
    ----------
    top_p
        The one used, once names were drawn.
    used
        When it was asked last, by the monotonic clock.
    """

    def __init__(
        self, options: Options, run: Run, most: Callable[[], int], *, max_waiting: int, max_wait_seconds: float
    ) -> None:
        self.top_p, self.used = 1.0, time.monotonic()
        self._options, self._run, self._most = replace(options, unique=False), run, most
        self._max_waiting, self._max_wait_seconds = max_waiting, max_wait_seconds
        self._names: deque[str] = deque()
        self._left_out: Mapping[str, int] = {}
        self._orders: deque[_Order] = deque()
        self._requested = 0  # names, by all requests
        self._judged: list[str] = []
        self._is_wide = self._is_barren = False
        self._filling: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Names that are there."""
        return len(self._names)

    def serves(self, count: int, *, unique: bool) -> bool:
        """Whether a request can have its names here, at once or soon."""
        return self._is_wide or (bool(self._names) and (count == 1 or not unique))

    def take_now(self, source: Source, count: int, *, unique: bool) -> Taken | None:
        """Names for one answer, if they are there, and nobody waits for them; as `take`."""
        if self._orders or len(self._names) < count or not self.serves(count, unique=unique):
            return None
        order = _Order(count, unique=unique)
        if not order.take_from(self._names):
            self._names.extend(order.names)  # which were all that there were
            return None
        self.request(source, count)
        return self._hand_out(order)

    async def take(self, source: Source, count: int, *, unique: bool) -> Taken:
        """Names for one answer as soon as they are there, where `serves` says that they will be.

        Parameters
        ----------
        source
            What they are drawn from; it is not kept, so that a model that has left the service is freed.
        count, unique
            How many, and whether they are to be distinct.

        Raises
        ------
        Busy
            Too many requests wait, or it takes too long.
        """
        if (taken := self.take_now(source, count, unique=unique)) is not None:
            return taken
        if len(self._orders) >= self._max_waiting:
            raise Busy
        order = _Order(count, unique=unique)
        order.answer = asyncio.get_running_loop().create_future()
        self._orders.append(order)
        self.request(source, count)
        try:
            async with asyncio.timeout(self._max_wait_seconds):
                return await order.answer
        except TimeoutError:
            raise Busy from None

    def request(self, source: Source, count: int) -> None:
        """Note that so many names were asked for; as many are drawn ahead, in the background."""
        self.used = time.monotonic()
        self._requested += count
        if self._filling is None and (self._orders or 2 * len(self._names) < self._target):
            self._filling = asyncio.create_task(self._fill(source))

    @property
    def _target(self) -> int:
        return 0 if self._is_barren else min(self._requested, self._most())

    @property
    def _lacking(self) -> int:
        """Names that are waited for, and that may be ahead."""
        waited = sum(order.lacking for order in self._orders)
        return waited + max(self._target - len(self._names), 0)

    async def _fill(self, source: Source) -> None:
        """Draw until nobody waits and as many names are ahead as may be."""
        sizes = Sizes()
        batches = batches_of(source, self._options, sizes)
        try:
            while (lacking := self._lacking) > 0:
                sizes.most = lacking
                began = time.monotonic()
                batch = await self._run(partial(next, batches, None))
                if batch is None:
                    self._is_barren, self._is_wide = True, False
                    raise Busy("few names can meet these options; ask once more")
                seconds = time.monotonic() - began
                sizes.adapt(seconds)
                self._add(batch)
                if 4 * len(self._names) > self._target and self.used > began:  # there is enough to answer with
                    await asyncio.sleep(REST * seconds)
        except Exception as error:
            if not isinstance(error, Busy):
                log.exception("drawing ahead failed", model=source.model)
            for order in self._orders:
                if order.answer and not order.answer.done():
                    order.answer.set_exception(error)
            self._orders.clear()
        finally:
            self._filling = None

    def _add(self, batch: Batch) -> None:
        """Keep what was drawn, and hand out what is waited for."""
        if len(self._judged) < JUDGED_NAMES:
            self._judged = [*self._judged, *batch.names][:JUDGED_NAMES]
            self._is_wide = len(set(self._judged)) >= DISTINCT_SHARE * JUDGED_NAMES
        self.top_p, self._left_out = batch.top_p, _sum(self._left_out, batch.left_out)
        self._names.extend(batch.names)
        while self._orders:
            order = self._orders[0]
            if order.answer and not order.answer.done():
                if not order.take_from(self._names):
                    return
                order.answer.set_result(self._hand_out(order))
            self._orders.popleft()

    def _hand_out(self, order: _Order) -> Taken:
        left_out, self._left_out = self._left_out, {}
        return Taken(list(order.names), left_out)


def _sum(some: Mapping[str, int], others: Mapping[str, int]) -> Mapping[str, int]:
    return {option: some.get(option, 0) + others.get(option, 0) for option in {**some, **others}}
