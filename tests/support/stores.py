"""Stores for tests, and what tests of processes read in one behind their backs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.store.sync_store import Store
from app.store.tables import catalogue, installation, metadata
from model.artifact import model_file
from model.artifact.card import Description
from model.artifact.model_file import Artifact
from tests.support.postgresql import Cluster


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a training stood when the kill came."""

    step: int  # as far as the store knew
    checkpoint: int  # step of the last checkpoint in the store; 0 where there was none


class TooLate(Exception):
    """The training was as good as over."""


def with_tables(url: str) -> str:
    """Put a new SQLite database where there is none, with its tables; its URL.

    To copy them is ten times as fast as to migrate. Another kind of database is left as it is, and so is a place where
    nothing can be written.
    """
    file = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and file.parent.is_dir() and not file.exists():
        file.touch(0o600)
        file.write_bytes(_empty_sqlite())
    return url


@cache
def _empty_sqlite() -> bytes:
    """A file of SQLite with all tables, and nothing in them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "namewright.db")
        with opened(f"sqlite:///{path}") as store:
            store.migrate()
        return path.read_bytes()


@pytest.fixture(scope="session")
def store_on_postgresql(cluster: Cluster) -> Iterator[Store]:
    """One for all tests of a process, since a new database takes longer than most of them."""
    with closing(Store(cluster.create_database())) as store:
        store.migrate()
        yield store


def empty(store: Store) -> None:
    """Leave nothing in a store on PostgreSQL but its tables."""
    with store.database.writing() as connection:
        connection.exec_driver_sql("DROP SCHEMA IF EXISTS dbos CASCADE")
        for table in reversed(metadata.sorted_tables):
            if table not in (catalogue, installation):
                connection.execute(sa.delete(table))
        connection.execute(sa.update(catalogue).values(sequence=0))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.slow, pytest.mark.no_cover])])
def url_with_tables(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind with all tables and nothing in them, which takes a fraction of the time of a new one."""
    if request.param == "sqlite":
        return with_tables(f"sqlite:///{tmp_path / 'namewright.db'}")
    store: Store = request.getfixturevalue("store_on_postgresql")
    empty(store)
    return store.database.url.text


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """The store on a database that a service has made."""
    store = Store(url)
    try:
        yield store
    finally:
        store.close()


def landed(url: str, job: str) -> Landing:
    """Where a training stands, by the store; raises TooLate when its last checkpoint is written."""
    with opened(url) as store:
        found = store.jobs.get(job)
        with store.database.reading() as connection:
            wanted = sa.text("SELECT step FROM namewright_checkpoints WHERE job_id = :job")
            step = connection.execute(wanted, {"job": job}).scalar() or 0
    assert found is not None
    if found.state != "running" or step == found.steps:
        raise TooLate
    return Landing(found.step, step)


def attempts_at(url: str, job: str) -> int:
    """How often a job was begun."""
    with opened(url) as store:
        found = store.jobs.get(job)
    assert found is not None
    return found.attempt


def stored(url: str, name: str = "elves", version: int = 1) -> Artifact:
    """A model as the store has it."""
    with opened(url) as store:
        found = store.versions.load(name, version)
    assert found is not None
    return model_file.unpack(found.content, f"{name}@{version}")


def assert_same_bits(one: Artifact, other: Artifact) -> None:
    """Two models are the same, but for when they were made, what is said of their names, and to whom."""
    assert one.network.parameters.flat.tobytes() == other.network.parameters.flat.tobytes()
    assert one.hashes.tobytes() == other.hashes.tobytes()
    assert (one.first_letters is None) == (other.first_letters is None)
    if one.first_letters is not None and other.first_letters is not None:
        assert one.first_letters.tobytes() == other.first_letters.tobytes()
    unsaid: dict[str, Any] = {"created": "", "description": Description(), "public_membership": True}
    assert replace(one.card, **unsaid) == replace(other.card, **unsaid)
