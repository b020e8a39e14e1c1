"""The answer to an exception that no handler expects."""

from __future__ import annotations

from starlette.types import Message, Receive, Scope, Send

from app.http.errors import InternalError
from app.http.middleware.base import Middleware
from app.http.problems import problem_of
from app.logs import get_logger

log = get_logger(__name__)


class LastResort(Middleware):
    """Logs an unexpected exception, and answers with a problem that says no more than where to look."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and answer where that fails."""
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
            await problem_of(InternalError(request_id)).to_response()(scope, receive, send)
