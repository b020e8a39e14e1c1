"""Answers that are files, sent in parts while they are read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from urllib.parse import quote

from anyio import fail_after
from fastapi import Request, Response
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from app.http.streaming import PATIENCE_SECONDS
from app.logs import get_logger
from app.serving.downloads import WeightsFile

MEDIA_TYPE = "application/octet-stream"
PART_BYTES = 2**18

log = get_logger(__name__)


class WeightsResponse(Response):
    """A model as a file; its ETag is the SHA-256 of the bytes, which never change.

    Parameters
    ----------
    opening
        Opens the file when the answer begins; what is wrong then is a refusal as any other.
    """

    def __init__(self, opening: Callable[[], AbstractAsyncContextManager[WeightsFile]]) -> None:
        super().__init__()
        self._opening = opening

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, or only what is to be known of it."""

        async def patient(message: Message) -> None:
            with fail_after(PATIENCE_SECONDS):
                await send(message)

        async with self._opening() as file:
            request, headers = Request(scope), _headers(file)
            if _tags(request.headers.get("if-none-match", "")) & {headers["ETag"], "*"}:
                del headers["Content-Length"]
                await Response(None, 304, headers)(scope, receive, send)
            elif request.method == "HEAD":
                await Response(None, 200, headers, MEDIA_TYPE)(scope, receive, send)
            else:
                try:
                    await StreamingResponse(_parts(file.content), 200, headers, MEDIA_TYPE)(scope, receive, patient)
                except TimeoutError:  # the server closes the connection of an unfinished answer
                    log.info("download cut off", reason=f"nothing was read for {PATIENCE_SECONDS:g} s")


def _headers(file: WeightsFile) -> dict[str, str]:
    """The name of the file as RFC 6266 has it, in ASCII where it can be."""
    encoded = quote(file.name, safe="")
    name = f'filename="{encoded}"' if encoded == file.name else f"filename*=UTF-8''{encoded}"
    return {
        "Content-Disposition": f"attachment; {name}",
        "Content-Length": str(len(file.content)),
        "ETag": f'"{file.sha256}"',
        "Cache-Control": "private, no-cache",
    }


def _tags(header: str) -> set[str]:
    """The tags of an If-None-Match, weak or not."""
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


async def _parts(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), PART_BYTES):
        yield content[start : start + PART_BYTES]
