"""Blends of models in service."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from app.serving.capacity import Capacity
from app.serving.errors import UnknownReference
from app.serving.registry import ModelRegistry
from app.serving.snapshots import Served
from app.serving.source import Source
from model.generation.blend import blend_of, name_of, normalised, parse_blend

CACHED_BLENDS = 8
"""Those asked for last; each keeps its models in memory."""

LABEL = "blend"
"""What metrics count the names of all blends under."""


class Blends:
    """Makes blends, in threads, and keeps the last ones, so that the pages of a seed are those of one predictor.

    `forget` is called with a blend that leaves.
    """

    def __init__(
        self, registry: ModelRegistry, capacity: Capacity, forget: Callable[[Source], None] = lambda _: None
    ) -> None:
        self._registry, self._capacity, self._forget = registry, capacity, forget
        self._cached: OrderedDict[tuple[tuple[str, float], ...], Source] = OrderedDict()

    def clear(self) -> None:
        """Drop all."""
        self._cached.clear()

    async def find(self, asked: str | Mapping[str, float]) -> Source:
        """The blend that a request asks for.

        Raises
        ------
        InvalidOption
            It is none, see `model.generation.blend`.
        UnknownReference, DamagedVersion, Busy, StoreAway, CatalogueUnread
            As `ModelRegistry.resolve`.
        """
        asked = parse_blend(asked) if isinstance(asked, str) else asked
        parts = []
        for reference in asked:
            try:
                parts.append(await self._registry.resolve(reference))
            except UnknownReference as error:
                error.field = "blend"
                raise
        names = [f"{part.name}@{part.version}" for part in parts]
        weights = normalised(names, list(asked.values()))
        key = tuple(zip(names, weights, strict=True))
        source = self._cached.get(key)
        if source is None:
            source = self._cached[key] = await self._capacity.run(partial(_blend, parts, names, weights))
            if len(self._cached) > CACHED_BLENDS:
                self._forget(self._cached.popitem(last=False)[1])
        self._cached.move_to_end(key)
        return source


def _blend(parts: Sequence[Served], names: Sequence[str], weights: Sequence[float]) -> Source:
    artifacts = tuple(part.artifact for part in parts)
    words = dict.fromkeys(word for part in parts for word in part.words_left_out)
    return Source(
        name_of(names, weights),
        None,
        blend_of(list(zip(names, artifacts, weights, strict=True)), tuple(words)),
        artifacts,
        all(part.is_public for part in parts),
        label=LABEL,
    )
