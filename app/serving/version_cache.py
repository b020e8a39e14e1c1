"""A cache of versions that are loaded when they are asked for: bundled ones, and trained ones that requests name."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from anyio import to_thread

from app.logs import get_logger
from app.metrics import Metrics
from app.serving.capacity import Capacity
from app.serving.errors import Busy, DamagedVersion, lacks_descriptors
from app.serving.snapshots import BUNDLED, Served, Unloaded
from app.serving.source import Source
from app.store.async_store import AsyncStore
from app.store.loading import load_version
from model.errors import InvalidWeights

if TYPE_CHECKING:
    from app.store.sync_store import Store

log = get_logger(__name__)

Key = tuple[str, int]
T = TypeVar("T")


class VersionCache:
    """The versions that were asked for last; concurrent requests for one version load it once.

    Parameters
    ----------
    store
        Holds the trained versions.
    loading, file_loading
        Slots for loads from the store, and from files, which never wait for a database.
    metrics
        Counts loads and evictions.
    size
        Most trained versions.
    max_bytes
        Most memory of all versions together, with what is worked out for requests and goes with them; the one that was
        loaded last stays, however large it is.
    words_left_out
        The operator's own, of every version.
    forget
        Called with the source of a version that leaves: what was made of it is to go too.
    """

    def __init__(
        self,
        store: AsyncStore,
        loading: Capacity,
        file_loading: Capacity,
        metrics: Metrics,
        *,
        size: int,
        max_bytes: int,
        words_left_out: tuple[str, ...] = (),
        forget: Callable[[Source], None] = lambda _: None,
    ) -> None:
        self._forget = forget
        self._store = store
        self._loading = loading
        self._file_loading = file_loading
        self._metrics = metrics
        self._size = size
        self._max_bytes = max_bytes
        self.words_left_out = words_left_out
        self._cached: OrderedDict[Key, Served] = OrderedDict()  # the one that was not asked for the longest first
        self._loads: dict[Key, asyncio.Task[Any]] = {}
        self._damaged: set[Key] = set()  # logged already

    async def get(self, name: str, version: int) -> Served | None:
        """A trained version from the cache or the store; None if there is no such version.

        Raises
        ------
        DamagedVersion, Busy, StoreAway
            It does not load, or not now.
        """
        work = partial(load_served, name=name, version=version, words_left_out=self.words_left_out)
        return await self._get((name, version), self._loading, partial(self._store.run, work))

    async def load(self, version: Unloaded) -> Served:
        """A version that came with the software, from the cache or its file.

        Raises
        ------
        DamagedVersion, Busy
            It does not load, or not now.
        """
        work = partial(load_bundled, version, self.words_left_out)
        return await self._get((version.name, version.version), self._file_loading, partial(to_thread.run_sync, work))

    def get_cached(self, name: str, version: int) -> Served | None:
        """A version, if it is in the cache."""
        cached = self._cached.get((name, version))
        if cached:
            self._cached.move_to_end((name, version))
        return cached

    def put(self, served: Served) -> None:
        """Cache a version; those that were not asked for the longest make room."""
        self._cached[served.name, served.version] = served
        self._cached.move_to_end((served.name, served.version))
        trained = [key for key in self._cached if key[1] != BUNDLED]
        for key in trained[: max(0, len(trained) - self._size)]:
            self._evict(key)
        self.make_room()

    def make_room(self) -> None:
        """Drop what does not fit any more, also since requests have had more worked out of it."""
        while self._measure() > self._max_bytes and len(self._cached) > 1:
            self._evict(next(iter(self._cached)))

    def discard_except(self, name: str, versions: tuple[int, ...]) -> None:
        """Remove every version of a model except these; one that is being loaded is not kept either."""
        for key in [key for key in self._loads if key[0] == name and key[1] not in versions]:
            del self._loads[key]
        for key in [key for key in self._cached if key[0] == name and key[1] not in versions]:
            self._remove(key)
        self._measure()

    def log_damage(self, name: str, version: int, reason: str) -> None:
        """Log, once for each version, that it does not load."""
        if (name, version) not in self._damaged:
            self._damaged.add((name, version))
            log.error("version does not load", model=name, version=version, reason=reason)

    async def _get(self, key: Key, capacity: Capacity, work: Callable[[], Awaitable[T]]) -> Served | T:
        if cached := self.get_cached(*key):
            return cached
        if key not in self._loads:
            task = self._loads[key] = asyncio.create_task(self._load(key, capacity, work))
            task.add_done_callback(partial(self._end_load, key))
        loaded: T = await asyncio.shield(self._loads[key])
        return loaded

    async def _load(self, key: Key, capacity: Capacity, work: Callable[[], Awaitable[T]]) -> T:
        async with capacity.slot():
            try:
                served = await work()
            except InvalidWeights as error:
                if lacks_descriptors(error):
                    raise Busy("no file descriptors are left to read the model") from error
                self.log_damage(*key, error.reason)
                raise DamagedVersion(*key, error.reason) from error
        if isinstance(served, Served):
            self._metrics.loads[served.name] += 1
            if self._loads.get(key) is asyncio.current_task():
                self.put(served)
        return served

    def _end_load(self, key: Key, task: asyncio.Task[Any]) -> None:
        if self._loads.get(key) is task:
            del self._loads[key]
        if not task.cancelled():
            task.exception()  # retrieved here too, since everyone who waited may have left

    def _evict(self, key: Key) -> None:
        self._remove(key)
        self._metrics.evictions[key[0]] += 1

    def _remove(self, key: Key) -> None:
        self._forget(self._cached.pop(key).source)

    def _measure(self) -> int:
        """Memory of all versions together."""
        self._metrics.cached_bytes = sum(one.nbytes for one in self._cached.values())
        return self._metrics.cached_bytes


def load_served(store: Store, *, name: str, version: int, words_left_out: tuple[str, ...] = ()) -> Served | None:
    """A version from the store, ready to answer; None if there is no such version.

    Raises
    ------
    InvalidWeights
        It is damaged.
    """
    loaded = load_version(store, name, version)
    return Served(name, version, loaded, words_left_out) if loaded else None


def load_bundled(version: Unloaded, words_left_out: tuple[str, ...] = ()) -> Served:
    """A version from its file, ready to answer; raises InvalidWeights where it is damaged."""
    return Served(version.name, version.version, version.load(), words_left_out)
