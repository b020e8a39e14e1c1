"""A database that goes away, hangs or has no room: told in one line, over when it is over, and nothing is lost."""

import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from app.store.errors import Unavailable
from app.store.sync_store import Store
from tests.support.postgresql import Cluster
from tests.support.store_jobs import HALFWAY, begin, publish, submit

pytestmark = pytest.mark.slow

MEGABYTES = 4


@pytest.fixture(scope="session")
def mortal_cluster(make_cluster: Callable[..., Cluster]) -> Cluster:
    """A server of our own."""
    return make_cluster(durable=True)


@pytest.fixture
def store(mortal_cluster: Cluster) -> Iterator[Store]:
    """A store on it, which is used before the outage and so has connections open."""
    with closing(Store(mortal_cluster.create_database() + "?connect_timeout=2", wait_seconds=1)) as store:
        store.migrate()
        submit(store)
        yield store


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_a_server_that_stops_is_told_and_found_again(store: Store, mortal_cluster: Cluster, how: str) -> None:
    claim = begin(store, submit(store))
    password = store.database.url.password
    mortal_cluster.stop(how)
    try:
        for act in (
            store.jobs.counts,
            store.migrate,
            store.workers.alive,
            lambda: store.runs.progress(claim, **HALFWAY),
        ):
            with pytest.raises(Unavailable, match="cannot be reached") as refused:
                act()
            assert str(password) not in str(refused.value)
            assert "127.0.0.1" not in refused.value.reason
            assert "127.0.0.1" in refused.value.detail
    finally:
        mortal_cluster.start()
    store.runs.progress(claim, **HALFWAY)
    assert store.jobs.counts()["running"] == 1


def test_a_server_that_stops_in_the_middle_of_a_transaction_keeps_nothing_of_it(
    store: Store, mortal_cluster: Cluster
) -> None:
    job = submit(store)

    def write() -> None:
        with store.database.writing() as connection:
            connection.exec_driver_sql("UPDATE namewright_jobs SET step = 1")
            mortal_cluster.stop("immediate")
            try:
                connection.exec_driver_sql("UPDATE namewright_jobs SET step = 2")
            finally:
                mortal_cluster.start()

    with pytest.raises(Unavailable, match=r"stopped|reached"):
        write()
    assert store.jobs.get(job.id) == job


def test_a_server_that_hangs_is_waited_for_no_longer_than_one_may(store: Store, mortal_cluster: Cluster) -> None:
    mortal_cluster.pause()
    try:
        with pytest.raises(Unavailable, match="cannot be reached"):
            store.jobs.counts()
    finally:
        mortal_cluster.resume()
    assert store.jobs.counts()["queued"] == 1


def test_a_wrong_password_is_told_without_it(store: Store) -> None:
    url = store.dbos_url().replace(str(store.database.url.password), "hush-hush")
    with closing(Store(url)) as stranger:
        with pytest.raises(Unavailable, match="does not accept the user or password") as refused:
            stranger.migrate()
        assert "hush" not in str(refused.value)


def test_a_database_that_the_server_has_not_is_told(mortal_cluster: Cluster) -> None:
    with closing(Store(mortal_cluster.url("nowhere"))) as stranger, pytest.raises(Unavailable, match="no database"):
        stranger.migrate()


def test_a_host_that_there_is_not_is_told() -> None:
    url = "postgresql://u:hush@nowhere.invalid/d"
    with closing(Store(url)) as stranger, pytest.raises(Unavailable, match="cannot be reached"):
        stranger.migrate()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system that is full soon, and forgotten after the test."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "namewright-test", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here: that takes root, and a container that may")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_told_and_harms_nothing(small_disk: Path) -> None:
    with closing(Store(f"sqlite:///{small_disk / 'namewright.db'}")) as store:
        store.migrate()
        publish(store, b"good" * 1000)
        claim = begin(store, submit(store))
        store.runs.checkpoint(claim, b"early" * 1000, **HALFWAY)
        fill(small_disk / "filling")
        for _ in range(3):
            with pytest.raises(Unavailable, match="disk of the database is full"):
                store.runs.checkpoint(claim, bytes(2**20), **HALFWAY)
        assert store.runs.checkpoint_of(claim.job.id) == b"early" * 1000
        version = store.versions.load("elves", 1)
        assert version is not None
        assert version.content == b"good" * 1000
        with closing(sqlite3.connect(small_disk / "namewright.db")) as other:
            assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (small_disk / "filling").unlink()
        store.runs.checkpoint(claim, b"late" * 1000, **HALFWAY)
        assert store.runs.checkpoint_of(claim.job.id) == b"late" * 1000


def test_a_disk_without_room_for_a_database_is_told(small_disk: Path) -> None:
    fill(small_disk / "filling")
    with closing(Store(f"sqlite:///{small_disk / 'namewright.db'}")) as store:
        with pytest.raises(Unavailable, match=r"full|no space"):
            store.migrate()
        (small_disk / "filling").unlink()
        store.migrate()
        submit(store)


def test_a_disk_that_cannot_be_written_is_told(small_disk: Path) -> None:
    url = f"sqlite:///{small_disk / 'namewright.db'}"
    with closing(Store(url)) as store:
        store.migrate()
        submit(store)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with closing(Store(url)) as store:
        for act in (store.migrate, store.jobs.counts, lambda: submit(store)):
            with pytest.raises(Unavailable, match=r"cannot be (written|opened)"):
                act()
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    with closing(Store(url)) as store:
        assert store.jobs.counts()["queued"] == 1


def fill(path: Path) -> None:
    """Write until nothing more can be."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)
