"""Start and stop: the default model is loaded before the first request is taken, everything else comes after it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any

from app import logs
from app.http.application import Application
from app.http.auth import MIN_TOKEN_BYTES, Admin
from app.jobs.events import Followers
from app.jobs.list_check import ListChecker
from app.jobs.loss_plot import LossPlotter
from app.jobs.service import TrainingService
from app.logs import get_logger
from app.metrics import Metrics
from app.serving.blends import Blends
from app.serving.capacity import Capacity
from app.serving.comparisons import Comparisons
from app.serving.downloads import MAX_DOWNLOADS, Downloads
from app.serving.generator import Generator
from app.serving.lanes import Lanes
from app.serving.like import Adapter
from app.serving.model_service import ModelService
from app.serving.poller import Poller
from app.serving.registry import ModelRegistry
from app.serving.sequences import SequenceCache
from app.serving.snapshots import Models
from app.serving.stocks import Stocks
from app.serving.streams import Streams
from app.serving.style_cache import StyleCache
from app.serving.version_cache import VersionCache
from app.serving.warm_up import warm_up
from app.settings import Settings
from app.shutdown import ShutdownFlag
from app.store.async_store import AsyncStore
from app.supervisor import Supervisor

HEAD_START_SECONDS = 0.25
"""What the first requests have before background work begins, which imports for most of a second."""

FILE_WAIT_SECONDS = 30.0
"""Longest that a request waits for a bundled model to load: three times what all of them take at once."""

Work = Callable[[], Coroutine[None, None, None]]

log = get_logger(__name__)


def lifespan(
    settings: Settings, metrics: Metrics, address: str | None
) -> Callable[[Application], AbstractAsyncContextManager[None]]:
    """The lifespan of an application with these settings, which listens at an address if that is known."""

    @asynccontextmanager
    async def live(app: Application) -> AsyncIterator[None]:
        logs.configure(settings.log_level, settings.log_format)
        if unknown_variables := Settings.unknown_variables():
            log.warning("unknown settings ignored", variables=unknown_variables)
        models = Models.bundled(settings.weights, settings.default_model, settings.words_left_out)
        preparing = Capacity(1, settings.max_waiting, settings.max_wait_seconds)
        loading = Capacity(1, settings.max_waiting, settings.max_wait_seconds)
        file_loading = Capacity(1, len(models.by_name), FILE_WAIT_SECONDS)  # each is loaded once, however many ask
        shutdown = ShutdownFlag()
        store = AsyncStore(settings.database_url)
        sequences = SequenceCache()
        cache = VersionCache(
            store,
            loading,
            file_loading,
            metrics,
            size=settings.max_pinned,
            max_bytes=settings.max_cached_megabytes * 2**20,
            words_left_out=settings.words_left_out,
            forget=sequences.forget,
        )
        for refused in models.degraded:
            cache.log_damage(refused.model, refused.version, refused.reason)
        registry = ModelRegistry(models, cache)
        followers = Followers(store, registry.polling, shutdown, settings.max_followers)
        lanes = Lanes(
            shutdown,
            threads=settings.sampling_threads,
            max_waiting=settings.max_waiting,
            max_wait_seconds=settings.max_wait_seconds,
            max_seconds=settings.max_seconds,
            max_seconds_ahead=settings.max_seconds_ahead,
        )
        adapter = Adapter(
            settings.weights if settings.like else None,
            preparing,
            StyleCache(settings.max_styles, settings.style_minutes * 60, sequences.forget),
            most=settings.max_adaptations,
            words_left_out=settings.words_left_out,
        )
        app.state.admin = Admin(settings.admin_token, settings.former_admin_token)
        if app.state.admin.has_short_token:
            log.warning("an admin token can be guessed, since it is short", least_characters=MIN_TOKEN_BYTES)
        app.state.metrics = metrics
        app.state.store = store
        app.state.shutdown = shutdown
        app.state.registry = registry
        comparing = Capacity(1, settings.max_waiting, settings.max_wait_seconds)
        generator = Generator(
            registry,
            lanes,
            metrics,
            sequences,
            Blends(registry, preparing, sequences.forget),
            Comparisons(registry, comparing, settings.weights),
            adapter,
            Stocks(lanes.run_ahead, max_waiting=settings.max_waiting, max_wait_seconds=settings.max_wait_seconds),
        )
        app.state.lanes = lanes
        app.state.generator = generator
        app.state.streams = Streams(generator, most=settings.max_streams)
        downloading = Capacity(MAX_DOWNLOADS, settings.max_waiting, settings.max_wait_seconds)
        app.state.downloads = Downloads(registry, downloading)
        app.state.model_service = ModelService(registry, store, metrics)
        app.state.training = TrainingService(settings, store, registry, followers, ListChecker(), LossPlotter())
        poller = Poller(registry, store, metrics, settings.poll_seconds, generator.forget)

        async def complete() -> None:
            app.complete()

        background: list[Work] = [
            complete,
            partial(warm_up, app.state.model_service),
            store.maintain,
            poller.poll_forever,
            metrics.share,
        ]
        if settings.worker == "embedded":
            background.append(Supervisor(settings, shutdown).supervise)
        if not gc.isenabled():  # see `app.__main__`; what exists now stays, and need not be scanned again
            gc.freeze()
            gc.enable()
        fields: dict[str, Any] = {"swagger_ui": f"{address}/docs"} if address else {}
        log.info("ready", models=len(models.by_name), default=models.default, **fields)
        with shutdown.set_by_signals():
            async with _in_background(background):
                yield
        await adapter.close()
        await store.close()
        log.info("stopped")

    return live


@asynccontextmanager
async def _in_background(works: list[Work]) -> AsyncIterator[None]:
    """Do work in the background, and cancel it afterwards; a failure is logged, and the rest goes on."""
    tasks = [asyncio.create_task(_begin(work)) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _begin(work: Work) -> None:
    await asyncio.sleep(HEAD_START_SECONDS)
    try:
        await work()
    except Exception:
        log.exception("background work failed")
