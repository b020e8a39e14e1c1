"""Whom to trust: the admin, who is known by a token, and otherwise nobody, as the headers tell browsers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import SecretStr
from starlette.datastructures import MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from app.http.middleware.base import Middleware
from app.http.problems import ADMIN_DISABLED, UNAUTHORIZED, Refusal

POLICY = "Content-Security-Policy"
HEADERS = {
    POLICY: "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)

BEARER = HTTPBearer(
    scheme_name="admin token",
    description="The token that `NAMEWRIGHT_ADMIN_TOKEN` sets; `make serve` makes one and prints it.",
    auto_error=False,
)
"""How the documentation tells of the token; `Admin` checks it."""


class Admin:
    """Tells the requests of the admin, who sends the token as `Authorization: Bearer ...`, from those of everybody."""

    def __init__(self, token: SecretStr | None) -> None:
        # Spaces around it would get lost in a header; only bytes can be compared in constant time whatever the letters.
        self._token = token.get_secret_value().encode(errors="surrogateescape").strip() if token else b""

    def __call__(self, request: Request) -> None:
        """Refuse a request that is not the admin's: 401, or 403 where there is no admin."""
        if not self._token:
            raise Refusal(
                ADMIN_DISABLED,
                "no admin token is set: start the service with NAMEWRIGHT_ADMIN_TOKEN set to a long random text, "
                "and send it as Authorization: Bearer ...",
            )
        if not self.knows(request):
            sent = "authorization" in request.headers
            detail = "the token is another one" if sent else "there is no token"
            raise Refusal(
                UNAUTHORIZED,
                f"{detail}: send the header Authorization: Bearer ... with the token that NAMEWRIGHT_ADMIN_TOKEN sets",
                headers={"WWW-Authenticate": 'Bearer error="invalid_token"' if sent else "Bearer"},
            )

    def knows(self, request: Request) -> bool:
        """Whether a request carries the token."""
        scheme, _, sent = request.headers.get("authorization", "").partition(" ")
        offered = sent.encode("latin-1").strip()  # as the bytes came, some of which are spaces in Latin-1 text
        return hmac.compare_digest(offered, self._token) and scheme.lower() == "bearer" and self._token != b""


async def require_admin(
    request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)] = None
) -> None:
    """Let the admin pass, and nobody else."""
    admin: Admin = request.app.state.admin
    admin(request)


class AdminRoute(APIRoute):
    """Asks for the token before a byte of the body is read, where a dependency is solved after that."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request, behind the check."""
        answer = super().get_route_handler()

        async def checked(request: Request) -> Response:
            await require_admin(request)
            return await answer(request)

        return checked


def admin_router(tag: str, route_class: type[AdminRoute] = AdminRoute) -> APIRouter:
    """A router for paths of the admin."""
    return APIRouter(tags=[tag], route_class=route_class, dependencies=[Depends(require_admin)])


class SecurityHeaders(Middleware):
    """Adds `HEADERS` to every answer, refusals included; a route's own policy stands."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add to its answer."""

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, secured)


def page_policy(html: str) -> str:
    """The policy of one page: files of this server, and the very scripts that stand in it."""
    scripts = " ".join(["'self'", *(f"'sha256-{_sha256(script)}'" for script in INLINE_SCRIPT.findall(html))])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )


def _sha256(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
