"""The answer to an exception that no handler expects, and to the end of the time that a stop leaves."""

from __future__ import annotations

from asyncio import CancelledError

from starlette.types import Receive, Scope, Send

from app.http.errors import InternalError, ServiceStops
from app.http.middleware.base import Middleware
from app.http.middleware.edge import Exchange
from app.http.problems import problem_of
from app.logs import get_logger
from app.serving.errors import Busy, lacks_descriptors

log = get_logger(__name__)


class LastResort(Middleware):
    """Logs an unexpected exception, and answers with a problem that says no more than where to look.

    A request that the server cancels, as it does when it stops, is refused; the server would answer in plain text.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and answer where that fails."""
        try:
            await self._app(scope, receive, send)
        except CancelledError:
            stopped: Exchange = scope["state"]["exchange"]
            if stopped.status:
                raise
            await problem_of(ServiceStops()).to_response()(scope, receive, send)
        except Exception as error:
            exchange: Exchange = scope["state"]["exchange"]
            log.exception("failure", id=exchange.request_id)
            if exchange.status:
                raise
            is_short = lacks_descriptors(error)
            refusal = Busy("no file descriptors are left") if is_short else InternalError(exchange.request_id)
            await problem_of(refusal).to_response()(scope, receive, send)
