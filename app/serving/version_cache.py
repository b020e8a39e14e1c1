"""Versions beside those in service, for requests that name them: loaded once, checked, and kept for a while."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from app.http.problems import DAMAGED_VERSION, Refusal
from app.logs import get_logger
from app.serving.capacity import Capacity
from app.serving.snapshots import Served
from app.store.async_store import AsyncStore
from model.artifact.model_file import unpack
from model.errors import InvalidWeights
from model.generation.options import Options
from model.generation.predictor import NetworkPredictor
from model.generation.sampling import draw

if TYPE_CHECKING:
    from app.store.sync_store import Store

log = get_logger(__name__)

Key = tuple[str, int]


class VersionCache:
    """The versions asked for last, at most so many; however many ask for one at once, it is loaded once."""

    def __init__(self, storage: AsyncStore, loading: Capacity, most: int) -> None:
        self._storage = storage
        self._loading = loading
        self._most = most
        self._kept: OrderedDict[Key, Served] = OrderedDict()
        self._told: set[Key] = set()  # of damage
        self._coming: dict[Key, asyncio.Task[Served | None]] = {}

    async def get(self, name: str, version: int) -> Served | None:
        """A version, from memory or the store; None where there is none any more."""
        if kept := self.peek(name, version):
            return kept
        key = name, version
        if key not in self._coming:
            task = self._coming[key] = asyncio.create_task(self._fetch(key))
            task.add_done_callback(partial(self._came, key))
        return await asyncio.shield(self._coming[key])

    def peek(self, name: str, version: int) -> Served | None:
        """A version that is in memory."""
        kept = self._kept.get((name, version))
        if kept:
            self._kept.move_to_end((name, version))
        return kept

    def keep(self, served: Served) -> None:
        """Keep a version for a while; what has not been asked for the longest makes room."""
        self._kept[served.name, served.version] = served
        self._kept.move_to_end((served.name, served.version))
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def forget(self, name: str, but: tuple[int, ...]) -> None:
        """Keep no versions of a model but these."""
        for key in [key for key in self._kept if key[0] == name and key[1] not in but]:
            del self._kept[key]

    def tell_damage(self, name: str, version: int, reason: str) -> None:
        """Log, once for each version, that it does not load."""
        if (name, version) not in self._told:
            self._told.add((name, version))
            log.error("version does not load", model=name, version=version, reason=reason)

    async def _fetch(self, key: Key) -> Served | None:
        async with self._loading.place():
            try:
                served = await self._storage.run(partial(load, name=key[0], version=key[1]))
            except InvalidWeights as error:
                self.tell_damage(*key, error.reason)
                detail = f"version {key[1]} of model {key[0]!r} does not load; ask for another, or train it again"
                raise Refusal(DAMAGED_VERSION, detail) from error
        if served:
            self.keep(served)
        return served

    def _came(self, key: Key, task: asyncio.Task[Served | None]) -> None:
        del self._coming[key]
        if not task.cancelled():
            task.exception()  # told to those who wait, of whom there may be none any more


def load(store: Store, *, name: str, version: int) -> Served | None:
    """Read a version from the store, check every byte of it and draw a name, so that it will answer when it serves.

    Raises
    ------
    InvalidWeights
        It is damaged.
    """
    row = store.versions.load(name, version)
    if row is None:
        return None
    source = f"{name}@{version}"
    if hashlib.sha256(row.content).hexdigest() != row.sha256:
        raise InvalidWeights("its bytes are not those that were published", source)
    artifact = unpack(row.content, source)
    try:
        draw(NetworkPredictor(artifact), 1, Options(truncate=True), np.random.default_rng(0))
    except Exception as error:
        raise InvalidWeights(f"it draws no name: {error!r}", source) from error
    return Served(name, version, artifact, row.public_membership)
