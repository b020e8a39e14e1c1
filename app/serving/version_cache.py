"""A cache of versions that are not in service, for requests that name them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING

from app.logs import get_logger
from app.serving.capacity import Capacity
from app.serving.errors import DamagedVersion
from app.serving.snapshots import Served
from app.store.async_store import AsyncStore
from app.store.loading import load_version
from model.errors import InvalidWeights

if TYPE_CHECKING:
    from app.store.sync_store import Store

log = get_logger(__name__)

Key = tuple[str, int]


class VersionCache:
    """The versions that were asked for last, at most `size`; concurrent requests for one version load it once."""

    def __init__(self, store: AsyncStore, loading: Capacity, size: int) -> None:
        self._store = store
        self._loading = loading
        self._size = size
        self._cached: OrderedDict[Key, Served] = OrderedDict()
        self._loads: dict[Key, asyncio.Task[Served | None]] = {}
        self._damaged: set[Key] = set()  # logged already

    async def get(self, name: str, version: int) -> Served | None:
        """A version from the cache or the store; None if there is no such version.

        Raises
        ------
        DamagedVersion, Busy, StoreAway
            It does not load, or not now.
        """
        if cached := self.get_cached(name, version):
            return cached
        key = name, version
        if key not in self._loads:
            task = self._loads[key] = asyncio.create_task(self._load(key))
            task.add_done_callback(partial(self._end_load, key))
        return await asyncio.shield(self._loads[key])

    def get_cached(self, name: str, version: int) -> Served | None:
        """A version, if it is in the cache."""
        cached = self._cached.get((name, version))
        if cached:
            self._cached.move_to_end((name, version))
        return cached

    def put(self, served: Served) -> None:
        """Cache a version; the one that was not asked for the longest makes room."""
        self._cached[served.name, served.version] = served
        self._cached.move_to_end((served.name, served.version))
        if len(self._cached) > self._size:
            self._cached.popitem(last=False)

    def discard_except(self, name: str, versions: tuple[int, ...]) -> None:
        """Remove every version of a model except these."""
        for key in [key for key in self._cached if key[0] == name and key[1] not in versions]:
            del self._cached[key]

    def log_damage(self, name: str, version: int, reason: str) -> None:
        """Log, once for each version, that it does not load."""
        if (name, version) not in self._damaged:
            self._damaged.add((name, version))
            log.error("version does not load", model=name, version=version, reason=reason)

    async def _load(self, key: Key) -> Served | None:
        async with self._loading.slot():
            try:
                served = await self._store.run(partial(load_served, name=key[0], version=key[1]))
            except InvalidWeights as error:
                self.log_damage(*key, error.reason)
                raise DamagedVersion(*key) from error
        if served:
            self.put(served)
        return served

    def _end_load(self, key: Key, task: asyncio.Task[Served | None]) -> None:
        del self._loads[key]
        if not task.cancelled():
            task.exception()  # retrieved here too, since everyone who waited may have left


def load_served(store: Store, *, name: str, version: int) -> Served | None:
    """A version from the store, ready to answer; None if there is no such version.

    Raises
    ------
    InvalidWeights
        It is damaged.
    """
    loaded = load_version(store, name, version)
    return Served(name, version, loaded.artifact, loaded.public_membership) if loaded else None
