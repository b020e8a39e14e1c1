"""Names that are drawn while they are sent: any number of them, in little memory, in turns with other requests."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TypeAlias

import numpy as np

from app.schemas.sample import SampleFields
from app.serving.answers import result_of
from app.serving.drawing import asked_of, avoided_by, seed_of
from app.serving.errors import Busy
from app.serving.generator import Generator
from app.serving.lanes import ANYONE, Client
from app.serving.results import SampleResult
from app.serving.sequences import Asked
from model.generation.filters import Filter
from model.generation.sampling import Drawing
from model.generation.sequence import generator_of, stream

SLICE_SECONDS = 0.05
"""What a slice takes, as far as names come in smaller batches."""

Encode: TypeAlias = Callable[[SampleResult, bool], bytes]
"""Makes bytes of a slice; whether it is the first."""

Slices: TypeAlias = AsyncGenerator[tuple[SampleResult, bytes]]


class Streams:
    """Answers that are streamed: at most `most` at once, in slices, which take turns with other requests."""

    def __init__(self, generator: Generator, *, most: int) -> None:
        self._generator, self._most = generator, most
        self._open = 0

    @asynccontextmanager
    async def open(
        self, request: SampleFields, encode: Encode, *, is_admin: bool, client: Client = ANYONE
    ) -> AsyncIterator[Slices]:
        """Slices of an answer, which together have its names; the facts beside them are those of the draw so far.

        They are encoded where they are drawn, beside the event loop. The first one raises what `Generator.sample` does,
        before anything is sent; a later one raises Busy when the service stops.
        """
        if self._open >= self._most:
            raise Busy("too many answers are being streamed")
        self._open += 1
        try:
            source = await self._generator.find(request, is_admin=is_admin)
            asked = asked_of(source, request, request.count)
            avoided = partial(avoided_by, asked, request, self._generator.sequences)
            filters = asked.filters(await self._generator.lanes.run(avoided, client=client))
            results = slices(asked, filters, request, is_admin=is_admin)
            encoded = ((result, encode(result, number == 0)) for number, result in enumerate(results))
            yield self._in_turns(source.label or source.model, encoded, client)
        finally:
            self._open -= 1

    async def _in_turns(self, label: str, parts: Iterator[tuple[SampleResult, bytes]], client: Client) -> Slices:
        lanes, counts = self._generator.lanes, self._generator.metrics.names
        while not lanes.shutdown.asked:
            part = await lanes.run_part(partial(next, parts, None), client)
            if part is None:
                return
            counts[label] += len(part[0].names)
            yield part
        raise Busy("the service stops")


def slices(asked: Asked, filters: Sequence[Filter], request: SampleFields, *, is_admin: bool) -> Iterator[SampleResult]:
    """Draw in slices; names of a seed are those that pages of it have, but none of them is kept."""
    seed, source = seed_of(request), asked.source
    rng = np.random.default_rng() if seed is None else generator_of(seed)
    drawing = Drawing(source.predictor, asked.options, rng, filters)
    names: list[str] = []
    sent, until = 0, 0.0  # the first names are sent at once
    for drawn in stream(drawing, request.offset, request.count):
        names += drawn.names
        if time.monotonic() > until:
            yield result_of(source, request, seed, replace(drawn, names=names), is_admin=is_admin, sent=sent)
            sent, names, until = sent + len(names), [], time.monotonic() + SLICE_SECONDS
    yield result_of(source, request, seed, replace(drawn, names=names), is_admin=is_admin, sent=sent)
