"""What a catalogue of many trained models costs a service, and what its polls cost the database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from app.metrics import Metrics
from app.serving.capacity import Capacity
from app.serving.poller import Poller
from app.serving.registry import ModelRegistry
from app.serving.snapshots import Models
from app.serving.version_cache import VersionCache
from app.store.async_store import AsyncStore
from app.store.records import Order
from app.store.sync_store import Store
from model.artifact.bundled_models import bundled_folder, load_bundled
from model.artifact.model_file import Artifact, pack
from model.network.network import Network
from model.network.shape import Shape

PROCESSES = 4
POLL_TRIAL_SECONDS = 3.0
PAUSE_SECONDS = 60.0
"""Between polls that nobody triggers: none meanwhile."""

LIMIT_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class CatalogueCost:
    """What so many models take of a process that has them all in service, in CPU time."""

    models: int
    first_seconds: float
    """Of the poll that finds them all, with small weights: what the number costs, not the size."""
    change_seconds: float
    """Of the poll after one more was published."""


async def measure_catalogue(folder: Path, number: int) -> CatalogueCost:
    """Publish so many small models in a new database, and poll it."""
    url = f"sqlite:///{folder}/{number}.db"
    store = Store(url)
    store.migrate()
    artifact = small_model()
    for index in range(number):
        publish(store, f"model-{index}", artifact)
    async with polling(url) as (first, registry):
        publish(store, "one-more", artifact)
        began = time.process_time()
        await registry.polling.trigger(LIMIT_SECONDS)
        if "one-more" not in registry.models.by_name:
            raise RuntimeError("the poll did not find the model that was published")
        change = time.process_time() - began
    store.close()
    return CatalogueCost(number, first, change)


@asynccontextmanager
async def polling(url: str) -> AsyncIterator[tuple[float, ModelRegistry]]:
    """How long the first poll of a database took, and the registry that it filled."""
    models, metrics, store = Models.bundled(bundled_folder(), "us"), Metrics(), AsyncStore(url)
    loading, file_loading = Capacity(1, 1, LIMIT_SECONDS), Capacity(1, 1, LIMIT_SECONDS)
    cache = VersionCache(store, loading, file_loading, metrics, size=8, max_bytes=2**26, words_left_out=())
    registry = ModelRegistry(models, cache)
    opening = asyncio.create_task(store.maintain())
    await store.run(lambda store: store.versions.sequence())
    began = time.process_time()
    tasks = [opening, asyncio.create_task(Poller(registry, store, metrics, PAUSE_SECONDS).poll_forever())]
    await registry.polling.trigger(LIMIT_SECONDS)
    try:
        yield time.process_time() - began, registry
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await store.close()


def measure_polls(folder: Path) -> float:
    """Polls a second of a database that several processes ask without pause, for one core."""
    url = f"sqlite:///{folder}/polls.db"
    store = Store(url)
    store.migrate()
    store.close()
    with get_context("spawn").Pool(PROCESSES) as pool:
        done = pool.map(_poll, [url] * PROCESSES)
    return sum(polls for polls, _ in done) / sum(seconds for _, seconds in done)


def _poll(url: str) -> tuple[int, float]:
    """How many polls, and the processor's seconds that they took."""
    store = Store(url)
    store.versions.sequence()
    polls, until, began = 0, time.perf_counter() + POLL_TRIAL_SECONDS, time.process_time()
    while time.perf_counter() < until:
        store.versions.sequence()
        polls += 1
    return polls, time.process_time() - began


def small_model() -> Artifact:
    """A bundled model with a network of eight units, whose names nobody reads."""
    whole = load_bundled(bundled_folder(), "us-seed")
    network = Network.initialise(Shape("vanilla", whole.vocabulary.size, 8), np.random.default_rng(0), np.float32)
    card = whole.card
    card = replace(card, architecture=replace(card.architecture, hidden=8))
    card = replace(card, corpus=replace(card.corpus, names=0, train=0, validation=0, test=0))
    return replace(whole, card=card, network=network, hashes=whole.hashes[:0])


def publish(store: Store, model: str, artifact: Artifact) -> None:
    """Publish a version as a training does."""
    order = Order(
        model=model,
        source="names",
        corpus=model,
        preset="default",
        overrides={},
        epochs=None,
        minutes=None,
        seed=0,
        parent=None,
        publish="always",
        public_membership=True,
    )
    job, _ = store.jobs.submit(order, b"[]", {}, max_queued=10)
    claim = store.runs.begin(job.id, "benchmark", 3)
    if claim is None:
        raise RuntimeError("the job cannot be begun")
    card = artifact.card.to_json()
    store.versions.publish(claim, pack(artifact), card, promote=True, verdict="", champion_seen=None)
