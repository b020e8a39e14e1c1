"""What stands before the routes: limits on size, and an answer when something fails inside."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.middleware.base import Middleware
from app.http.problems import INTERNAL_ERROR, QUERY_TOO_LONG, TOO_LARGE, Refusal, respond
from app.logs import get_logger

MAX_QUERY_BYTES = 8 * 2**10
"""Room for every field at its longest; taking apart the thousands that a longer one may hold would take a while."""

log = get_logger(__name__)


class SizeLimits(Middleware):
    """Refuses a query that is too long, and a body that is too large: at once if it says its length, else midway.

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
            detail = f"a query may have at most {MAX_QUERY_BYTES} bytes"
            await respond(QUERY_TOO_LONG, detail)(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        max_bytes = self._elsewhere.get(path, self._max_bytes)
        detail = f"a request body may have at most {max_bytes} bytes here"
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdecimal() and int(announced[:20]) > max_bytes:
            await respond(TOO_LARGE, detail)(scope, receive, send)
            return
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > max_bytes:
                raise Refusal(TOO_LARGE, detail)
            return message

        await self._app(scope, limited, send)


class LastResort(Middleware):
    """Turns an exception that nothing expected into a problem that says no more than where to look."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and answer for whatever fails."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            await send(message)
            started = True

        try:
            await self._app(scope, receive, watched)
        except Exception:
            request_id = scope["state"]["request_id"]
            log.exception("failure", id=request_id)
            if started:
                raise
            detail = "something failed that should not; the log has the reason under this request_id"
            await respond(INTERNAL_ERROR, detail, request_id=request_id)(scope, receive, send)
