"""The message of a failed start."""

from __future__ import annotations

import sys

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from model.errors import NameModelError


class StartupFailure:
    """Gives the server the reason of a failed start in one line, where the framework sends it a traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, except the message of a failed start."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        async def shortened(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed" and isinstance(error := sys.exc_info()[1], NameModelError):
                message = {"type": message["type"], "message": f"namewright does not start: {error}"}
            await send(message)

        await self._app(scope, receive, shortened)
