"""What happens around every request, in one pass: an id, security headers, a line of the log and a measurement."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.errors import InvalidHost
from app.http.middleware.access_log import AccessLog
from app.http.middleware.security_headers import ALWAYS, NO_CONTENT, RAW_POLICY
from app.http.problems import problem_of

REQUEST_ID = "X-Request-Id"
RAW_REQUEST_ID = REQUEST_ID.lower().encode()
SAFE_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")

BODY_HEADERS = frozenset({b"content-length", b"transfer-encoding"})
"""By which a request announces a body."""

random_bits = Random().getrandbits  # noqa: S311
"""For ids, which are no secrets: a call of the system would let go of the interpreter, for which threads wait."""

Observe = Callable[[Scope, int, float], None]
"""Called for each request with its scope as the router left it, the status of its answer, and the seconds it took."""


class Exchange:
    """A request and what has been sent of its answer.

    Attributes
    ----------
    request_id
        The caller's `X-Request-Id` where that is short and safe to log, else a random one.
    status
        Of the answer; 0 until it begins.
    size
        Bytes sent of its body.
    """

    __slots__ = ("_send", "began", "request_id", "size", "status")

    def __init__(self, offered: bytes, send: Send) -> None:
        self.began = time.perf_counter()
        self.request_id = offered.decode() if SAFE_ID.fullmatch(offered) else f"{random_bits(64):016x}"
        self.status = self.size = 0
        self._send = send

    async def send(self, message: Message) -> None:
        """Send a message of the answer; its head gets the id, and the security headers that a route did not set."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message["headers"], (RAW_REQUEST_ID, self.request_id.encode()), *ALWAYS]
            if not any(name == RAW_POLICY for name, _ in message["headers"]):
                headers.append(NO_CONTENT)
            message["headers"] = headers
        else:
            self.size += len(message.get("body", b""))
        await self._send(message)


class Edge:
    """Passes each request to the application, or to a direct route, and notes what came of it.

    Parameters
    ----------
    app
        Everything that is served.
    direct
        Routes that are asked without the framework's router and middleware, by method and path. They get requests
        without a body; others go through `app`, which answers the same.
    observe
        Called for each request.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        direct: Mapping[tuple[str, str], ASGIApp] = MappingProxyType({}),
        observe: Observe | None = None,
    ) -> None:
        self._app, self._direct, self._observe = app, direct, observe
        self.log = AccessLog()

    def around(self, app: ASGIApp) -> Edge:
        """The same around another application."""
        other = Edge(app, observe=self._observe)
        other.log = self.log
        return other

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request; pass on everything else, such as the messages of a start."""
        if scope["type"] != "http":
            try:
                await self._app(scope, receive, send)
            finally:
                self.log.flush()
            return
        offered, has_body, hosts = b"", False, 0
        for name, value in scope["headers"]:
            if name == RAW_REQUEST_ID:
                offered = value
            elif name == b"host":
                hosts += 1
            elif name in BODY_HEADERS:
                has_body = True
        exchange = Exchange(offered, send)
        scope.setdefault("state", {})["exchange"] = exchange
        direct = None if has_body else self._direct.get((scope["method"], scope["path"]))
        app = direct or self._app
        if hosts != 1 and (hosts or scope["http_version"] != "1.0"):
            app = problem_of(InvalidHost()).to_response()
        try:
            await app(scope, receive, exchange.send)
        finally:
            seconds = time.perf_counter() - exchange.began
            if self._observe:
                self._observe(scope, exchange.status, seconds)
            self.log.add(scope, exchange.status, seconds, exchange.size, exchange.request_id)
