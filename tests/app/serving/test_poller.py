import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import sqlalchemy as sa

from app.settings import Settings
from app.store.sync_store import Store
from model.artifact.model_file import Artifact
from tests.support.publishing import publish
from tests.support.random_models import random_model
from tests.support.services import eventually, get_json, problem, serving

pytestmark = pytest.mark.anyio

LETTERS = {0: "abcdefghijklmnopqrstuvwxyz", 1: "abcdefgh", 2: "stuvwxyz", 3: "klmnop"}


def model(version: int) -> Artifact:
    """One whose names tell which version they are from."""
    return random_model(LETTERS[version], seed=version, end=1.0)


@pytest.fixture
def trained(settings: Settings, url_with_tables: str) -> Settings:
    return settings.model_copy(update={"database_url": url_with_tables, "poll_seconds": 0.05})


@pytest.fixture
def store(trained: Settings) -> Iterator[Store]:
    store = Store(trained.database_url)
    store.migrate()
    yield store
    store.close()


@pytest.fixture
async def client(trained: Settings, store: Store) -> AsyncIterator[httpx.AsyncClient]:
    assert store.versions.sequence() == 0
    async with serving(trained) as client:
        yield client


async def served(client: httpx.AsyncClient, name: str, version: int | None) -> None:
    """Wait until a model is served in a version."""

    async def look() -> int | None:
        found: dict[str, int] = (await get_json(client, "/health/ready"))["models"]
        return found.get(name)

    assert await eventually(look, lambda found: found == version) == version


def set_checksum(store: Store, digest: str) -> None:
    """Of every version."""
    with store.database.writing() as connection:
        connection.execute(sa.text("UPDATE namewright_versions SET sha256 = :digest"), {"digest": digest})


async def degraded(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await get_json(client, "/health/ready"))["degraded"]
    return found


async def test_a_published_version_comes_into_service_and_can_be_rolled_back(
    client: httpx.AsyncClient, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "app")
    publish(store, "us", model(1))
    await served(client, "us", 1)
    answer = await get_json(client, "/sample?model=us&count=20")
    assert answer["version"] == 1
    assert set("".join(answer["names"])) <= set(LETTERS[1])
    store.versions.promote("us", 0)
    await served(client, "us", 0)
    assert (await get_json(client, "/sample?model=us@1"))["version"] == 1
    lines = [vars(record)["fields"] for record in caplog.records if record.message == "version in service"]
    assert lines == [{"model": "us", "version": 1}, {"model": "us", "version": 0}]


async def test_a_model_of_a_new_name_is_found_at_once_by_whoever_asks_for_it(trained: Settings, store: Store) -> None:
    async with serving(trained.model_copy(update={"poll_seconds": 60})) as client:
        await eventually(lambda: get_json(client, "/health/ready"), lambda ready: ready["training"]["available"])
        problem(await client.get("/sample?model=elves"), 404)
        publish(store, "elves", model(1))
        assert (await get_json(client, "/sample?model=elves"))["version"] == 1
        publish(store, "elves", model(2), promote=False)
        assert (await get_json(client, "/sample?model=elves@2"))["version"] == 2


async def test_who_asks_for_a_trained_model_while_the_service_starts_gets_it(trained: Settings, store: Store) -> None:
    publish(store, "elves", model(1))
    async with serving(trained) as client:
        assert (await get_json(client, "/sample?model=elves"))["version"] == 1


async def test_what_was_in_service_is_again_after_a_restart(trained: Settings, store: Store) -> None:
    publish(store, "us", model(1))
    publish(store, "us", model(2), promote=False)
    publish(store, "elves", model(3))
    async with serving(trained) as client:
        await served(client, "us", 1)
        await served(client, "elves", 1)
        assert (await get_json(client, "/models/us"))["versions"] == [0, 1, 2]


@pytest.mark.no_cover
async def test_swaps_under_load_fail_no_request_and_every_name_is_of_the_version_that_is_told(
    client: httpx.AsyncClient, store: Store
) -> None:
    publish(store, "elves", model(1))
    publish(store, "elves", model(2), promote=False)
    await served(client, "elves", 1)
    seen: list[int] = []

    async def ask_without_pause() -> None:
        while len(seen) < 400 or len(set(seen)) < 2:
            answer = await get_json(client, "/sample?model=elves&count=5")
            assert set("".join(answer["names"])) <= set(LETTERS[answer["version"]])
            seen.append(answer["version"])

    async def swap() -> None:
        for turn in range(20):
            await anyio.to_thread.run_sync(store.versions.promote, "elves", 2 - turn % 2)
            await anyio.sleep(0.05)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(swap)
        for _ in range(8):
            tasks.start_soon(ask_without_pause)
    assert set(seen) == {1, 2}


