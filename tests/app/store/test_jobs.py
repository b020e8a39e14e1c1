from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.store.errors import KeyReused, QueueFull
from app.store.records import ENDED
from app.store.sync_store import Store
from app.store.tables import jobs
from tests.support.store_jobs import ELVES, HALFWAY, NAMES, REPORT, begin, publish, submit

NO_ID = ["", "0" * 32, "x" * 32, "0" * 33, "\0" * 32, "\udcff", "٣" * 32, "' OR 1=1"]


def test_a_job_comes_back_as_it_was_ordered(store: Store) -> None:
    made, new = store.jobs.submit(ELVES, NAMES, REPORT, max_queued=1)
    assert new
    assert made == store.jobs.get(made.id)
    assert (made.order, made.report, made.state, made.step, made.attempt) == (ELVES, REPORT, "queued", 0, 0)
    assert (made.started, made.finished, made.steps, made.error, made.version, made.history) == (None,) * 5 + ((),)
    assert abs(made.created - datetime.now(UTC)) < timedelta(minutes=1)
    assert store.runs.content(made.id) == NAMES


def test_a_job_without_a_list_has_no_content(store: Store) -> None:
    assert store.runs.content(submit(store, None, source="bundled").id) is None


def test_ids_cannot_be_guessed(store: Store) -> None:
    ids = {submit(store).id for _ in range(20)}
    assert len(ids) == 20
    assert all(len(bytes.fromhex(id_)) == 16 for id_ in ids)


@pytest.mark.parametrize("nothing", NO_ID, ids=ascii)
def test_there_is_no_job_by_any_other_id(store: Store, nothing: str) -> None:
    submit(store)
    assert store.jobs.get(nothing) is None
    assert store.jobs.cancel(nothing) is None
    assert store.runs.begin(nothing, "w", 3) is None
    assert store.jobs.list(state=None, limit=10, before=nothing) == []


def test_the_same_key_and_request_give_the_same_job_even_when_the_queue_is_full(store: Store) -> None:
    first, _ = store.jobs.submit(ELVES, NAMES, REPORT, max_queued=1, key="k", fingerprint="a")
    again, made = store.jobs.submit(ELVES, NAMES, REPORT, max_queued=1, key="k", fingerprint="a")
    assert (again, made) == (first, False)


def test_a_key_is_kept_when_its_job_has_ended(store: Store) -> None:
    first, _ = store.jobs.submit(ELVES, NAMES, REPORT, max_queued=9, key="k", fingerprint="a")
    store.jobs.cancel(first.id)
    again, made = store.jobs.submit(ELVES, NAMES, REPORT, max_queued=9, key="k", fingerprint="a")
    assert (again.id, again.state, made) == (first.id, "cancelled", False)


def test_a_fingerprint_is_kept_only_with_a_key_and_only_keyed_with_a_secret_of_the_database(
    store: Store, tmp_path: Path
) -> None:
    guess = sha256(b"a guess of the whole request").hexdigest()
    kept: list[str] = []
    with closing(Store(f"sqlite:///{tmp_path / 'other.db'}")) as other:
        other.migrate()
        for one in (store, other):
            one.jobs.submit(ELVES, NAMES, REPORT, max_queued=9, fingerprint=guess)
            one.jobs.submit(ELVES, NAMES, REPORT, max_queued=9, key="k", fingerprint=guess)
            with one.database.reading() as connection:
                kept += connection.execute(sa.select(jobs.c.fingerprint).order_by(jobs.c.number)).scalars().all()
    assert kept[0] == kept[2] == ""
    assert len({guess, kept[1], kept[3]}) == 3


@pytest.mark.parametrize("key", ["k", "", "x" * 9000, "ÿ\udcff\0"], ids=["short", "empty", "long", "strange"])
def test_the_same_key_with_another_request_is_refused(store: Store, key: str) -> None:
    store.jobs.submit(ELVES, NAMES, REPORT, max_queued=9, key=key, fingerprint="a")
    with pytest.raises(KeyReused):
        store.jobs.submit(ELVES, NAMES, REPORT, max_queued=9, key=key, fingerprint="b")
    assert store.jobs.counts()["queued"] == 1


