"""Looks at the catalogue about once a second, and swaps in what was published, rolled back or deleted.

A version is loaded aside and checked before one assignment puts it into service. One that does not load leaves the one
before it in service, and is tried again, ever less often.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from app.http.problems import Refusal
from app.logs import get_logger
from app.metrics import Figures, Metrics
from app.serving.registry import ModelRegistry
from app.serving.snapshots import BUNDLED, Fault, Model, Served
from app.serving.version_cache import load
from app.store.async_store import AsyncStore
from model.errors import InvalidWeights

if TYPE_CHECKING:
    from app.store.records import Catalogue, Change, Entry
    from app.store.sync_store import Store

JITTER = 0.2
FIGURES_SECONDS = 5.0
MISSED = 3
"""How many times the figures may not come before they count as out of date."""

SHOWN_CHANGES = 100
MAX_BACK_OFF_SECONDS = 60.0

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """A version that did not load, and when it may be tried again."""

    reason: str
    pause_seconds: float
    again: float  # by the monotonic clock


@dataclass(frozen=True, slots=True)
class Look:
    """What the catalogue says, with the history of each model that changed since the last look."""

    catalogue: Catalogue
    changed: Mapping[str, tuple[Change, ...]]


class Poller:
    """Keeps a registry as the catalogue says."""

    def __init__(self, registry: ModelRegistry, storage: AsyncStore, metrics: Metrics, every_seconds: float) -> None:
        self._registry = registry
        self._storage = storage
        self._metrics = metrics
        self._every = every_seconds
        self._sequence: int | None = None  # None: everything is to be looked at
        self._opened = 0
        self._entries: Mapping[str, Entry] = {}
        self._failures: dict[tuple[str, int], Failure] = {}
        self._figures_due = 0.0

    async def swap_forever(self) -> None:
        """Go round until cancelled; whatever fails, the next round comes."""
        rounds = self._registry.rounds
        try:
            while True:
                done = rounds.begin()
                try:
                    await self._round()
                except Refusal:  # the database is away, which `AsyncStore` tells
                    self._metrics.figures = None
                    self._figures_due = 0.0
                except Exception:
                    log.exception("a look at the catalogue failed")
                    self._sequence = None
                done.set()
                await rounds.pause(self._every * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311
        finally:
            rounds.end()

    async def _round(self) -> None:
        now = time.monotonic()
        again = any(failure.again <= now for failure in self._failures.values())
        opened = self._storage.opened
        known = None if again or opened != self._opened else self._sequence
        look = await self._storage.run(partial(_look, sequence=known, entries=self._entries))
        if look:
            await self._follow(look)
            self._opened = opened
        if now >= self._figures_due:
            until = now + MISSED * max(self._every, FIGURES_SECONDS)
            self._metrics.figures = await self._storage.run(partial(_figures, until=until))
            self._figures_due = now + FIGURES_SECONDS

    async def _follow(self, look: Look) -> None:
        """Do as the catalogue says; where that is cut short, the next look finds the same to do."""
        entries = look.catalogue.models
        failed = {name for name, _ in self._failures}
        for name, entry in entries.items():
            if name in look.changed or name in failed:
                await self._renew(name, entry, look.changed.get(name))
        for name in self._entries.keys() - entries.keys():
            self._remove(name)
        self._entries, self._sequence = entries, look.catalogue.sequence
        self._registry.looked = True

    async def _renew(self, name: str, entry: Entry, history: tuple[Change, ...] | None) -> None:
        """Put one model on the registry as its entry says."""
        before = self._registry.models.by_name.get(name) or Model(name, None)
        history = before.history if history is None else history
        champion, tried = before.bundled, [BUNDLED]
        if entry.champion is not None:
            champion, tried = await self._first(before, _candidates(entry, history))
        fault = None
        if entry.champion is not None and (champion is None or champion.version != entry.champion):
            failure = self._failures.get((name, entry.champion))
            fault = Fault(name, entry.champion, failure.reason if failure else "there is no such version here")
        self._keep_failures(name, tried)
        model = Model(name, champion, before.bundled, entry.versions, history[:SHOWN_CHANGES])
        self._registry.models = self._registry.models.with_model(model, fault)
        self._registry.pinned.forget(name, but=entry.versions)
        if before.champion is not champion:
            if before.champion and before.champion.version in entry.versions:
                self._registry.pinned.keep(before.champion)
            version = champion and champion.version
            log.info("version in service", model=name, version=version)

    async def _first(self, before: Model, versions: Iterator[int]) -> tuple[Served | None, list[int]]:
        """The first of some versions that loads, and all that were tried."""
        tried = []
        for version in versions:
            tried.append(version)
            if served := before.held(version) or await self._load(before.name, version):
                return served, tried
        return None, tried

    async def _load(self, name: str, version: int) -> Served | None:
        """A version, unless it does not load or did not a moment ago."""
        if kept := self._registry.pinned.peek(name, version):
            return kept
        now = time.monotonic()
        failure = self._failures.get((name, version))
        if version == BUNDLED or (failure and failure.again > now):
            return None
        try:
            served = await self._storage.run(partial(load, name=name, version=version))
        except InvalidWeights as error:
            pause = min(2 * failure.pause_seconds if failure else self._every, MAX_BACK_OFF_SECONDS)
            self._failures[name, version] = Failure(error.reason, pause, now + pause)
            self._metrics.swap_failures[name] += 1
            self._registry.pinned.tell_damage(name, version, error.reason)
            return None
        self._failures.pop((name, version), None)
        return served

    def _remove(self, name: str) -> None:
        """Take a model off the registry that has no trained versions any more, but for what came with the software."""
        bundled = self._registry.models.by_name[name].bundled
        models = self._registry.models.without([name])
        self._registry.models = models.with_model(Model(name, bundled, bundled), None) if bundled else models
        self._registry.pinned.forget(name, but=())
        self._keep_failures(name, [])

    def _keep_failures(self, name: str, versions: list[int]) -> None:
        """Forget the failures of a model's other versions, which nobody tries again."""
        for key in [key for key in self._failures if key[0] == name and key[1] not in versions]:
            del self._failures[key]


def _candidates(entry: Entry, history: tuple[Change, ...]) -> Iterator[int]:
    """The version that should serve, and where it does not load, those that served before it, the last one first."""
    wanted = [] if entry.champion is None else [entry.champion]
    former = [change.version for change in history]
    for version in dict.fromkeys([*wanted, *former, BUNDLED]):
        if version in {BUNDLED, entry.champion, *entry.versions}:
            yield version


def _look(store: Store, *, sequence: int | None, entries: Mapping[str, Entry]) -> Look | None:
    """Read what changed; nothing where the catalogue's sequence is still the same."""
    if sequence is not None and store.versions.sequence() == sequence:
        return None
    catalogue = store.versions.catalogue()
    changed = [name for name, entry in catalogue.models.items() if entries.get(name) != entry]
    return Look(catalogue, {name: tuple(store.versions.history(name)) for name in changed})


def _figures(store: Store, *, until: float) -> Figures:
    counts: Mapping[Any, int] = store.jobs.counts()
    return Figures(counts, len(store.workers.alive()), until)
