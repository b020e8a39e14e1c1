"""Answers whose names are sent while they are drawn, and which stop when their client leaves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from typing import TypeAlias

from anyio import fail_after
from fastapi import Response
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from app.http.formats import FACTS, MEDIA_TYPES, NAMES_HEADERS, fact_headers, table_head, table_rows, to_json
from app.logs import get_logger
from app.schemas.formats import Format
from app.serving.errors import Busy
from app.serving.results import SampleResult
from app.serving.streams import Encode, Slices

KNOWN_BEFORE = ("model", "version", "seed", "top_p")
"""Of what an answer says beside the names, what can stand in headers, which are sent before them."""

KNOWN_AFTER = (*(fact for fact in FACTS if fact not in KNOWN_BEFORE), "left_out")
"""The rest, which the last line of NDJSON has."""

PATIENCE_SECONDS = 30.0
"""Longest that a client may read nothing before its answer is given up."""

Opening: TypeAlias = Callable[[Encode], AbstractAsyncContextManager[Slices]]

log = get_logger(__name__)


class StreamedNames(Response):
    """Names as CSV, plain text or NDJSON, encoded slice by slice.

    What goes wrong before the first slice is a refusal as any other. After it, the connection is closed without the end
    of the answer, which is how a client knows that the names are not all.

    Parameters
    ----------
    opening
        Opens the slices when the answer begins; what the last one says beside its names is true of all.
    bom
        Whether CSV begins with a byte-order mark.
    """

    def __init__(self, opening: Opening, form: Format, *, bom: bool) -> None:
        super().__init__()
        self._opening, self._form, self._bom = opening, form, bom

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the names; `StreamingResponse` cancels it when the client leaves."""

        async def patient(message: Message) -> None:
            with fail_after(PATIENCE_SECONDS):
                await send(message)

        async with self._opening(self._encode) as slices, aclosing(slices):
            first, chunk = await anext(slices)
            headers = {**NAMES_HEADERS, **fact_headers(first, KNOWN_BEFORE)}
            chunks = self._chunks(first, chunk, slices)
            try:
                await StreamingResponse(chunks, 200, headers, MEDIA_TYPES[self._form])(scope, receive, patient)
            except (TimeoutError, Busy) as error:  # the server closes the connection of an unfinished answer
                log.info("stream cut off", reason=str(error) or f"nothing was read for {PATIENCE_SECONDS:g} s")

    def _encode(self, result: SampleResult, is_first: bool) -> bytes:
        head = table_head(result, self._form, bom=self._bom) if is_first else ""
        return (head + table_rows(result, self._form)).encode()

    async def _chunks(self, last: SampleResult, chunk: bytes, others: Slices) -> AsyncIterator[bytes]:
        yield chunk
        count = len(last.names)
        async for last, chunk in others:
            count += len(last.names)
            yield chunk
        if self._form == "ndjson":
            end = {"names": count} | {name: getattr(last, name) for name in KNOWN_AFTER}
            yield to_json({"end": end}).encode() + b"\n"
