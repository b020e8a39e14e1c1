"""Answers whose names are sent while they are drawn, and which stop when their client leaves."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing

from anyio import fail_after
from fastapi import Response
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from app.http.formats import FACTS, MEDIA_TYPES, NAMES_HEADERS, fact_headers, table_head, table_rows, to_json
from app.logs import get_logger
from app.schemas.formats import Format
from app.serving.errors import Busy
from app.serving.results import SampleResult

KNOWN_BEFORE = ("model", "version", "seed", "top_p")
"""Of what an answer says beside the names, what can stand in headers, which are sent before them."""

KNOWN_AFTER = (*(fact for fact in FACTS if fact not in KNOWN_BEFORE), "left_out")
"""The rest, which the last line of NDJSON has."""

PATIENCE_SECONDS = 30.0
"""Longest that a client may read nothing before its answer is given up."""

Slices = AbstractAsyncContextManager[AsyncGenerator[SampleResult]]

log = get_logger(__name__)


class StreamedNames(Response):
    """Names as CSV, plain text or NDJSON, encoded slice by slice.

    What goes wrong before the first slice is a refusal as any other. After it, the connection is closed without the end
    of the answer, which is how a client knows that the names are not all.

    Parameters
    ----------
    slices
        Opened when the answer begins; what the last one says beside its names is true of all.
    bom
        Whether CSV begins with a byte-order mark.
    """

    def __init__(self, slices: Slices, form: Format, *, bom: bool) -> None:
        super().__init__()
        self._slices, self._form, self._bom = slices, form, bom

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the names; `StreamingResponse` cancels it when the client leaves."""

        async def patient(message: Message) -> None:
            with fail_after(PATIENCE_SECONDS):
                await send(message)

        async with self._slices as slices, aclosing(slices):
            first = await anext(slices)
            headers = {**NAMES_HEADERS, **fact_headers(first, KNOWN_BEFORE)}
            chunks = self._encode(first, slices)
            try:
                await StreamingResponse(chunks, 200, headers, MEDIA_TYPES[self._form])(scope, receive, patient)
            except (TimeoutError, Busy) as error:  # the server closes the connection of an unfinished answer
                log.info("stream cut off", reason=str(error) or f"nothing was read for {PATIENCE_SECONDS:g} s")

    async def _encode(self, first: SampleResult, others: AsyncIterator[SampleResult]) -> AsyncIterator[str]:
        yield table_head(first, self._form, bom=self._bom) + table_rows(first, self._form)
        last, count = first, len(first.names)
        async for last in others:
            count += len(last.names)
            yield table_rows(last, self._form)
        if self._form == "ndjson":
            end = {"names": count} | {name: getattr(last, name) for name in KNOWN_AFTER}
            yield to_json({"end": end}) + "\n"
