import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import anyio
import pytest

from app.serving.capacity import Capacity
from app.serving.errors import Busy
from app.serving.version_cache import VersionCache
from app.store.async_store import AsyncStore
from app.store.errors import StoreAway
from app.store.sync_store import Store
from tests.support.publishing import publish
from tests.support.random_models import random_model

pytestmark = pytest.mark.anyio


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'trained.db'}"


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


async def test_the_version_that_was_not_asked_for_the_longest_makes_room(link: AsyncStore) -> None:
    cache = VersionCache(link, Capacity(1, 10, 5), size=2)
    for version in (1, 2, 1, 3):
        served = await cache.get("elves", version)
        assert served is not None
        assert served.version == version
    assert [version for version in (1, 2, 3) if cache.get_cached("elves", version)] == [1, 3]


async def test_however_many_ask_at_once_it_is_loaded_once(link: AsyncStore) -> None:
    cache = VersionCache(link, Capacity(1, 0, 5), size=2)
    found = []

    async def ask() -> None:
        found.append(await cache.get("elves", 1))

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(ask)
    assert len(found) == 20
    assert len(set(map(id, found))) == 1


async def test_who_gives_up_spoils_it_for_nobody(link: AsyncStore) -> None:
    cache = VersionCache(link, Capacity(1, 0, 5), size=2)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(cache.get, "elves", 1)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    assert await cache.get("elves", 1)


async def test_a_version_that_there_is_not_is_none(link: AsyncStore) -> None:
    assert await VersionCache(link, Capacity(1, 10, 5), size=2).get("elves", 9) is None


async def test_only_so_many_versions_are_loaded_at_once(link: AsyncStore) -> None:
    cache = VersionCache(link, Capacity(1, 0, 5), size=2)
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
    cache = VersionCache(link, Capacity(1, 10, 5), size=2)
    assert await cache.get("elves", 1)
    await link.close()
    assert await cache.get("elves", 1)
    with pytest.raises(StoreAway) as refused:
        await cache.get("elves", 2)
    assert refused.value.retry_after_seconds > 0
