"""Names and versions: what there is, what is in service, and what the admin does about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from anyio import to_thread

from app.http.problems import VERSION_IN_SERVICE, Refusal
from app.metrics import Metrics
from app.schemas.answers import AliasChange, Degraded, ModelAnswer, ModelsAnswer, ModelSummary, Readiness, TrainingState
from app.serving.prometheus import expose
from app.serving.registry import ModelRegistry
from app.serving.snapshots import BUNDLED, Model, Served, no_version
from app.store.async_store import AsyncStore

if TYPE_CHECKING:
    from app.store.sync_store import Store

CATCH_UP_SECONDS = 10.0
"""Longest that an answer waits until this process serves what was decided."""


@dataclass(frozen=True, slots=True)
class ModelService:
    """The models in service here, and the store that tells every process which they should be."""

    registry: ModelRegistry
    storage: AsyncStore
    metrics: Metrics

    def list_models(self) -> ModelsAnswer:
        """What is in service, and the names of which nothing is."""
        models = self.registry.models.by_name.values()
        return ModelsAnswer(
            models=[ModelSummary(**self._summary(model, model.champion)) for model in models if model.champion],
            not_in_service={model.name: list(model.versions) for model in models if not model.champion},
        )

    async def show_model(self, reference: str) -> ModelAnswer:
        """One version, where it comes from, and what else there is of its name."""
        served = await self.registry.resolve(reference)
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
        await self.storage.run(partial(_promote, model=self._model(name), version=version))
        await self.registry.rounds.next(CATCH_UP_SECONDS)
        return await self.show_model(name)

    async def delete(self, name: str, version: int) -> None:
        """Delete a version for good, unless it is in service."""
        model, _ = await self.registry.find(f"{name}@{version}")
        if version == BUNDLED:
            detail = f"version {BUNDLED} of model {name!r} came with the software; only trained versions can be deleted"
            raise Refusal(VERSION_IN_SERVICE, detail)
        await self.storage.run(partial(_delete, model=model, version=version))
        await self.registry.rounds.next(CATCH_UP_SECONDS)

    def ready(self) -> Readiness:
        """That the bundled models are loaded, which a service is not made before, and what is not as it should be."""
        models, figures = self.registry.models, self.metrics.known
        reason = self.storage.reason or ("the database does not answer" if self.metrics.is_silent else None)
        return Readiness(
            models={served.name: served.version for served in models.in_service()},
            degraded=[Degraded(**asdict(fault)) for fault in models.degraded],
            training=TrainingState(
                available=reason is None, reason=reason, workers=figures.workers if figures else None
            ),
        )

    async def measure(self) -> bytes:
        """The metrics, as Prometheus reads them."""
        return await to_thread.run_sync(expose, self.metrics, self.registry.models)

    def _model(self, name: str) -> Model:
        return self.registry.models.by_name.get(name) or Model(name, None)

    def _summary(self, model: Model, served: Served) -> dict[str, Any]:
        card = served.artifact.card
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


def _card(served: Served) -> dict[str, Any]:
    """Where a version comes from; the hash of a private list would tell whoever guesses the list that it is right."""
    card: dict[str, Any] = served.artifact.card.to_json()
    if not served.public:
        card["corpus"] = card["corpus"] | {"sha256": None}
    return card


def _promote(store: Store, *, model: Model, version: int) -> None:
    from app.store.errors import NoSuchVersion

    try:
        store.versions.promote(model.name, version)
    except NoSuchVersion as error:
        raise no_version(model, version) from error


def _delete(store: Store, *, model: Model, version: int) -> None:
    from app.store.errors import NoSuchVersion, VersionInService

    try:
        store.versions.delete(model.name, version)
    except NoSuchVersion as error:
        raise no_version(model, version) from error
    except VersionInService as error:
        detail = (
            f"version {version} of model {model.name!r} is the one to serve; put another into service first, "
            f"with PUT /models/{model.name}/alias/champion"
        )
        raise Refusal(VERSION_IN_SERVICE, detail) from error
