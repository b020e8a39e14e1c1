"""One log line, an id and a measurement for every request."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.middleware.base import Middleware
from app.logs import get_logger

REQUEST_ID = "X-Request-Id"
SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
SHOWN_METHOD = 20
SHOWN_PATH = 200

Observe = Callable[[Scope, int, float], None]
"""Called for each request with its scope as the router left it, the status of its answer, and the seconds it took."""

log = get_logger(__name__)


class AccessLog(Middleware):
    """Logs one line per request, and gives it an id: the caller's `X-Request-Id` where that is short and safe to log.

    It calls `observe` for each, since it is outermost and measures the time for the log anyway.
    """

    def __init__(self, app: ASGIApp, *, observe: Observe | None = None) -> None:
        super().__init__(app)
        self._observe = observe

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, add the id to its answer and log it."""
        began = time.perf_counter()
        offered = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = offered if SAFE_ID.fullmatch(offered) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        status, size = 0, 0

        async def watched(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            seconds = time.perf_counter() - began
            if self._observe:
                self._observe(scope, status, seconds)
            log.info(
                "request",
                method=scope["method"][:SHOWN_METHOD],
                path=_printable(scope.get("raw_path") or scope["path"].encode()),
                status=status,
                ms=round(seconds * 1000, 2),
                bytes=size,
                id=request_id,
            )


def _printable(path: bytes) -> str:
    """The path as it was requested, without anything that could pass for another line of the log."""
    return path[:SHOWN_PATH].decode("latin-1").encode("unicode_escape").decode("ascii")
