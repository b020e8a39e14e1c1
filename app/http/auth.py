"""The admin, who is known by a token."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import SecretStr

from app.http.errors import AdminDisabled, Unauthorized

BEARER = HTTPBearer(
    scheme_name="admin token",
    description="The token that `NAMEWRIGHT_ADMIN_TOKEN` sets; `make serve` makes one and prints it.",
    auto_error=False,
)
"""The token in the documentation; `Admin` checks it."""


class Admin:
    """Checks whether a request carries the admin token, as `Authorization: Bearer ...`."""

    def __init__(self, token: SecretStr | None) -> None:
        # Spaces around it would get lost in a header; only bytes can be compared in constant time.
        self._token = token.get_secret_value().encode(errors="surrogateescape").strip() if token else b""

    def __call__(self, request: Request) -> None:
        """Refuse a request that is not the admin's: 401, or 403 where there is no admin."""
        if not self._token:
            raise AdminDisabled
        if not self.knows(request):
            raise Unauthorized(is_token_sent="authorization" in request.headers)

    def knows(self, request: Request) -> bool:
        """Whether a request carries the token."""
        scheme, _, sent = request.headers.get("authorization", "").partition(" ")
        offered = sent.encode("latin-1").strip()  # as the bytes came, some of which are spaces in Latin-1 text
        return hmac.compare_digest(offered, self._token) and scheme.lower() == "bearer" and self._token != b""


def is_admin(request: Request) -> bool:
    """Whether a request to a path that is open to everybody is the admin's."""
    admin: Admin = request.app.state.admin
    return admin.knows(request)


async def require_admin(
    request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)] = None
) -> None:
    """Refuse a request that is not the admin's."""
    admin: Admin = request.app.state.admin
    admin(request)


class AdminRoute(APIRoute):
    """Checks the token before a byte of the body is read; a dependency would be solved after that."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of a request, behind the check."""
        answer = super().get_route_handler()

        async def checked(request: Request) -> Response:
            await require_admin(request)
            return await answer(request)

        return checked


def admin_router(tag: str, route_class: type[AdminRoute] = AdminRoute) -> APIRouter:
    """A router for paths of the admin."""
    return APIRouter(tags=[tag], route_class=route_class, dependencies=[Depends(require_admin)])
