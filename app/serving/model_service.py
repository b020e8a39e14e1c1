"""Listing, showing, promoting and deleting versions of models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from anyio import to_thread

from app.metrics import Metrics
from app.schemas.answers import AliasChange, Degraded, ModelAnswer, ModelsAnswer, ModelSummary, Readiness, TrainingState
from app.serving.errors import BundledVersion, UnknownVersion
from app.serving.prometheus import expose
from app.serving.registry import ModelRegistry
from app.serving.snapshots import BUNDLED, Model, Served, Unloaded
from app.store.async_store import AsyncStore
from app.store.errors import NoSuchVersion

if TYPE_CHECKING:
    from app.store.sync_store import Store

CATCH_UP_SECONDS = 10.0
"""Longest that an answer waits until this process serves what was decided."""


@dataclass(frozen=True, slots=True)
class ModelService:
    """The models in service here, and the store, which says which they should be."""

    registry: ModelRegistry
    store: AsyncStore
    metrics: Metrics

    def list_models(self) -> ModelsAnswer:
        """The versions in service, and the models without one."""
        models = self.registry.models.by_name.values()
        return ModelsAnswer(
            models=[ModelSummary(**self._summary(model, model.champion)) for model in models if model.champion],
            not_in_service={model.name: list(model.versions) for model in models if not model.champion},
        )

    async def show_model(self, reference: str) -> ModelAnswer:
        """One version, where it comes from, and the other versions of its model."""
        served = await self.registry.describe(reference)
        model = self.registry.models.by_name.get(served.name) or Model(served.name, served)
        return ModelAnswer(
            **self._summary(model, served),
            champion=model.champion.version if model.champion else None,
            history=[
                AliasChange(version=change.version, previous=change.previous, at=change.at, cause=change.cause)
                for change in model.history
            ],
            card=_card(served),
        )

    async def promote(self, name: str, version: int) -> ModelAnswer:
        """Put a version into service, in every process within moments, and in this one before it answers."""
        await self.registry.resolve(f"{name}@{version}")  # what does not load is refused while nothing has changed
        await self._change(lambda store: store.versions.promote(name, version), name, version)
        return await self.show_model(name)

    async def delete(self, name: str, version: int) -> None:
        """Delete a version for good, unless it is in service."""
        await self.registry.find(f"{name}@{version}")
        if version == BUNDLED:
            raise BundledVersion(name, version)
        await self._change(lambda store: store.versions.delete(name, version), name, version)

    def check_readiness(self) -> Readiness:
        """The state of a process whose default model is loaded, as it is before it answers."""
        models, figures = self.registry.models, self.metrics.known
        reason = self.store.reason or ("the database does not answer" if self.metrics.is_silent else None)
        return Readiness(
            models={served.name: served.version for served in models.in_service()},
            degraded=[Degraded(**asdict(degradation)) for degradation in models.degraded],
            training=TrainingState(
                available=reason is None, reason=reason, workers=figures.workers if figures else None
            ),
        )

    async def expose_metrics(self) -> bytes:
        """The metrics, as Prometheus reads them."""
        return await to_thread.run_sync(expose, self.metrics, self.registry.models)

    async def _change(self, work: Callable[[Store], object], name: str, version: int) -> None:
        try:
            await self.store.run(work)
        except NoSuchVersion as error:
            model = self.registry.models.by_name.get(name) or Model(name, None)
            raise UnknownVersion(name, version, model.versions) from error
        await self.registry.polling.trigger(CATCH_UP_SECONDS)

    def _summary(self, model: Model, served: Served | Unloaded) -> dict[str, Any]:
        card = served.card
        return {
            "name": served.name,
            "version": served.version,
            "versions": model.versions,
            "default": served.name == self.registry.models.default,
            "corpus": card.corpus.title,
            "names": card.corpus.names,
            "letters": card.letters,
            "nats_per_letter": card.nats_per_letter,
        }


def _card(served: Served | Unloaded) -> dict[str, Any]:
    """The card of a version; the hash of a private list, which would confirm a guess of it, is left out."""
    card: dict[str, Any] = served.card.to_json()
    if not served.is_public:
        card["corpus"] = card["corpus"] | {"sha256": None}
    return card
