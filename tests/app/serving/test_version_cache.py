import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import anyio
import numpy as np
import pytest

from app.metrics import Metrics
from app.serving.capacity import Capacity
from app.serving.errors import Busy, DamagedVersion
from app.serving.sequences import Asked, SequenceCache
from app.serving.snapshots import Unloaded
from app.serving.source import Source
from app.serving.version_cache import VersionCache
from app.store.async_store import AsyncStore
from app.store.errors import StoreAway
from app.store.sync_store import Store
from model.artifact.model_file import Artifact
from model.errors import InvalidWeights
from model.generation.full_names import Plan
from model.generation.name_parts import PartSource
from model.generation.options import Options
from model.generation.sampling import draw
from tests.support.publishing import publish
from tests.support.random_models import random_model
from tests.support.stores import with_tables

pytestmark = pytest.mark.anyio


@pytest.fixture
def url(tmp_path: Path) -> str:
    return with_tables(f"sqlite:///{tmp_path / 'trained.db'}")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url)
    store.migrate()
    for version in range(3):
        publish(store, "elves", random_model("abc", seed=version))
    yield store
    store.close()


@pytest.fixture
async def link(url: str, store: Store) -> AsyncIterator[AsyncStore]:
    assert store.versions.sequence() > 0
    link = AsyncStore(url)
    maintaining = asyncio.create_task(link.maintain())
    yield link
    maintaining.cancel()
    await link.close()


def cache_of(
    link: AsyncStore,
    *,
    waiting: int = 10,
    max_bytes: int = 2**30,
    metrics: Metrics | None = None,
    forget: Callable[[Source], None] = lambda _: None,
) -> VersionCache:
    loading, file_loading = Capacity(1, waiting, 5), Capacity(1, waiting, 5)
    return VersionCache(link, loading, file_loading, metrics or Metrics(), size=2, max_bytes=max_bytes, forget=forget)


class File:
    """A bundled model, and how often it was loaded."""

    def __init__(self, name: str) -> None:
        self.loads = 0
        self._model = random_model("abc", names=(name,))
        self.version = Unloaded(name, self._model.card, self._load)
        self.nbytes = self._model.nbytes

    def _load(self) -> Artifact:
        self.loads += 1
        return self._model


async def test_the_version_that_was_not_asked_for_the_longest_makes_room(link: AsyncStore) -> None:
    cache = cache_of(link, waiting=10)
    for version in (1, 2, 1, 3):
        served = await cache.get("elves", version)
        assert served is not None
        assert served.version == version
    assert [version for version in (1, 2, 3) if cache.get_cached("elves", version)] == [1, 3]


async def test_however_many_ask_at_once_it_is_loaded_once(link: AsyncStore) -> None:
    cache = cache_of(link, waiting=0)
    found = []

    async def ask() -> None:
        found.append(await cache.get("elves", 1))

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(ask)
    assert len(found) == 20
    assert len(set(map(id, found))) == 1


async def test_who_gives_up_spoils_it_for_nobody(link: AsyncStore) -> None:
    cache = cache_of(link, waiting=0)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(cache.get, "elves", 1)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    assert await cache.get("elves", 1)


async def test_what_is_discarded_while_it_is_loaded_is_not_kept(link: AsyncStore) -> None:
    cache = cache_of(link)
    found = []

    async def ask() -> None:
        found.append(await cache.get("elves", 1))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        cache.discard_except("elves", (2, 3))
    assert found[0] is not None  # who asked before has it
    assert cache.get_cached("elves", 1) is None
    assert await cache.get("elves", 2)
    assert cache.get_cached("elves", 2)


async def test_a_version_that_there_is_not_is_none(link: AsyncStore) -> None:
    assert await cache_of(link, waiting=10).get("elves", 9) is None


async def test_only_so_many_versions_are_loaded_at_once(link: AsyncStore) -> None:
    cache = cache_of(link, waiting=0)
    refused = []

    async def ask(version: int) -> None:
        try:
            await cache.get("elves", version)
        except Busy:
            refused.append(version)

    async with anyio.create_task_group() as tasks:
        for version in (1, 2, 3):
            tasks.start_soon(ask, version)
    assert len(refused) == 2


async def test_without_a_database_only_what_is_kept_is_found(link: AsyncStore) -> None:
    cache = cache_of(link, waiting=10)
    assert await cache.get("elves", 1)
    await link.close()
    assert await cache.get("elves", 1)
    with pytest.raises(StoreAway) as refused:
        await cache.get("elves", 2)
    assert refused.value.retry_after_seconds > 0


