"""The worker as a process."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from app.store.sync_store import Store
from app.worker.trainer import Trainer
from tests.support.processes import Process, started, until
from tests.support.worker_jobs import order, submitted

pytestmark = pytest.mark.slow

READY = re.compile("worker ready")


def worker(url: str, **settings: str) -> dict[str, str]:
    return {"NAMEWRIGHT_DATABASE_URL": url, "NAMEWRIGHT_LOG_FORMAT": "json"} | settings


def ended(store: Store, job: str) -> str:
    def state() -> str | None:
        found = store.jobs.get(job)
        assert found is not None
        return found.state if found.finished else None

    return until(state, "the end of a job")


def test_a_worker_does_what_is_in_the_queue_and_says_little(store: Store, database_url: str) -> None:
    with started(worker(database_url), "app.worker") as process:
        job = submitted(store, order())
        assert ended(store, job.id) == "succeeded"
        assert process.stop() == 0
    assert [line["event"] for line in lines(process)] == ["worker ready", "training", "trained", "worker stopped"]


def lines(process: Process) -> list[dict[str, str]]:
    return [json.loads(line) for line in process.lines]


def test_what_dbos_keeps_of_a_job_is_its_id_as_json(store: Store, database_url: str) -> None:
    with started(worker(database_url), "app.worker"):
        job = submitted(store, order())
        ended(store, job.id)
        schema = "" if store.database.is_sqlite else "dbos."
        joined = "{0}workflow_status JOIN {0}workflow_input i USING (workflow_uuid)"
        wanted = f"SELECT workflow_uuid, i.inputs, serialization FROM {joined}"  # noqa: S608
        steps = f"SELECT output, serialization FROM {schema}operation_outputs ORDER BY function_id"  # noqa: S608

        def read(statement: str) -> list[tuple[object, ...]]:
            with store.database.reading() as connection:
                return [tuple(row) for row in connection.exec_driver_sql(statement)]

        until(lambda: len(read(steps)) == 2, "the record of the last step, which comes after the end of the job")
        rows, recorded = read(wanted.format(schema)), read(steps)
    told = f'{{"namedArgs":{{}},"positionalArgs":["{job.id}"]}}'
    assert rows == [(f"{job.id}-0", told, "portable_json")]
    assert recorded == [("true", "portable_json"), ("false", "portable_json")]


def test_a_job_whose_workflow_is_gone_is_handed_over_anew(store: Store, trainer: Trainer, database_url: str) -> None:
    job = submitted(store, order())
    store.jobs.hand_over(job.id, 0)  # to a DBOS that knows nothing of it
    assert trainer.begin(job.id) is not None  # and that had begun it

    with started(worker(database_url), "app.worker") as process:
        assert ended(store, job.id) == "succeeded"
    assert "handed over anew" in process.log


def test_a_worker_that_is_stopped_leaves_its_job_to_another_at_once(store: Store, database_url: str) -> None:
    long = order(overrides={"hidden": 256, "steps": 4000, "batch": 64, "patience": None})
    with started(worker(database_url, NAMEWRIGHT_WORKER_ID="one"), "app.worker") as one:
        job = submitted(store, long)
        until(lambda: (store.jobs.get(job.id) or job).step > 0, "the first step")
        with started(worker(database_url, NAMEWRIGHT_WORKER_ID="two"), "app.worker") as two:
            two.await_line(READY)
            began = time.monotonic()
            assert one.stop() == 0
            until(lambda: (store.jobs.get(job.id) or job).worker == "two", "the other worker")
            assert time.monotonic() - began < 20  # where a crash would take 30
            found = store.jobs.get(job.id)
            assert found is not None
            assert found.step > 0  # it goes on from the checkpoint that the first one left
            store.jobs.cancel(job.id)


def test_a_second_worker_of_the_same_name_does_not_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/names.db"
    with started(worker(url), "app.worker") as first:
        first.await_line(READY)
        with started(worker(url), "app.worker") as second:
            assert second.wait() == 3
    assert "another worker of the name" in second.log
    assert "NAMEWRIGHT_WORKER_ID" in second.log


def test_a_worker_without_a_place_for_its_lock_says_so(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("in the way")
    with started(worker(f"sqlite:///{tmp_path}/folder/names.db"), "app.worker") as process:
        assert process.wait() == 3
    assert "the lock" in process.log


def test_a_worker_on_a_file_that_is_no_database_says_so_and_can_be_stopped(tmp_path: Path) -> None:
    (tmp_path / "names.db").write_text("not a database, but a text that is long enough to be taken for a header " * 9)
    with started(worker(f"sqlite:///{tmp_path}/names.db"), "app.worker") as process:
        process.await_line(re.compile("waiting for the database"))
        assert process.stop() == 0


def test_a_worker_whose_lock_was_removed_ends(tmp_path: Path) -> None:
    with started(worker(f"sqlite:///{tmp_path}/names.db"), "app.worker") as process:
        process.await_line(READY)
        (lock,) = tmp_path.glob("*.lock")
        lock.unlink()
        assert process.wait() == 0
    assert "the lock was removed" in process.log


def test_a_job_that_an_earlier_version_of_the_workflow_left_is_handed_over_anew(
    store: Store, database_url: str
) -> None:
    job = submitted(store, order())
    with started(worker(database_url), "app.worker") as process:
        process.await_line(READY)
    store.jobs.cancel(job.id)
    schema = "" if store.database.is_sqlite else "dbos."
    job = submitted(store, order())
    with store.database.writing() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO {schema}workflow_status (workflow_uuid, status, name, application_version, queue_name) "  # noqa: S608
            f"VALUES ('{job.id}-0', 'ENQUEUED', 'train', '0', 'namewright-training')"
        )
    store.jobs.hand_over(job.id, 0)

    with started(worker(database_url), "app.worker") as process:
        assert ended(store, job.id) == "succeeded"
    assert "handed over anew" in process.log
