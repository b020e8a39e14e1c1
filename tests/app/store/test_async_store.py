import asyncio
import logging
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import anyio
import psycopg
import pytest

from app.store.async_store import BROKEN, STARTING, THREADS, AsyncStore
from app.store.errors import NoSuchVersion, StoreAway
from app.store.sync_store import Store
from tests.support.postgresql import Cluster
from tests.support.store_jobs import submit

pytestmark = pytest.mark.anyio

HASTY = {"first_pause_seconds": 0.01, "longest_pause_seconds": 0.02}

HEAVY = """
import sys, app.store.async_store
print(*{'sqlalchemy', 'alembic', 'app.store.sync_store', 'psycopg'} & {*sys.modules})
"""


def sequence(store: Store) -> int:
    return store.versions.sequence()


def fields(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str | None]]:
    """What the link has logged, and the reasons in it."""
    ours = [line for line in caplog.records if line.name == "app.store.async_store"]
    return [(line.getMessage(), getattr(line, "fields", {}).get("reason")) for line in ours]


@asynccontextmanager
async def maintained(url: str, **timing: float) -> AsyncIterator[AsyncStore]:
    """A store that is kept open, and closed afterwards."""
    made = AsyncStore(url, **timing)
    async with anyio.create_task_group() as group:
        group.start_soon(made.maintain)
        yield made
        group.cancel_scope.cancel()
    await made.close()


async def opened(made: AsyncStore, times: int = 1) -> None:
    """Wait until a link was made so many times."""
    with anyio.fail_after(30):
        while made.opened < times:  # noqa: ASYNC110 - which nothing else tells
            await anyio.sleep(0.02)


async def refused(made: AsyncStore) -> str:
    """Why work is refused."""
    with pytest.raises(StoreAway) as refusal:
        await made.run(sequence)
    assert refusal.value.retry_after_seconds == 5
    assert str(refusal.value).startswith(refusal.value.reason)
    return str(refusal.value)


async def test_a_request_that_comes_while_the_store_is_opened_waits_for_it(database_url: str) -> None:
    async with maintained(database_url) as made:
        assert made.reason == STARTING
        assert await made.run(sequence) == 0
        assert made.reason is None


async def test_what_the_store_refuses_passes_through(tmp_path: Path) -> None:
    async with maintained(f"sqlite:///{tmp_path / 'namewright.db'}") as made:
        with pytest.raises(NoSuchVersion):
            await made.run(lambda store: store.versions.promote("elves", 1))
        assert made.reason is None


async def test_nothing_is_waited_for_longer_than_a_moment_when_nobody_opens_the_store(
    tmp_path: Path,
) -> None:
    assert STARTING in await refused(AsyncStore(f"sqlite:///{tmp_path / 'namewright.db'}", wait_seconds=0.05))


async def test_a_wrong_url_is_not_tried_again() -> None:
    made = AsyncStore("mysql://u:hush@h/d")
    await made.maintain()
    assert made.reason is not None
    assert "mysql:// is not supported" in made.reason
    assert "hush" not in await refused(made)
    await made.close()


async def test_the_store_is_opened_as_soon_as_it_can_be(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "app.store.async_store")
    (tmp_path / "folder").touch()
    made = AsyncStore(f"sqlite:///{tmp_path / 'folder' / 'namewright.db'}", **HASTY)
    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            group.start_soon(made.maintain)
            detail = await refused(made)
            await anyio.sleep(0.2)
            (tmp_path / "folder").unlink()
            await opened(made)
            group.cancel_scope.cancel()
    assert "cannot be made" in detail
    assert str(tmp_path) not in detail
    assert made.reason is None
    assert await made.run(sequence) == 0
    await made.close()
    assert [event for event, _ in fields(caplog)] == ["the database cannot be used", "database ready"]


async def test_an_unexpected_failure_is_logged_once_and_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "app.store.async_store")
    database = sqlite3.connect(tmp_path / "namewright.db")
    database.execute("CREATE TABLE namewright_jobs (ours TEXT)")
    made = AsyncStore(f"sqlite:///{tmp_path / 'namewright.db'}", **HASTY)
    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            group.start_soon(made.maintain)
            detail = await refused(made)
            await anyio.sleep(0.1)
            database.execute("DROP TABLE namewright_jobs")
            await opened(made)
            group.cancel_scope.cancel()
    database.close()
    assert BROKEN in detail
    assert made.reason is None
    await made.close()
    assert fields(caplog) == [("the database cannot be used", BROKEN), ("database ready", None)]
    assert "namewright_jobs already exists" in caplog.text


