"""What is checked after a fault is found out where it is not so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.store.records import Entry
from app.store.sync_store import Store
from app.store.tables import alias_history, jobs, models, versions
from tests.chaos.invariants import check_histories, check_jobs, check_promises
from tests.support.store_jobs import begin, publish, submit

BOTH = Entry(2, (1, 2), is_withdrawn=False)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Two versions of one model, each of a job."""
    with closing(Store(f"sqlite:///{tmp_path}/namewright.db")) as store:
        store.migrate()
        assert [publish(store), publish(store)] == [1, 2]
        yield store


def accepted(store: Store) -> set[str]:
    return {job.id for job in store.jobs.list(state=None, limit=99)}


def change(store: Store, *statements: sa.Executable) -> None:
    with store.database.writing() as connection:
        for statement in statements:
            connection.execute(statement)


def check(store: Store, known: set[str]) -> None:
    check_jobs(store, known)
    check_histories(store)
    assert check_promises(store, {"elves": [None, BOTH]}) == {"elves": [BOTH]}


def test_what_went_well_passes(store: Store) -> None:
    check(store, accepted(store))


def test_a_job_that_is_lost_is_found_out(store: Store) -> None:
    known = accepted(store)
    of_first = sa.select(versions.c.job_id).where(versions.c.version == 1).scalar_subquery()
    lost = sa.delete(jobs).where(jobs.c.id == of_first)
    change(store, sa.text("PRAGMA defer_foreign_keys=ON"), lost, sa.delete(versions).where(versions.c.version == 1))
    with pytest.raises(AssertionError, match="lost"):
        check(store, known)


def test_a_job_that_was_made_twice_is_found_out(store: Store) -> None:
    known = accepted(store)
    publish(store)
    with pytest.raises(AssertionError, match="made twice"):
        check(store, known)


def test_a_job_that_has_not_ended_is_found_out_by_its_list(store: Store) -> None:
    begin(store, submit(store))
    with pytest.raises(AssertionError, match="a list outlived its job"):
        check(store, accepted(store))


@pytest.mark.parametrize(
    "statement",
    [
        sa.update(models).values(latest=3),
        sa.update(models).values(champion=1),
        sa.update(jobs).values(version=2),
        sa.update(jobs).values(state="failed"),
        sa.delete(versions).where(versions.c.version == 1),
        sa.delete(alias_history).where(alias_history.c.version == 2),
        sa.delete(alias_history).where(alias_history.c.version == 1),
        sa.update(alias_history).where(alias_history.c.version == 2).values(previous=None),
    ],
)
def test_what_does_not_belong_together_is_found_out(store: Store, statement: sa.Executable) -> None:
    known = accepted(store)
    change(store, statement)
    with pytest.raises(AssertionError):
        check(store, known)
