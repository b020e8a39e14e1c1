"""The application of the framework, with an edge around it."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from app.http.middleware.edge import Edge
from app.http.openapi import DocumentedAPI
from app.http.problems import problem_of


class Application(DocumentedAPI):
    """The framework's application; what is asked often passes it by, see `app.http.middleware.edge`.

    Attributes
    ----------
    edge
        What stands around it, and calls `serve`.
    """

    edge: Edge

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle anything that the server sends."""
        scope["app"] = self
        await self.edge(scope, receive, send)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle what the edge does not answer itself."""
        await super().__call__(scope, receive, send)

    def refusal(self, error: Exception) -> ASGIApp:
        """An application that answers anything with an error: what a connection does with what is no request."""
        return self.edge.around(problem_of(error).to_response())