async def test_work_beyond_what_runs_at_once_waits_and_is_refused_when_that_takes_long(
    tmp_path: Path,
) -> None:
    release = threading.Event()
    async with maintained(f"sqlite:///{tmp_path / 'namewright.db'}", wait_seconds=1) as made:
        await opened(made)
        async with anyio.create_task_group() as group:
            for _ in range(THREADS):
                group.start_soon(made.run, lambda _: release.wait(30))
            await anyio.wait_all_tasks_blocked()
            assert "too much waits" in await refused(made)
            release.set()
        assert await made.run(sequence) == 0


async def test_a_link_that_was_closed_says_so(tmp_path: Path) -> None:
    async with maintained(f"sqlite:///{tmp_path / 'namewright.db'}") as made:
        await made.run(sequence)
    assert "stopping" in await refused(made)


async def test_who_closes_waits_for_what_is_being_done_though_nobody_wants_it_any_more(tmp_path: Path) -> None:
    begun, done = threading.Event(), threading.Event()

    def work(store: Store) -> None:
        begun.set()
        time.sleep(0.3)
        store.versions.sequence()
        done.set()

    async with maintained(f"sqlite:///{tmp_path / 'namewright.db'}") as made:
        await made.run(sequence)
        asking = asyncio.create_task(made.run(work))
        await anyio.to_thread.run_sync(begun.wait)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert not done.is_set()
    assert done.is_set()


async def test_a_database_that_is_away_is_told_once_and_found_again(
    make_cluster: Callable[..., Cluster], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "app.store.async_store")
    cluster = await anyio.to_thread.run_sync(make_cluster)
    async with maintained(cluster.create_database()) as made:
        assert await made.run(sequence) == 0
        await anyio.to_thread.run_sync(cluster.stop)
        for _ in range(3):
            assert "cannot be reached" in await refused(made)
        reasons = [made.reason]
        await anyio.to_thread.run_sync(cluster.start)
        assert await made.run(sequence) == 0
        assert [*reasons, made.reason] == ["the database server cannot be reached", None]
    assert fields(caplog) == [
        ("database ready", None),
        ("the database cannot be used", "the database server cannot be reached"),
        ("database ready", None),
    ]
    details = [getattr(line, "fields", {}).get("detail", "") for line in caplog.records]
    assert "127.0.0.1" in "".join(details)


def remove_all(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


@pytest.mark.parametrize("comes", ["nothing", "an empty file"])
async def test_a_file_that_goes_or_is_replaced_is_told_and_made_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, comes: str
) -> None:
    caplog.set_level(logging.INFO, "app.store.async_store")
    path = tmp_path / "namewright.db"
    async with maintained(f"sqlite:///{path}") as made:
        job = await made.run(submit)
        remove_all(tmp_path)
        if comes == "an empty file":
            path.touch()
        assert "removed or replaced" in await refused(made)
        await opened(made, 2)
        assert await made.run(lambda store: store.jobs.get(job.id)) is None
        job = await made.run(submit)
    with closing(Store(f"sqlite:///{path}")) as store:
        assert store.jobs.get(job.id) == job
    told = "the file of the database was removed or replaced"
    assert fields(caplog) == [("database ready", None), ("the database cannot be used", told), ("database ready", None)]


async def test_a_database_that_is_made_anew_under_the_service_is_made_ready_again(cluster: Cluster) -> None:
    url = cluster.create_database()
    async with maintained(url) as made:
        await made.run(submit)
        await anyio.to_thread.run_sync(cluster.drop_database, url)
        assert "no database" in await refused(made)
        with closing(psycopg.connect(cluster.url(), autocommit=True)) as connection:
            connection.execute(f"CREATE DATABASE {url.rpartition('/')[2]}".encode())
        assert "lacks a table" in await refused(made)
        await opened(made, 2)
        await made.run(submit)


async def test_tables_that_are_lacking_for_good_are_looked_for_ever_less_often(
    tmp_path: Path,
) -> None:
    async with maintained(f"sqlite:///{tmp_path / 'namewright.db'}", first_pause_seconds=0.1) as made:
        await made.run(submit)
        with closing(sqlite3.connect(tmp_path / "namewright.db", isolation_level=None)) as database:
            database.execute("DROP TABLE namewright_catalogue")
        with anyio.move_on_after(1.2):  # opened again after 0.1, 0.3 and 0.7 seconds
            while True:
                await refused(made)
                await anyio.sleep(0.01)
        assert 2 <= made.opened <= 4


async def test_nothing_heavy_is_imported_before_the_store_is_opened() -> None:
    done = await anyio.run_process([sys.executable, "-c", HEAVY], stderr=subprocess.PIPE)
    assert done.stdout.strip() == b""
