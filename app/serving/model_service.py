"""Listing, showing, promoting and deleting versions of models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from anyio import to_thread

from app.metrics import Metrics
from app.serving.errors import BundledVersion, UnknownVersion
from app.serving.prometheus import expose
from app.serving.registry import ModelRegistry
from app.serving.snapshots import BUNDLED, Degradation, Model, Models, Served
from app.store.async_store import AsyncStore
from app.store.errors import NoSuchVersion

if TYPE_CHECKING:
    from app.store.sync_store import Store

CATCH_UP_SECONDS = 10.0
"""Longest that an answer waits until this process serves what was decided."""


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """One version, the model that it is of, and whether that is the default one."""

    served: Served
    model: Model
    is_default: bool


@dataclass(frozen=True, slots=True)
class ReadyState:
    """What this process serves, and why trainings cannot be asked for, if they cannot."""

    models: Mapping[str, int]  # the versions in service
    degraded: tuple[Degradation, ...]
    training_unavailable: str | None
    workers: int | None  # None: not known


@dataclass(frozen=True, slots=True)
class ModelService:
    """The models in service here, and the store that tells every process which they should be."""

    registry: ModelRegistry
    store: AsyncStore
    metrics: Metrics

    def list_models(self) -> tuple[list[ShownVersion], dict[str, list[int]]]:
        """The versions in service, and the versions of the models of which none is."""
        models = self.registry.models
        not_in_service = {
            model.name: list(model.versions) for model in models.by_name.values() if model.champion is None
        }
        return [_show(models, served) for served in models.in_service()], not_in_service

    async def show_model(self, reference: str) -> ShownVersion:
        """One version, and the model that it is of."""
        served = await self.registry.resolve(reference)
        return _show(self.registry.models, served)

    async def promote(self, name: str, version: int) -> ShownVersion:
        """Put a version into service, in every process within moments, and in this one before it answers."""
        await self.registry.resolve(f"{name}@{version}")  # what does not load is refused while nothing has changed
        await self._change(partial(_promote, name=name, version=version), name, version)
        return await self.show_model(name)

    async def delete(self, name: str, version: int) -> None:
        """Delete a version for good, unless it is in service."""
        await self.registry.find(f"{name}@{version}")
        if version == BUNDLED:
            raise BundledVersion(name, version)
        await self._change(partial(_delete, name=name, version=version), name, version)

    def check_readiness(self) -> ReadyState:
        """The state of a process whose bundled models are loaded, as they are before it answers."""
        models, figures = self.registry.models, self.metrics.known
        reason = self.store.reason or ("the database does not answer" if self.metrics.is_silent else None)
        in_service = {served.name: served.version for served in models.in_service()}
        return ReadyState(in_service, models.degraded, reason, figures.workers if figures else None)

    async def expose_metrics(self) -> bytes:
        """The metrics, as Prometheus reads them."""
        return await to_thread.run_sync(expose, self.metrics, self.registry.models)

    async def _change(self, work: partial[None], name: str, version: int) -> None:
        try:
            await self.store.run(work)
        except NoSuchVersion as error:
            model = self.registry.models.by_name.get(name) or Model(name, None)
            raise UnknownVersion(name, version, model.versions) from error
        await self.registry.polling.trigger(CATCH_UP_SECONDS)


def _show(models: Models, served: Served) -> ShownVersion:
    model = models.by_name.get(served.name) or Model(served.name, served)
    return ShownVersion(served, model, is_default=served.name == models.default)


def _promote(store: Store, *, name: str, version: int) -> None:
    store.versions.promote(name, version)


def _delete(store: Store, *, name: str, version: int) -> None:
    store.versions.delete(name, version)
