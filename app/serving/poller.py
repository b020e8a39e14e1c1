"""Polls the catalogue about once a second, and swaps in what was published, rolled back or deleted.

A version is loaded and checked before one assignment puts it into service. One that does not load leaves the version
before it in service, and is tried again after growing pauses.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from app.logs import get_logger
from app.metrics import Figures, Metrics
from app.serving.registry import ModelRegistry
from app.serving.snapshots import BUNDLED, Degradation, Model, Served
from app.serving.version_loader import VersionLoader, candidates
from app.store.async_store import AsyncStore
from app.store.errors import StoreAway
from app.store.records import Catalogue, Change, Entry

if TYPE_CHECKING:
    from app.store.sync_store import Store

JITTER = 0.2
FIGURES_SECONDS = 5.0
MISSED_FIGURES = 3
"""How many times the figures may be missed before they count as out of date."""

SHOWN_CHANGES = 100

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CatalogueChanges:
    """The catalogue, with the history of each model that changed since the last poll."""

    catalogue: Catalogue
    histories: Mapping[str, tuple[Change, ...]]


class Poller:
    """Keeps a registry as the catalogue says.

    Parameters
    ----------
    registry, store, metrics
        What is kept, by what, and what counts failures.
    poll_seconds
        Between two polls, about.
    forget
        Called when a version was deleted, or a model taken out of service: what was made of it is to go.
    """

    def __init__(
        self,
        registry: ModelRegistry,
        store: AsyncStore,
        metrics: Metrics,
        poll_seconds: float,
        forget: Callable[[], None] = lambda: None,
    ) -> None:
        self._forget = forget
        self._registry = registry
        self._store = store
        self._metrics = metrics
        self._poll_seconds = poll_seconds
        self._sequence: int | None = None  # None: read everything
        self._opened = 0
        self._entries: Mapping[str, Entry] = {}
        self._loader = VersionLoader(registry.cache, store, metrics, poll_seconds)
        self._figures_due = 0.0

    async def poll_forever(self) -> None:
        """Poll until cancelled; a failure does not end it."""
        await self._registry.polling.repeat(
            self._poll,
            lambda: self._poll_seconds * random.uniform(1 - JITTER, 1 + JITTER),  # noqa: S311
        )

    async def _poll(self) -> None:
        self._registry.cache.make_room()
        try:
            await self._update_models()
            await self._update_trainings()
            await self._update_figures()
        except StoreAway:  # which `AsyncStore` logs
            self._metrics.figures = None
            self._figures_due = 0.0
        except Exception:
            log.exception("poll of the catalogue failed")
            self._sequence = None

    async def _update_models(self) -> None:
        """Do as the catalogue says; where that is interrupted, the next poll finds the same to do."""
        opened = self._store.opened
        known = None if self._loader.is_retry_due or opened != self._opened else self._sequence
        changes = await self._store.run(partial(_read_changes, sequence=known, entries=self._entries))
        if changes is None:
            return
        entries = changes.catalogue.models
        failed = self._loader.models
        self._withdraw(changes)
        for name, entry in entries.items():
            if not entry.is_withdrawn and (name in changes.histories or name in failed):
                await self._update_model(name, entry, changes.histories.get(name))
        self._entries, self._sequence, self._opened = entries, changes.catalogue.sequence, opened
        self._registry.is_catalogue_read = True

    async def _update_trainings(self) -> None:
        """Note the models of which a training waits or runs, for those who ask for one that is not there yet."""
        trainings = await self._store.run(lambda store: store.jobs.unfinished())
        if trainings != self._registry.models.trainings:
            self._registry.models = replace(self._registry.models, trainings=trainings)

    async def _update_figures(self) -> None:
        now = time.monotonic()
        if now >= self._figures_due:
            valid_until = now + MISSED_FIGURES * max(self._poll_seconds, FIGURES_SECONDS)
            self._metrics.figures = await self._store.run(partial(_read_figures, valid_until=valid_until))
            self._figures_due = now + FIGURES_SECONDS

    async def _update_model(self, name: str, entry: Entry, history: tuple[Change, ...] | None) -> None:
        """Make one model of the registry what its entry says."""
        before = self._registry.models.by_name.get(name) or Model(name, None)
        history = before.history if history is None else history
        champion, tried = before.bundled, [BUNDLED]
        if entry.champion is not None:
            champion, tried = await self._loader.load_first(before, candidates(entry, history))
        degradation = None
        if entry.champion is not None and (champion is None or champion.version != entry.champion):
            degradation = Degradation(name, entry.champion, self._loader.reason(name, entry.champion))
        self._loader.forget(name, tried)
        model = Model(name, champion, before.bundled, entry.versions, history[:SHOWN_CHANGES])
        self._registry.models = self._registry.models.with_model(model, degradation)
        self._registry.cache.discard_except(name, model.versions)
        if before.champion is not champion:
            if isinstance(before.champion, Served) and before.champion.version in entry.versions:
                self._registry.cache.put(before.champion)
            log.info("version in service", model=name, version=champion and champion.version)

    def _withdraw(self, changes: CatalogueChanges) -> None:
        """Let go of what was deleted or taken out of service, before anything is loaded: that may take long."""
        entries = changes.catalogue.models
        reduced = [name for name, before in self._entries.items() if _is_reduced(before, entries.get(name))]
        withdrawn = [name for name in changes.histories if entries[name].is_withdrawn]
        for name in dict.fromkeys([*reduced, *withdrawn]):
            self._withdraw_from(name, entries.get(name, Entry(None, ())), changes.histories.get(name, ()))
        if reduced:
            self._forget()

    def _withdraw_from(self, name: str, entry: Entry, history: tuple[Change, ...]) -> None:
        """Let a model serve nothing that its entry does not allow; where it has no version left, remove it."""
        before = self._registry.models.by_name.get(name) or Model(name, None)
        bundled, champion = before.bundled, before.champion
        if entry.is_withdrawn:
            champion = None
        elif champion is None or champion.version not in entry.versions:
            champion = bundled
        model = Model(name, champion, bundled, entry.versions, history[:SHOWN_CHANGES], entry.is_withdrawn)
        others = self._registry.models.without(name)
        self._registry.models = others.with_model(model, None) if model.versions else others
        self._registry.cache.discard_except(name, () if entry.is_withdrawn else model.versions)
        self._loader.forget(name)
        if before.champion is not champion:
            log.info("model withdrawn", model=name, version=champion and champion.version)


def _is_reduced(before: Entry, entry: Entry | None) -> bool:
    """Whether something of a model must be drawn from no longer."""
    if entry is None:
        return True
    return not set(before.versions) <= set(entry.versions) or (entry.is_withdrawn and not before.is_withdrawn)


def _read_changes(store: Store, *, sequence: int | None, entries: Mapping[str, Entry]) -> CatalogueChanges | None:
    """Read what changed; None where the catalogue's sequence is still the same."""
    if sequence is not None and store.versions.sequence() == sequence:
        return None
    catalogue = store.versions.catalogue()
    changed = [name for name, entry in catalogue.models.items() if entries.get(name) != entry]
    return CatalogueChanges(catalogue, {name: tuple(store.versions.history(name)) for name in changed})


def _read_figures(store: Store, *, valid_until: float) -> Figures:
    counts: Mapping[Any, int] = store.jobs.counts()
    alive, silent = store.workers.alive(), store.workers.silent()
    return Figures(counts, len(alive), valid_until, len(silent), store.database.shortage())
