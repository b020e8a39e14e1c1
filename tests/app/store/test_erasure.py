"""What was deleted is gone from the files of the database, if not at once then as soon as that can be."""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.store.database import Database
from app.store.records import Job
from app.store.sync_store import Store
from tests.support.postgresql import Cluster
from tests.support.store_jobs import ELVES, REPORT, publish

SECRET = b"tinuviel-luthien-elwing-idril"
LIST = b"".join(b"%d %s\n" % (number, SECRET) for number in range(50))  # short enough to stay uncompressed
LIMIT_SECONDS = 60

CRASH = """
import os, sys
from app.store.sync_store import Store
from app.store.erasure import Eraser
store = Store(sys.argv[1])
Eraser.run_erasure = lambda self: os._exit(9)  # what comes right after the transaction
{deletion}
"""
OTHER_CONNECTIONS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
WEIGHTS = random.Random(0).randbytes(1 << 16)  # noqa: S311 - of a size that PostgreSQL stores in parts
SIGHT = 32
"""Bytes of them that would be noticed."""

PART_BYTES = 4096
"""Of which one excerpt is looked for."""


@pytest.fixture
def files(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Path:
    """The folder in which the database keeps its files, without the log of PostgreSQL."""
    if database_url.startswith("sqlite"):
        return tmp_path
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.folder / "data" / "base"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with closing(Store(database_url)) as store:
        store.migrate()
        yield store


def order(store: Store) -> Job:
    """A job with a secret list."""
    return store.jobs.submit(ELVES, LIST, REPORT, max_queued=10)[0]


def shows(store: Store, files: Path, *secrets: bytes) -> bool:
    """Whether the files of a database have a secret in them."""
    if not store.database.is_sqlite:
        with store.database.writing() as connection:
            connection.exec_driver_sql("CHECKPOINT")
    contents = [path.read_bytes() for path in files.rglob("*") if path.is_file()]
    return any(secret in content for secret in secrets or (SECRET,) for content in contents)


def parts(weights: bytes) -> list[bytes]:
    """Bytes from all over a model, as they stand in any file that has them."""
    return [weights[start : start + SIGHT] for start in range(0, len(weights) - SIGHT, PART_BYTES)]


def crash(store: Store, deletion: str) -> None:
    """Have another process delete something and end before it erases it."""
    ended = subprocess.run([sys.executable, "-c", CRASH.format(deletion=deletion), store.database.url.text])
    assert ended.returncode == 9
    if not store.database.is_sqlite:  # it ends with its process, or soon after

        def alone() -> bool:
            with store.database.reading() as connection:
                return bool(connection.exec_driver_sql(OTHER_CONNECTIONS).scalar_one() == 0)

        assert wait_until(alone)


def wait_until(done: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + LIMIT_SECONDS
    while not done() and time.monotonic() < deadline:
        time.sleep(0.2)
    return done()


def test_nothing_of_a_list_stays_in_the_files_after_its_job(store: Store, files: Path) -> None:
    job = order(store)
    assert shows(store, files)
    store.jobs.cancel(job.id)
    assert not shows(store, files)


def test_a_reader_that_stays_keeps_a_deleted_list_no_longer_than_it_stays(store: Store, files: Path) -> None:
    job = order(store)
    with closing(Database(store.database.url)) as backup, backup.reading() as connection:
        connection.execute(sa.text("SELECT count(*) FROM namewright_lists")).scalar_one()
        store.jobs.cancel(job.id)
        for _ in range(3):
            store.versions.sequence()
        assert shows(store, files)

    def gone() -> bool:
        store.versions.sequence()  # as every service does once a second
        return not shows(store, files)

    assert wait_until(gone)


def test_a_list_of_which_a_crash_cut_the_erasure_short_is_gone_after_the_next_start(
    store: Store, files: Path, database_url: str
) -> None:
    job = order(store)
    crash(store, f"store.jobs.cancel({job.id!r})")
    ended = store.jobs.get(job.id)
    assert ended is not None
    assert ended.state == "cancelled"
    assert shows(store, files)
    with closing(Store(database_url)) as another:
        another.migrate()
        assert wait_until(lambda: another.versions.sequence() == 0 and not shows(another, files))


def test_lists_of_jobs_that_wait_survive_the_erasure_of_others(store: Store) -> None:
    waiting, ending = order(store), order(store)
    store.jobs.cancel(ending.id)
    assert store.runs.content(waiting.id) == LIST
    assert store.runs.content(ending.id) is None


DELETIONS = {"version": "store.versions.delete('elves', 1)", "model": "store.versions.delete_model('elves')"}


def publish_among_others(store: Store) -> None:
    """A secret version, with others that stay before and after it."""
    for number in range(3):
        publish(store, random.Random(number + 1).randbytes(1 << 16), model="dwarves")  # noqa: S311
    publish(store, WEIGHTS, promote=False)
    publish(store, random.Random(9).randbytes(1 << 16), model="dwarves")  # noqa: S311


@pytest.mark.parametrize("deleted", DELETIONS)
def test_nothing_of_deleted_weights_stays_in_the_files(store: Store, files: Path, deleted: str) -> None:
    publish_among_others(store)
    assert shows(store, files, *parts(WEIGHTS))
    exec(DELETIONS[deleted], {"store": store})  # noqa: S102
    assert not shows(store, files, *parts(WEIGHTS))
    assert store.versions.load("dwarves", 4) is not None


@pytest.mark.parametrize("deleted", DELETIONS)
def test_weights_of_which_a_crash_cut_the_erasure_short_are_gone_after_the_next_start(
    store: Store, files: Path, deleted: str
) -> None:
    publish_among_others(store)
    crash(store, DELETIONS[deleted])
    assert store.versions.load("elves", 1) is None
    with closing(Store(store.database.url.text)) as another:
        another.migrate()
        assert wait_until(lambda: another.versions.sequence() > 0 and not shows(another, files, *parts(WEIGHTS)))


def test_deleted_weights_are_gone_as_soon_as_nobody_reads_them(store: Store, files: Path) -> None:
    publish_among_others(store)
    with closing(Database(store.database.url)) as backup, backup.reading() as connection:
        connection.execute(sa.text("SELECT count(*) FROM namewright_versions")).scalar_one()
        store.versions.delete_model("elves")
        assert shows(store, files, *parts(WEIGHTS))

    def gone() -> bool:
        store.versions.sequence()
        return not shows(store, files, *parts(WEIGHTS))

    assert wait_until(gone)
    assert store.versions.load("dwarves", 4) is not None