async def test_a_bundled_model_is_loaded_once_however_many_ask_and_without_a_database(link: AsyncStore) -> None:
    await link.close()
    cache, file, found = cache_of(link), File("elves"), []

    async def ask() -> None:
        found.append(await cache.load(file.version))

    async with anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(ask)
    await ask()
    assert file.loads == 1
    assert len(set(map(id, found))) == 1
    assert (found[0].name, found[0].version, found[0].is_public) == ("elves", 0, True)


async def test_what_is_in_memory_fits_into_its_bound_and_the_last_one_stays(link: AsyncStore) -> None:
    files, metrics = {name: File(name) for name in "abcd"}, Metrics()
    cache = cache_of(link, max_bytes=2 * files["a"].nbytes, metrics=metrics)
    for name in "ababcda":
        await cache.load(files[name].version)
        assert metrics.cached_bytes <= 2 * files["a"].nbytes
    assert {name: file.loads for name, file in files.items()} == {"a": 2, "b": 1, "c": 1, "d": 1}
    assert (metrics.loads["a"], metrics.evictions) == (2, {"a": 1, "b": 1, "c": 1})
    small = cache_of(link, max_bytes=1)
    for name in "aab":
        await small.load(files[name].version)
    assert small.get_cached("b", 0)
    assert not small.get_cached("a", 0)
    assert files["a"].loads == 3


async def test_trained_and_bundled_versions_share_the_memory(link: AsyncStore) -> None:
    file = File("dwarves")
    cache = cache_of(link, max_bytes=2 * file.nbytes)
    assert await cache.get("elves", 1)
    await cache.load(file.version)
    assert await cache.get("elves", 2)
    assert [bool(cache.get_cached(*key)) for key in (("elves", 1), ("dwarves", 0), ("elves", 2))] == [0, 1, 1]
    cache.discard_except("elves", ())
    cache.discard_except("dwarves", (0,))
    assert [bool(cache.get_cached(*key)) for key in (("dwarves", 0), ("elves", 2))] == [1, 0]


async def test_a_damaged_file_is_logged_once_and_tried_again(
    link: AsyncStore, caplog: pytest.LogCaptureFixture
) -> None:
    cache, file = cache_of(link), File("elves")
    tries = 0

    def load() -> Artifact:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise InvalidWeights("it is damaged", "elves.npz")
        return file.version.load()

    version = Unloaded("elves", file.version.card, load)
    for _ in range(2):
        with pytest.raises(DamagedVersion) as refused:
            await cache.load(version)
        assert refused.value.reason == "it is damaged"
    assert (await cache.load(version)).name == "elves"
    assert [record.message for record in caplog.records].count("version does not load") == 1


async def test_what_requests_have_worked_out_of_a_version_counts_and_makes_others_leave(link: AsyncStore) -> None:
    files, metrics = [File(name) for name in "ab"], Metrics()
    cache = cache_of(link, max_bytes=2 * files[0].nbytes, metrics=metrics)
    first, second = [await cache.load(file.version) for file in files]
    assert metrics.cached_bytes == sum(file.nbytes for file in files)
    draw(second.predictor, 5, Options(start="a"), np.random.default_rng(0))
    assert second.nbytes > files[1].nbytes + second.predictor.beginnings.nbytes  # the start, too
    assert cache.get_cached("a", 0) is first
    cache.make_room()
    assert cache.get_cached("a", 0) is first
    assert cache.get_cached("b", 0) is None
    assert metrics.cached_bytes == files[0].nbytes


async def test_what_was_made_of_a_version_is_forgotten_with_it(link: AsyncStore) -> None:
    sequences, files = SequenceCache(), [File(name) for name in "ab"]
    cache = cache_of(link, max_bytes=1, forget=sequences.forget)
    served = await cache.load(files[0].version)
    sequences.page(Asked(served.source, Options(), novel=False, novel_distance=0), "seed", 0, 1)
    plan = Plan({None: PartSource(served.predictor, Options())}, "Braun")
    sequences.full_names(plan, "key", "seed", 0, 1)
    assert len(sequences) == 2
    predictor = weakref.ref(served.predictor)
    del served, plan
    await cache.load(files[1].version)
    assert len(sequences) == 0
    gc.collect()
    assert predictor() is None
