import time
from contextlib import closing, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.store.errors import Unavailable
from app.store.sync_store import Store
from app.store.tables import jobs
from tests.support.store_jobs import ELVES, REPORT, submit


def test_the_database_has_the_time(store: Store) -> None:
    with store.database.reading() as connection:
        assert abs(store.database.clock(connection) - time.time()) < 5


def test_what_reads_cannot_write_on_postgresql(store_on_postgresql: Store) -> None:
    with pytest.raises(Unavailable, match="read-only"), store_on_postgresql.database.reading() as connection:
        connection.execute(sa.delete(jobs))


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    job = submit(store)
    with suppress(ZeroDivisionError), store.database.writing() as connection:
        connection.execute(sa.update(jobs).values(state="failed"))
        _ = 1 / 0
    assert store.jobs.get(job.id) == job


def test_a_broken_rule_is_no_outage(store: Store) -> None:
    job = submit(store)
    with pytest.raises(sa.exc.IntegrityError) as broken, store.database.writing() as connection:
        connection.execute(sa.insert(jobs).from_select(jobs.c.keys(), sa.select(jobs).where(jobs.c.id == job.id)))
    assert "elves" not in str(broken.value)  # nor any other value of the row


def test_a_statement_that_makes_no_sense_is_no_outage(store_on_postgresql: Store) -> None:
    with pytest.raises(sa.exc.ProgrammingError), store_on_postgresql.database.reading() as connection:
        connection.exec_driver_sql("SELEKT")


def test_a_store_can_be_used_again_after_it_was_closed(store: Store) -> None:
    job = submit(store)
    store.close()
    assert store.jobs.get(job.id) == job


def test_whoever_writes_for_too_long_is_waited_for_no_longer(store: Store) -> None:
    with closing(Store(store.dbos_url(), wait_seconds=0.2)) as hurried, store.database.writing() as connection:
        connection.execute(sa.update(jobs).values(step=1))
        connection.exec_driver_sql("SELECT 1" if store.database.is_sqlite else "LOCK TABLE namewright_jobs")
        with pytest.raises(Unavailable, match="busy: another process"):
            submit(hurried)


def test_readers_do_not_wait_for_a_writer(store: Store) -> None:
    job = submit(store)
    with closing(Store(store.dbos_url(), wait_seconds=0.2)) as other, store.database.writing() as connection:
        connection.execute(sa.update(jobs).values(step=1))
        assert other.jobs.get(job.id) == job


def test_more_transactions_than_connections_wait_for_one(store: Store) -> None:
    with closing(Store(store.dbos_url(), wait_seconds=0.2)) as hurried:
        opened = [hurried.database.reading() for _ in range(12)]
        for transaction in opened:
            transaction.__enter__()
        try:
            with pytest.raises(Unavailable, match="every connection"):
                hurried.jobs.counts()
        finally:
            for transaction in opened:
                transaction.__exit__(None, None, None)
        assert hurried.jobs.counts()["queued"] == 0


@pytest.mark.parametrize("end", ["cancelled", "failed", "deleted"])
def test_nothing_of_a_list_or_a_version_stays_in_the_files_after_its_end(tmp_path: Path, end: str) -> None:
    with closing(Store(f"sqlite:///{tmp_path / 'namewright.db'}")) as store:
        store.migrate()
        secret = b"tinuviel-" * 5000
        job, _ = store.jobs.submit(ELVES, secret, REPORT, max_queued=1)
        assert traces(tmp_path, secret)
        if end == "cancelled":
            store.jobs.cancel(job.id)
        else:
            claim = store.runs.begin(job.id, "w", 1)
            assert claim is not None
            if end == "failed":
                store.runs.fail(claim, "no")
            else:
                store.versions.publish(claim, secret, {}, promote=False, verdict="", champion_seen=None)
                store.versions.delete("elves", 1)
        assert not traces(tmp_path, secret)


def traces(folder: Path, secret: bytes) -> bool:
    return any(secret[:40] in path.read_bytes() for path in folder.iterdir())
