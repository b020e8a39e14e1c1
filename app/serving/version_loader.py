"""Loads the versions that are to serve; one that does not load is tried again after growing pauses."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from app.metrics import Metrics
from app.serving.snapshots import BUNDLED, Model, Served, Unloaded
from app.serving.version_cache import VersionCache, load_served
from app.store.async_store import AsyncStore
from app.store.backoff import Backoff
from app.store.records import Change, Entry
from model.errors import InvalidWeights

LONGEST_RETRY_SECONDS = 60.0


@dataclass(slots=True)
class Failure:
    """A version that did not load, and when it may be tried again."""

    reason: str
    backoff: Backoff
    retry_at: float  # by the monotonic clock


class VersionLoader:
    """Loads versions, and remembers which did not load.

    Parameters
    ----------
    cache, store, metrics
        Where versions may be already, where they come from, and what counts failures.
    first_retry_seconds
        After the first failure.
    """

    def __init__(self, cache: VersionCache, store: AsyncStore, metrics: Metrics, first_retry_seconds: float) -> None:
        self._cache, self._store, self._metrics = cache, store, metrics
        self._first_retry_seconds = first_retry_seconds
        self._failures: dict[tuple[str, int], Failure] = {}

    @property
    def models(self) -> set[str]:
        """Those of which a version did not load."""
        return {name for name, _ in self._failures}

    @property
    def is_retry_due(self) -> bool:
        """Whether a version may be tried again."""
        now = time.monotonic()
        return any(failure.retry_at <= now for failure in self._failures.values())

    def reason(self, name: str, version: int) -> str:
        """Why a version does not serve."""
        failure = self._failures.get((name, version))
        return failure.reason if failure else "there is no such version here"

    async def load_first(self, model: Model, versions: Iterator[int]) -> tuple[Served | Unloaded | None, list[int]]:
        """The first of some versions that loads, or came with the software; and all that were tried."""
        tried = []
        for version in versions:
            tried.append(version)
            if served := model.known(version) or await self._load(model.name, version):
                return served, tried
        return None, tried

    async def _load(self, name: str, version: int) -> Served | None:
        """A version, unless it does not load, or did not a moment ago."""
        if cached := self._cache.get_cached(name, version):
            return cached
        now = time.monotonic()
        failure = self._failures.get((name, version))
        if version == BUNDLED or (failure and failure.retry_at > now):
            return None
        try:
            words = self._cache.words_left_out
            served = await self._store.run(partial(load_served, name=name, version=version, words_left_out=words))
        except InvalidWeights as error:
            backoff = failure.backoff if failure else Backoff(self._first_retry_seconds, LONGEST_RETRY_SECONDS)
            self._failures[name, version] = Failure(error.reason, backoff, now + backoff.next_seconds())
            self._metrics.swap_failures[name] += 1
            self._cache.log_damage(name, version, error.reason)
            return None
        self._failures.pop((name, version), None)
        return served

    def forget(self, name: str, tried: Iterable[int] = ()) -> None:
        """Discard the failures of a model's versions that are no longer tried."""
        for key in [key for key in self._failures if key[0] == name and key[1] not in tried]:
            del self._failures[key]


def candidates(entry: Entry, history: tuple[Change, ...]) -> Iterator[int]:
    """The version that should serve, and where it does not load, those that served before it, the last one first."""
    champion = [] if entry.champion is None else [entry.champion]
    former = [change.version for change in history if change.version is not None]
    for version in dict.fromkeys([*champion, *former, BUNDLED]):
        if version in {BUNDLED, entry.champion, *entry.versions}:
            yield version