async def test_a_version_that_does_not_load_leaves_the_old_one_in_service_and_others_still_swap(
    client: httpx.AsyncClient, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    publish(store, "elves", model(1))
    await served(client, "elves", 1)
    publish(store, "elves", model(2), content=b"no model")
    publish(store, "us", model(3))
    await served(client, "us", 1)
    (fault,) = await eventually(lambda: degraded(client), bool)
    assert (fault["model"], fault["version"]) == ("elves", 2)
    assert fault["reason"]
    assert (await get_json(client, "/sample?model=elves"))["version"] == 1
    metrics = (await client.get("/metrics")).text
    assert 'namewright_model_degraded{model="elves"} 1.0' in metrics
    assert 'namewright_model_version{model="elves"} 1.0' in metrics
    assert 'namewright_swap_failures_total{model="elves"} 0.0' not in metrics
    assert len([record for record in caplog.records if record.message == "version does not load"]) == 1
    store.versions.promote("elves", 1)
    await eventually(lambda: degraded(client), lambda faults: not faults)


async def test_bytes_that_are_not_those_that_were_published_are_not_served(
    client: httpx.AsyncClient, store: Store
) -> None:
    publish(store, "us", model(1), promote=False)
    set_checksum(store, "0" * 64)
    store.versions.promote("us", 1)
    (fault,) = await eventually(lambda: degraded(client), bool)
    assert fault == {"model": "us", "version": 1, "reason": "its bytes are not those that were published"}
    assert (await get_json(client, "/sample"))["version"] == 0
    told_so = problem(await client.get("/sample?model=us@1"), 500)
    assert told_so["type"] == "/problems/damaged-version"


async def test_a_version_that_did_not_load_serves_as_soon_as_it_does(client: httpx.AsyncClient, store: Store) -> None:
    publish(store, "us", model(1), promote=False)
    version = store.versions.load("us", 1)
    assert version is not None
    set_checksum(store, "0" * 64)
    store.versions.promote("us", 1)
    await eventually(lambda: degraded(client), bool)
    set_checksum(store, version.sha256)
    await served(client, "us", 1)
    assert await degraded(client) == []


async def test_after_a_restart_who_served_before_the_damaged_one_serves(trained: Settings, store: Store) -> None:
    publish(store, "elves", model(1))
    publish(store, "us", model(2))
    publish(store, "us", model(3))
    store.versions.delete("us", 1)
    for name in ("us", "elves"):
        publish(store, name, model(2), content=b"no model")
    publish(store, "dwarves", model(2), content=b"no model")
    async with serving(trained) as client:
        await eventually(lambda: degraded(client), lambda faults: len(faults) == 3)
        assert (await get_json(client, "/health/ready"))["models"] == {"accents": 0, "elves": 1, "us": 2}
        refused = problem(await client.get("/sample?model=dwarves"), 404)
        assert refused["versions"] == [1]


async def test_a_deleted_version_is_gone_and_a_model_with_its_last_one(client: httpx.AsyncClient, store: Store) -> None:
    publish(store, "us", model(1), promote=False)
    publish(store, "elves", model(1), promote=False)
    assert (await get_json(client, "/sample?model=us@1"))["version"] == 1
    assert (await get_json(client, "/sample?model=elves@1"))["version"] == 1
    store.versions.delete("us", 1)
    store.versions.delete("elves", 1)
    await eventually(lambda: get_json(client, "/models"), lambda found: not found["not_in_service"])
    assert problem(await client.get("/sample?model=us@1"), 404)["versions"] == [0]
    assert problem(await client.get("/sample?model=elves@1"), 404)["models"] == ["accents", "us"]


async def test_a_model_without_a_champion_is_told_how_to_be_asked(client: httpx.AsyncClient, store: Store) -> None:
    publish(store, "elves", model(1), promote=False)
    await eventually(lambda: get_json(client, "/models"), lambda found: found["not_in_service"] == {"elves": [1]})
    refused = problem(await client.get("/sample?model=elves"), 404)
    assert refused["type"] == "/problems/unknown-version"
    assert "elves@1" in refused["detail"]
    assert "PUT /models/elves/alias/champion" in refused["detail"]


async def test_without_a_database_the_bundled_models_serve(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    nowhere = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/file/namewright.db"})
    async with serving(nowhere) as client:
        await eventually(
            lambda: get_json(client, "/health/ready"), lambda ready: "starting" not in ready["training"]["reason"]
        )
        ready = await get_json(client, "/health/ready")
        assert ready["training"]["available"] is False
        assert ready["training"]["workers"] is None
        assert (await get_json(client, "/sample"))["version"] == 0
        problem(await client.get("/sample?model=elves"), 503)
        metrics = (await client.get("/metrics")).text
        assert "namewright_database_up 0.0" in metrics
        assert "namewright_jobs" not in metrics


def replace(database: Path, other: Path) -> None:
    """Put another database in the place of one that is in use."""
    for log in ("-wal", "-shm"):
        Path(f"{database}{log}").unlink()
    other.rename(database)


async def test_models_of_another_database_that_comes_in_place_of_the_first_are_found(
    settings: Settings, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.db", tmp_path / "second.db"
    for path, name in ((first, "elves"), (second, "dwarves")):
        with closing(Store(f"sqlite:///{path}")) as store:
            store.migrate()
            publish(store, name, model(1))
    wanted = settings.model_copy(update={"database_url": f"sqlite:///{first}", "poll_seconds": 0.05})
    async with serving(wanted) as client:
        await served(client, "elves", 1)
        replace(first, second)
        await served(client, "dwarves", 1)
        await served(client, "elves", None)


async def test_words_of_the_operator_are_left_out_of_trained_versions_too(trained: Settings, store: Store) -> None:
    publish(store, "us", model(1))
    publish(store, "us", model(1))
    async with serving(trained.model_copy(update={"words_left_out": ("*a*", "*b*", "*c*")})) as client:
        await served(client, "us", 2)
        for reference in ("us", "us@1"):  # in service, and loaded for a request
            answer = await get_json(client, f"/sample?model={reference}&count=20&seed=1")
            assert set("".join(answer["names"])) <= set("defgh")
            assert answer["left_out"]["decent"] > 0
