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
    scheme_name="AdminToken",
    description="The token that `NAMEWRIGHT_ADMIN_TOKEN` sets; `make serve` makes one, keeps it and prints it.",
    auto_error=False,
)
"""The token in the documentation; `Admin` checks it."""

MIN_TOKEN_BYTES = 16
"""Of a token that nobody guesses, if it is random."""


class Admin:
    """Checks whether a request carries an admin token, as `Authorization: Bearer ...`.

    Parameters
    ----------
    tokens
        The token, and the one before it while clients change from that to the other; None and blank ones count as none.

    Attributes
    ----------
    has_short_token : bool
        Whether a token is so short that it could be guessed.
    """

    def __init__(self, *tokens: SecretStr | None) -> None:
        # Spaces around it would get lost in a header; only bytes can be compared in constant time.
        given = [token.get_secret_value().encode(errors="surrogateescape").strip() for token in tokens if token]
        self._tokens = [token for token in given if token]
        self.has_short_token = any(len(token) < MIN_TOKEN_BYTES for token in self._tokens)

    def __call__(self, request: Request) -> None:
        """Refuse a request that is not the admin's: 401, or 403 where there is no admin."""
        if not self._tokens:
            raise AdminDisabled
        if not self.knows(request):
            raise Unauthorized(is_token_sent="authorization" in request.headers)

    def knows(self, request: Request) -> bool:
        """Whether a request carries one of the tokens; the time it takes does not depend on which, or how much fits."""
        scheme, _, sent = request.headers.get("authorization", "").partition(" ")
        offered = sent.encode("latin-1").strip()  # as the bytes came, some of which are spaces in Latin-1 text
        equal = [hmac.compare_digest(offered, token) for token in self._tokens]
        return any(equal) and scheme.lower() == "bearer"


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
