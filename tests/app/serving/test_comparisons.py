from dataclasses import replace

import pytest

from app.metrics import Metrics
from app.serving.capacity import Capacity
from app.serving.comparisons import Comparisons
from app.serving.registry import ModelRegistry
from app.serving.snapshots import Models
from app.serving.version_cache import VersionCache
from app.store.async_store import AsyncStore
from model.artifact.bundled_models import bundled_folder

pytestmark = pytest.mark.anyio


async def test_a_model_out_of_service_is_none_that_names_sound_like() -> None:
    capacity = Capacity(1, 1, 60)
    models = Models.bundled(bundled_folder(), "us")
    cache = VersionCache(AsyncStore("sqlite:///nowhere"), capacity, capacity, Metrics(), size=1, max_bytes=2**20)
    registry = ModelRegistry(models, cache)
    comparisons = Comparisons(registry, capacity, bundled_folder())
    (before,) = await comparisons.compare(["Ragnhildur"])
    likeliest = before[0].model
    withdrawn = replace(models.by_name[likeliest], champion=None, is_withdrawn=True)
    registry.models = models.with_model(withdrawn, None)
    (after,) = await comparisons.compare(["Ragnhildur"])
    assert after == before[1:]
