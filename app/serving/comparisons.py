"""Comparisons of names with all bundled models, one request at a time, apart from what draws and scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from app.serving.capacity import Capacity
from app.serving.registry import ModelRegistry
from app.serving.snapshots import Served, Unloaded
from model.artifact.bundled_models import BundledModel
from model.artifact.model_file import Artifact
from model.generation.comparison import Comparison, Likeness


class Comparisons:
    """Compares names in a thread; what is needed of the models is loaded when the first request asks for it.

    Parameters
    ----------
    registry
        Has the bundled models.
    capacity
        One slot: a comparison is not thread-safe.
    folder
        That of the bundled models.
    """

    def __init__(self, registry: ModelRegistry, capacity: Capacity, folder: Path) -> None:
        self._registry, self._capacity, self._folder = registry, capacity, folder
        self._comparison: Comparison | None = None

    async def compare(self, names: Sequence[str]) -> list[list[Likeness]]:
        """For each name the bundled models under which it is most probable; raises Busy."""
        likely = await self._capacity.run(partial(self._compare, names))
        withdrawn = {model.name for model in self._registry.models.by_name.values() if model.is_withdrawn}
        return [[one for one in each if one.model not in withdrawn] for each in likely]

    def _compare(self, names: Sequence[str]) -> list[list[Likeness]]:
        if self._comparison is None:
            bundled = [model.bundled for model in self._registry.models.by_name.values() if model.bundled]
            models = {one.name: BundledModel(one.name, one.card, _load(one)) for one in bundled}
            self._comparison = Comparison(models, self._folder)
        return self._comparison.compare(names)


def _load(version: Served | Unloaded) -> Callable[[], Artifact]:
    return version.load if isinstance(version, Unloaded) else lambda: version.artifact
