"""The worker as a process."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
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


def test_a_worker_does_what_is_in_the_queue_and_says_little(store: Store, url_with_tables: str) -> None:
    with started(worker(url_with_tables), "app.worker") as process:
        job = submitted(store, order())
        assert ended(store, job.id) == "succeeded"
        assert process.stop() == 0
    assert [line["event"] for line in lines(process)] == ["worker ready", "training", "trained", "worker stopped"]


def lines(process: Process) -> list[dict[str, str]]:
    return [json.loads(line) for line in process.lines]


def rows(store: Store, statement: str) -> list[tuple[object, ...]]:
    """What DBOS's tables have; `{}` stands before the name of each."""
    with store.database.reading() as connection:
        found = connection.exec_driver_sql(statement.format("" if store.database.is_sqlite else "dbos."))
        return [tuple(row) for row in found]


@pytest.mark.no_cover
def test_what_dbos_keeps_of_a_job_is_its_id_as_json(store: Store, url_with_tables: str) -> None:
    with started(worker(url_with_tables), "app.worker"):
        job = submitted(store, order())
        assert ended(store, job.id) == "succeeded"
        until(
            lambda: rows(store, "SELECT status FROM {}workflow_status") == [("SUCCESS",)],
            "the outcome, which is recorded after the end of the job",
        )
        kept = rows(
            store,
            "SELECT workflow_uuid, i.inputs, serialization FROM {0}workflow_status JOIN {0}workflow_input i "
            "USING (workflow_uuid)",
        )
        steps = rows(store, "SELECT * FROM {}operation_outputs")
    assert kept == [(job.id, f'{{"namedArgs":{{}},"positionalArgs":["{job.id}"]}}', "portable_json")]
    assert steps == []


@pytest.mark.no_cover
def test_a_job_whose_workflow_is_gone_goes_on(store: Store, trainer: Trainer, url_with_tables: str) -> None:
    job = submitted(store, order())
    assert trainer.begin(job.id) is not None  # in a database that DBOS has no tables in any more

    with started(worker(url_with_tables), "app.worker"):
        assert ended(store, job.id) == "succeeded"
    found = store.jobs.get(job.id)
    assert found is not None
    assert found.attempt == 2


def test_a_worker_that_is_stopped_leaves_its_job_to_another_at_once(store: Store, url_with_tables: str) -> None:
    long = order(overrides={"hidden": 256, "steps": 4000, "batch": 64, "patience": None})
    with started(worker(url_with_tables, NAMEWRIGHT_WORKER_ID="one"), "app.worker") as one:
        job = submitted(store, long)
        until(lambda: (store.jobs.get(job.id) or job).step > 0, "the first step")
        with started(worker(url_with_tables, NAMEWRIGHT_WORKER_ID="two"), "app.worker") as two:
            two.await_line(READY)
            assert one.stop() == 0
            until(lambda: (store.jobs.get(job.id) or job).worker == "two", "the other worker")
            found = store.jobs.get(job.id)
            assert found is not None
            assert found.step > 0  # it goes on from the checkpoint that the first one left
            store.jobs.cancel(job.id)
    assert "worker lost" not in two.log  # the first one said that it leaves


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


HANGS_ONCE = """
import sys, threading
from pathlib import Path
from app.worker import __main__ as worker

trap = Path(sys.argv.pop(1))

def hang(event, arguments):
    \"\"\"Open a model as from a network that has gone away: for good.\"\"\"
    if event == "open" and str(arguments[0]).endswith("us.npz") and trap.exists():
        trap.unlink()
        threading.Event().wait()

sys.addaudithook(hang)
worker.HUNG_LOOKS = 10
worker.main()
"""


def test_a_worker_whose_training_hangs_says_where_and_ends_and_the_next_one_goes_on(
    store: Store, url_with_tables: str, tmp_path: Path
) -> None:
    trap = tmp_path / "trap"
    trap.touch()
    command = [sys.executable, "-c", HANGS_ONCE, str(trap)]
    job = submitted(store, order(parent="us@0", overrides={"steps": 20}))
    first = Process(command, worker(url_with_tables))
    assert first.wait() == 1
    (said,) = [line for line in lines(first) if "hangs" in line["event"]]
    assert "in load_bundled" in said["stack"]
    second = Process(command, worker(url_with_tables))
    assert ended(store, job.id) == "succeeded"
    assert second.stop() == 0
    assert (store.jobs.get(job.id) or job).attempt == 2


def test_a_worker_whose_lock_was_removed_ends(tmp_path: Path) -> None:
    with started(worker(f"sqlite:///{tmp_path}/names.db"), "app.worker") as process:
        process.await_line(READY)
        (lock,) = tmp_path.glob("*.lock")
        lock.unlink()
        assert process.wait() == 0
    assert "the lock was removed" in process.log


@pytest.fixture
def add_workflow(store: Store, url_with_tables: str) -> Callable[..., None]:
    """Adds rows to DBOS's tables, which a worker has made."""
    with started(worker(url_with_tables, COVERAGE_PROCESS_CONFIG=""), "app.worker") as process:
        process.await_line(READY)
    schema = "" if store.database.is_sqlite else "dbos."

    def add(job: str, id_: str, status: str = "ENQUEUED", version: str = "1", executor: str = "local") -> None:
        inputs = f'{{"namedArgs":{{}},"positionalArgs":["{job}"]}}'
        with store.database.writing() as connection:
            connection.exec_driver_sql(
                f"INSERT INTO {schema}workflow_status (workflow_uuid, status, name, application_version, executor_id, "  # noqa: S608
                "application_name, queue_name, serialization) "
                f"VALUES ('{id_}', '{status}', 'train', '{version}', '{executor}', "
                "'namewright', 'namewright-training', 'portable_json')"
            )
            connection.exec_driver_sql(
                f"INSERT INTO {schema}workflow_input (workflow_uuid, inputs) VALUES ('{id_}', '{inputs}')"  # noqa: S608
            )

    return add


def test_jobs_whose_workflows_cannot_go_on_are_trained_once_each(
    store: Store, url_with_tables: str, add_workflow: Callable[..., None]
) -> None:
    outdated, ended_early, lost, of_before = (submitted(store, order(seed=seed)).id for seed in range(4))
    add_workflow(outdated, outdated, version="0")
    add_workflow(ended_early, ended_early, status="ERROR")
    add_workflow(lost, lost, status="PENDING", executor="gone")  # a worker that nobody knows
    add_workflow(of_before, f"{of_before}-0")  # as the software before named it; it gets one of its own id, too

    with started(worker(url_with_tables), "app.worker") as process:
        for job in (outdated, ended_early, lost, of_before):
            assert ended(store, job) == "succeeded"
        until(lambda: rows(store, "SELECT status FROM {}workflow_status") == [("SUCCESS",)] * 5, "the end of them all")
    replaced, taken_over = ([line for line in lines(process) if line["event"] == event] for event in (
        "workflows replaced", "job taken over"
    ))  # fmt: skip
    assert sorted(replaced[0]["jobs"]) == sorted([outdated, ended_early])
    assert [(line["workflow"], line["worker"]) for line in taken_over] == [(lost, "gone")]
    assert store.versions.catalogue().models["elves"].versions == (1, 2, 3, 4)
    assert {job.attempt for job in store.jobs.list(state=None, limit=9)} == {1}
