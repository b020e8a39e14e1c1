"""Starting and stopping: the bundled models are loaded before the first request is taken, all else comes after it."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import logs
from app.http.auth import Admin
from app.jobs.service import TrainingService
from app.logs import get_logger
from app.metrics import Metrics
from app.serving.capacity import Capacity
from app.serving.generator import Generator
from app.serving.model_service import ModelService
from app.serving.poller import Poller
from app.serving.registry import ModelRegistry
from app.serving.snapshots import Models
from app.serving.version_cache import VersionCache
from app.settings import Settings
from app.shutdown import ShutdownFlag
from app.store.async_store import AsyncStore
from app.supervisor import Supervisor
from model.errors import NameModelError

HEAD_START_SECONDS = 0.25
"""What the first requests have before work in the background begins, which imports for most of a second."""

log = get_logger(__name__)


def lifespan(
    settings: Settings, metrics: Metrics, address: str | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """What surrounds the life of an application with these settings, which listens at an address if that is known."""

    @asynccontextmanager
    async def live(app: FastAPI) -> AsyncIterator[None]:
        logs.configure(settings.log_level, settings.log_format)
        if unknown_variables := Settings.unknown_variables():
            log.warning("no such settings, so they are ignored", variables=unknown_variables)
        models = Models.bundled(settings.weights, settings.default_model)
        capacity = Capacity(settings.sampling_threads, settings.max_waiting, settings.max_wait_seconds)
        loading = Capacity(1, settings.max_waiting, settings.max_wait_seconds)
        stopping = ShutdownFlag()
        storage = AsyncStore(settings.database_url)
        registry = ModelRegistry(
            models,
            VersionCache(storage, loading, settings.max_pinned),
            remote=not settings.database.is_sqlite,
        )
        app.state.admin = Admin(settings.admin_token)
        app.state.metrics = metrics
        app.state.storage = storage
        app.state.registry = registry
        app.state.generator = Generator(registry, capacity, metrics)
        app.state.model_service = ModelService(registry, storage, metrics)
        app.state.training = TrainingService(settings, storage, registry, stopping)
        swapper = Poller(registry, storage, metrics, settings.poll_seconds)
        work = [storage.maintain, swapper.swap_forever]
        if settings.worker == "embedded":
            work.append(Supervisor(settings, stopping).supervise)
        if not gc.isenabled():  # see `app.__main__`; what is there now stays, and need not be looked at again
            gc.freeze()
            gc.enable()
        place: dict[str, Any] = {"swagger_ui": f"{address}/docs"} if address else {}
        log.info("ready", models=list(models.by_name), default=models.default, **place)
        with stopping.foreseen():
            async with _beside(work):
                yield
        await storage.close()
        log.info("stopped")

    return live


@asynccontextmanager
async def _beside(work: list[Callable[[], Coroutine[None, None, None]]]) -> AsyncIterator[None]:
    """Let work go on beside, and end it afterwards; what fails is told, and the rest goes on."""
    tasks = [asyncio.create_task(_begin(one)) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _begin(work: Callable[[], Coroutine[None, None, None]]) -> None:
    await asyncio.sleep(HEAD_START_SECONDS)
    try:
        await work()
    except Exception:
        log.exception("work in the background failed")


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
