"""Starting and stopping: the models are loaded before the first request is taken."""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import logs
from app.capacity import Capacity
from app.service import Service
from app.serving import Models
from app.settings import Settings
from model.errors import NameModelError

log = logging.getLogger(__name__)


def lifespan(settings: Settings, address: str | None) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """What surrounds the life of an application with these settings, which listens at an address if that is known."""

    @asynccontextmanager
    async def live(app: FastAPI) -> AsyncIterator[None]:
        logs.configure(settings)
        if strangers := Settings.strangers():
            log.warning("no such settings, so they are ignored", extra={"fields": {"variables": strangers}})
        models = Models.bundled(settings.weights, settings.default_model)
        capacity = Capacity(settings.sampling_threads, settings.max_waiting, settings.max_wait_seconds)
        app.state.service = Service(models, capacity)
        place = {"swagger_ui": f"{address}/docs"} if address else {}
        log.info("ready", extra={"fields": {"models": list(models.by_name), "default": models.default, **place}})
        yield
        log.info("stopped")

    return live


class PlainFailure:
    """Tells the server why a start failed in one line, where the framework sends it a traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; only the message of a failed start is put in plain words."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        async def plain(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed" and isinstance(error := sys.exc_info()[1], NameModelError):
                message = {"type": message["type"], "message": f"namewright does not start: {error}"}
            await send(message)

        await self._app(scope, receive, plain)
