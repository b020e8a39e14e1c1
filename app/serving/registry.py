"""Where requests find models: those in service at once, others by `name@version`."""

from __future__ import annotations

from app.http.problems import NO_DATABASE, Refusal
from app.serving.periodic import PeriodicTask
from app.serving.snapshots import Model, Models, Served, no_version
from app.serving.version_cache import VersionCache
from app.store.errors import StoreAway

LOOK_AGAIN_SECONDS = 1.0
"""How long a request for a model that is not known here waits for the next look at the catalogue."""

FIRST_LOOK_SECONDS = 5.0
"""How long it waits for the first one, which takes as long as opening the database does."""


class ModelRegistry:
    """Holds the models; whoever takes from it keeps what it took, whatever takes its place.

    Attributes
    ----------
    models : Models
        The snapshot of this moment; one assignment swaps it.
    pinned : VersionCache
        Versions beside those in service.
    rounds : PeriodicTask
        Of looks at the catalogue, see `app.swapping`.
    looked : bool
        Whether the catalogue has been read; until then, `models` are those that came with the software.
    """

    def __init__(self, models: Models, pinned: VersionCache, *, remote: bool = False) -> None:
        self.models = models
        self.pinned = pinned
        self.rounds = PeriodicTask()
        self.looked = False
        self._remote = remote  # whether there may be a catalogue that cannot be read now

    async def resolve(self, reference: str) -> Served:
        """The version that `name` or `name@version` means; what is in service is found without a database.

        Raises
        ------
        Refusal
            There is none, with the names or versions that there are; or it is not in memory and cannot be loaded now.
        """
        known = self.models.by_name.get(reference)
        if known and known.champion:
            return known.champion
        model, version = await self.find(reference)
        served = model.held(version) or await self.pinned.get(model.name, version)
        if served is None:
            raise no_version(model, version)  # deleted a moment ago
        return served

    async def find(self, reference: str) -> tuple[Model, int]:
        """The model and the version that a reference means, loaded or not; looks again for what is not known here."""
        try:
            return self.models.find(reference)
        except Refusal:
            # It may have been published a moment ago, or this process may have started then.
            await self.rounds.next(LOOK_AGAIN_SECONDS if self.rounds.begun > 1 else FIRST_LOOK_SECONDS)
        try:
            return self.models.find(reference)
        except Refusal as unknown:
            if self.looked or not self._remote:
                raise
            detail = f"{unknown.detail} so far; the database, which may have more, has not been read yet: try again"
            raise Refusal(NO_DATABASE, detail, headers={"Retry-After": str(StoreAway.retry_after_seconds)}) from None
