"""Listing, showing, promoting and deleting versions of models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from anyio import to_thread

from app.metrics import Metrics
from app.schemas.answers import (
    AliasChange,
    Degraded,
    DeletedModel,
    ModelAnswer,
    ModelsAnswer,
    ModelSummary,
    Readiness,
    TrainingState,
)
from app.schemas.sample import ModelsQuery
from app.serving.descriptions import Choices, show_card, show_cause, summarize
from app.serving.errors import BundledVersion, DefaultModel, UnknownModel, UnknownVersion
from app.serving.prometheus import expose
from app.serving.registry import ModelRegistry
from app.serving.snapshots import BUNDLED, Model, Served, Unloaded
from app.store.async_store import AsyncStore
from app.store.errors import NoSuchVersion

if TYPE_CHECKING:
    from app.store.sync_store import Store

SILENT = "the database does not answer"
NO_WORKER = "no training worker has been heard of for 30 seconds: what is queued waits"

CATCH_UP_SECONDS = 10.0
"""Longest that an answer waits until this process serves what was decided."""


@dataclass(frozen=True, slots=True)
class ModelService:
    """The models in service here, and the store, which says which they should be."""

    registry: ModelRegistry
    store: AsyncStore
    metrics: Metrics

    def list_models(self, query: ModelsQuery, *, is_admin: bool) -> ModelsAnswer:
        """The versions in service that are asked for, and without a query the models of which none is.

        Raises
        ------
        UnknownValue
            No model has a value that the query names.
        """
        models = self.registry.models
        versions = models.in_service()
        choices = Choices.of(versions)
        is_whole = not query.model_fields_set
        return ModelsAnswer(
            models=[
                ModelSummary(**self._summarize(models.by_name[one.name], one, is_admin=is_admin))
                for one in choices.select(versions, query)
            ],
            not_in_service={
                model.name: list(model.versions)
                for model in models.by_name.values()
                if is_whole and not model.champion and not model.is_withdrawn
            },
            withdrawn={
                model.name: list(model.versions) for model in models.by_name.values() if is_whole and model.is_withdrawn
            },
            languages=list(choices.values["language"]),
            kinds=list(choices.values["kind"]),
            scripts=list(choices.values["script"]),
        )

    async def show_model(self, reference: str, *, is_admin: bool) -> ModelAnswer:
        """One version, where it comes from, and the others of its model; the admin sees what is out of service too."""
        served = await self.registry.describe(reference, even_withdrawn=is_admin)
        model = self.registry.models.by_name.get(served.name) or Model(served.name, served)
        return ModelAnswer(
            **self._summarize(model, served, is_admin=is_admin),
            champion=model.champion.version if model.champion else None,
            history=[
                AliasChange(
                    version=change.version,
                    previous=change.previous,
                    at=change.at,
                    cause=show_cause(change.cause, is_admin=is_admin),
                )
                for change in model.history
            ],
            card=show_card(served, is_admin=is_admin),
        )

    async def promote(self, name: str, version: int) -> ModelAnswer:
        """Put a version into service, in every process within moments, and in this one before it answers."""
        await self.registry.resolve(
            f"{name}@{version}", even_withdrawn=True
        )  # what does not load is refused while nothing has changed
        await self._change(lambda store: store.versions.promote(name, version), name, version)
        return await self.show_model(name, is_admin=True)

    async def delete(self, name: str, version: int) -> None:
        """Delete a version for good, unless it is in service."""
        await self.registry.find(f"{name}@{version}", even_withdrawn=True)
        if version == BUNDLED:
            raise BundledVersion(name, version)
        await self._change(lambda store: store.versions.delete(name, version), name, version)

    async def withdraw(self, name: str) -> None:
        """Take a model out of service with all its versions, until one is promoted; in this process before it answers.

        Raises
        ------
        UnknownModel, DefaultModel
            There is no such model, or it is the one that answers where none is named.
        """
        model = await self.registry.find_model(name)
        if name == self.registry.models.default:
            raise DefaultModel(name)
        is_bundled = model.bundled is not None
        await self._change(lambda store: store.versions.withdraw(name, is_bundled=is_bundled), name, BUNDLED)

    async def delete_model(self, name: str) -> DeletedModel:
        """Delete all trained versions of a model for good, in this process before it answers.

        Raises
        ------
        UnknownModel
            There is no such model.
        TrainingUnfinished
            A training of it waits or runs.
        """
        try:
            model = await self.registry.find_model(name)
        except UnknownModel:
            await self.store.run(lambda store: store.jobs.check_ended(name))  # its first training may be on the way
            raise
        deleted = await self.store.run(lambda store: store.versions.delete_model(name))
        await self.registry.polling.trigger(CATCH_UP_SECONDS)
        return DeletedModel(deleted=list(deleted), version=BUNDLED if model.bundled else None)

    def check_readiness(self) -> Readiness:
        """The state of a process whose default model is loaded, as it is before it answers."""
        models, figures = self.registry.models, self.metrics.known
        reason = self.store.reason or (SILENT if self.metrics.is_silent else None)
        if reason is None and figures:
            reason = figures.shortage
        is_available = reason is None
        if is_available and figures and figures.silent and not figures.workers:
            reason = NO_WORKER
        return Readiness(
            models={served.name: served.version for served in models.in_service()},
            degraded=[Degraded(**asdict(degradation)) for degradation in models.degraded],
            training=TrainingState(
                available=is_available,
                reason=reason,
                workers=figures.workers if figures else None,
                silent_workers=figures.silent if figures else None,
            ),
        )

    async def expose_metrics(self) -> bytes:
        """The metrics, as Prometheus reads them."""
        return await to_thread.run_sync(lambda: expose(self.metrics.total(), self.registry.models))

    async def _change(self, work: Callable[[Store], object], name: str, version: int) -> None:
        try:
            await self.store.run(work)
        except NoSuchVersion as error:
            model = self.registry.models.by_name.get(name) or Model(name, None)
            raise UnknownVersion(name, version, model.versions) from error
        await self.registry.polling.trigger(CATCH_UP_SECONDS)

    def _summarize(self, model: Model, version: Served | Unloaded, *, is_admin: bool) -> dict[str, Any]:
        is_default = version.name == self.registry.models.default
        return summarize(model, version, is_default=is_default, is_admin=is_admin)
