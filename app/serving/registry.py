"""The models that requests find: those in service at once, other versions by `name@version`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from app.serving.errors import CatalogueUnread, DamagedVersion, UnknownReference, UnknownVersion
from app.serving.periodic import PeriodicTask
from app.serving.snapshots import Model, Models, Served, Unloaded
from app.serving.version_cache import VersionCache

POLL_WAIT_SECONDS = 1.0
"""How long a request for a model that is not known here waits for the next poll of the catalogue."""

FIRST_POLL_WAIT_SECONDS = 5.0
"""How long it waits for the first poll, which takes as long as opening the database does."""

T = TypeVar("T")


class ModelRegistry:
    """The current snapshot of the models, and the ways to a version.

    Attributes
    ----------
    models : Models
        The snapshot; one assignment swaps it. A request keeps what it took from it.
    cache : VersionCache
        Versions that are loaded when they are asked for.
    polling : PeriodicTask
        The polls of the catalogue, see `app.serving.poller`.
    is_catalogue_read : bool
        Whether the catalogue has been read; until then, `models` are the bundled ones.
    """

    def __init__(self, models: Models, cache: VersionCache) -> None:
        self.models = models
        self.cache = cache
        self.polling = PeriodicTask()
        self.is_catalogue_read = False

    async def resolve(self, reference: str, *, even_withdrawn: bool = False) -> Served:
        """The version that `name` or `name@version` means, ready to answer; as `describe`, but loaded if it was not."""
        version = await self.describe(reference, even_withdrawn=even_withdrawn)
        return version if isinstance(version, Served) else await self._load(version)

    async def describe(self, reference: str, *, even_withdrawn: bool = False) -> Served | Unloaded:
        """The version that `name` or `name@version` means; what is in service is found without a database.

        With `even_withdrawn`, that of a model too which was taken out of service.

        Raises
        ------
        UnknownReference
            There is none.
        DamagedVersion, Busy, StoreAway, CatalogueUnread
            It cannot be loaded, or not now.
        """
        known = self.models.by_name.get(reference)
        if known and known.champion:
            return known.champion
        model, version = await self.find(reference, even_withdrawn=even_withdrawn)
        found = model.known(version) or await self.cache.get(model.name, version)
        if found is None:
            raise UnknownVersion(model.name, version, model.versions)  # deleted a moment ago
        self.models.find(f"{model.name}@{version}", even_withdrawn=even_withdrawn)  # it may have gone during the load
        return found

    async def find(self, reference: str, *, even_withdrawn: bool = False) -> tuple[Model, int]:
        """The model and the version that a reference means, loaded or not; polls once for what is not known here."""
        return await self._look(lambda models: models.find(reference, even_withdrawn=even_withdrawn))

    async def find_model(self, name: str) -> Model:
        """The model of a name, in service or not; polls once for one that is not known here."""
        return await self._look(lambda models: models.model(name))

    async def _look(self, look: Callable[[Models], T]) -> T:
        try:
            return look(self.models)
        except UnknownReference:
            # It may have been published a moment ago, or this process may have started then.
            await self.polling.trigger(POLL_WAIT_SECONDS if self.polling.runs > 1 else FIRST_POLL_WAIT_SECONDS)
        try:
            return look(self.models)
        except UnknownReference as unknown:
            if self.is_catalogue_read:
                raise
            raise CatalogueUnread(unknown) from None

    async def _load(self, version: Unloaded) -> Served:
        """Load what came with the software; whether it is damaged shows in `models` from then on."""
        try:
            served = await self.cache.load(version)
        except DamagedVersion as error:
            self.models = self.models.with_damage(version, error.reason)
            raise
        self.models = self.models.with_damage(version, None)
        return served