def test_the_queue_takes_no_more_than_it_may(store: Store) -> None:
    for _ in range(3):
        store.jobs.submit(ELVES, NAMES, REPORT, max_queued=3)
    with pytest.raises(QueueFull) as refused:
        store.jobs.submit(ELVES, NAMES, REPORT, max_queued=3)
    assert refused.value.limit == 3
    begin(store, store.jobs.list(state="queued", limit=1)[0])
    store.jobs.submit(ELVES, NAMES, REPORT, max_queued=3)


def test_jobs_are_listed_the_newest_first_by_state_and_without_history(store: Store) -> None:
    jobs = [submit(store) for _ in range(4)]
    store.jobs.cancel(jobs[1].id)
    claim = begin(store, jobs[2])
    store.runs.progress(claim, **HALFWAY)
    listed = store.jobs.list(state=None, limit=10)
    assert [job.id for job in listed] == [job.id for job in reversed(jobs)]
    assert listed[1].step == 50
    assert listed[1].history == ()
    assert [job.id for job in store.jobs.list(state="queued", limit=10)] == [jobs[3].id, jobs[0].id]
    assert [job.id for job in store.jobs.list(state="running", limit=10)] == [jobs[2].id]
    assert store.jobs.list(state="failed", limit=10) == []


def test_pages_join_without_a_gap_or_a_repetition_while_jobs_arrive(store: Store) -> None:
    jobs = [submit(store) for _ in range(7)]
    pages = []
    before = None
    while page := store.jobs.list(state="queued", limit=3, before=before):
        pages += page
        before = page[-1].id
        submit(store)
    assert [job.id for job in pages] == [job.id for job in reversed(jobs)]


def test_jobs_are_counted_in_every_state(store: Store) -> None:
    assert store.jobs.counts() == {"queued": 0, "running": 0, "succeeded": 0, "failed": 0, "cancelled": 0}
    publish(store)
    jobs = [submit(store) for _ in range(4)]
    store.jobs.cancel(jobs[0].id)
    begin(store, jobs[1])
    store.runs.fail(begin(store, jobs[2]), "no")
    assert store.jobs.counts() == {"queued": 1, "running": 1, "succeeded": 1, "failed": 1, "cancelled": 1}


def test_a_waiting_job_is_cancelled_and_its_list_deleted(store: Store) -> None:
    job = submit(store)
    ended = store.jobs.cancel(job.id)
    assert ended is not None
    assert ended == store.jobs.get(job.id)
    assert (ended.state, ended.started) == ("cancelled", None)
    assert ended.finished is not None
    assert ended.revision > job.revision
    assert store.runs.content(job.id) is None


def test_a_job_that_has_ended_stays_as_it_is(store: Store) -> None:
    publish(store)
    store.runs.fail(begin(store, submit(store)), "no")
    store.jobs.cancel(submit(store).id)
    jobs = store.jobs.list(state=None, limit=10)
    assert {job.state for job in jobs} == ENDED
    for job in jobs:
        assert store.jobs.cancel(job.id) == store.jobs.get(job.id) == job


def test_the_models_of_unfinished_jobs_are_known_with_the_state_of_the_furthest(store: Store) -> None:
    assert store.jobs.unfinished() == {}
    elves, _, dwarves = submit(store), submit(store), submit(store, model="dwarves")
    assert store.jobs.unfinished() == {ELVES.model: "queued", "dwarves": "queued"}
    begin(store, elves)
    assert store.jobs.unfinished() == {ELVES.model: "running", "dwarves": "queued"}
    store.jobs.cancel(dwarves.id)
    assert store.jobs.unfinished() == {ELVES.model: "running"}
