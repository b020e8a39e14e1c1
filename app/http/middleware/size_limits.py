"""Limits on the size of queries and bodies, which are taken as they are, never inflated."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.errors import BodyTooLarge, EncodedBody, QueryTooLong
from app.http.middleware.base import Middleware
from app.http.problems import problem_of

MAX_QUERY_BYTES = 8 * 2**10
"""Room for every field at its longest; parsing the thousands that a longer one may hold would take a while."""

LIST_PATHS = ("/train", "/train/upload")
"""Paths whose bodies hold lists of names."""


class SizeLimits(Middleware):
    """Refuses a query that is too long, and a body that is compressed or too large: midway if it says no length before.

    Starlette's own limit answers in plain text where a length was announced. `elsewhere` has the limits of paths whose
    bodies may have another size than `max_bytes`.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int, elsewhere: Mapping[str, int] = MappingProxyType({})) -> None:
        super().__init__(app)
        self._max_bytes = max_bytes
        self._elsewhere = elsewhere

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless it is too large."""
        if len(scope["query_string"]) > MAX_QUERY_BYTES:
            await problem_of(QueryTooLong(MAX_QUERY_BYTES)).to_response()(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        max_bytes = self._elsewhere.get(path, self._max_bytes)
        headers = Headers(scope=scope)
        if _is_encoded(headers):
            await problem_of(EncodedBody()).to_response()(scope, receive, send)
            return
        announced = headers.get("content-length", "0")
        if announced.isdecimal() and int(announced[:20]) > max_bytes:
            await problem_of(BodyTooLarge(max_bytes)).to_response()(scope, receive, send)
            return
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > max_bytes:
                raise BodyTooLarge(max_bytes)
            return message

        await self._app(scope, limited, send)


def _is_encoded(headers: Headers) -> bool:
    """Whether a body has any coding but chunks (RFC 9110, section 8.4; RFC 9112, section 6.1)."""
    if "content-length" not in headers and "transfer-encoding" not in headers:
        return False
    codings = {coding.strip().lower() for value in headers.getlist("content-encoding") for coding in value.split(",")}
    transfer = ",".join(headers.getlist("transfer-encoding")).strip().lower()
    return not codings <= {"", "identity"} or transfer not in {"", "chunked"}
