"""The application of the framework, with an edge around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from app.http.middleware.edge import Edge
from app.http.openapi import DocumentedAPI
from app.http.problems import problem_of


class Application(DocumentedAPI):
    """The framework's application; what is asked often passes it by, see `app.http.middleware.edge`.

    Parameters
    ----------
    late
        Adds the routes; called before the first request that takes the framework's way.

    Attributes
    ----------
    edge
        What stands around it, and calls `serve`.
    """

    edge: Edge

    def __init__(self, late: Callable[[Application], None], **options: Any) -> None:
        super().__init__(**options)
        self._late = late

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle anything that the server sends."""
        scope["app"] = self
        await self.edge(scope, receive, send)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle what the edge does not answer itself."""
        if scope["type"] == "http":
            self.complete()
        await super().__call__(scope, receive, send)

    def refusal(self, error: Exception) -> ASGIApp:
        """An application that answers anything with an error: what a connection does with what is no request."""
        return self.edge.around(problem_of(error).to_response())

    def complete(self) -> None:
        """Have all routes, from now on."""
        late, self._late = self._late, _nothing
        late(self)

    def openapi(self) -> dict[str, Any]:
        """The document of all routes."""
        self.complete()
        return super().openapi()


def _nothing(_: Application) -> None:
    """All routes are there."""
