import threading
from collections.abc import Callable
from math import inf, nan

import pytest

from app.store.errors import Superseded
from app.store.records import Claim
from app.store.runs import hold
from app.store.sync_store import Store
from tests.support.store_jobs import HALFWAY, NAMES, begin, holds, publish, submit

WRITES: dict[str, Callable[[Store, Claim], object]] = {
    "plan": lambda store, claim: store.runs.plan(claim, {"hidden": 1}),
    "progress": lambda store, claim: store.runs.progress(claim, **HALFWAY),
    "checkpoint": lambda store, claim: store.runs.checkpoint(claim, b"ghost", **HALFWAY),
    "fail": lambda store, claim: store.runs.fail(claim, "no"),
    "publish": lambda store, claim: store.versions.publish(
        claim, b"ghost", {}, promote=True, verdict="", champion_seen=None
    ),
}
"""All that an attempt may write."""

LOSSES: dict[str, Callable[[Store, Claim], object]] = {
    "another attempt": lambda store, claim: begin(store, claim.job),
    "cancelled": lambda store, claim: store.jobs.cancel(claim.job.id),
    "failed": lambda store, claim: store.runs.fail(claim, "no"),
}
"""How an attempt may lose its job."""


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_an_attempt_that_lost_its_job_writes_nothing(
    store: Store, write: Callable[[Store, Claim], object], loss: Callable[[Store, Claim], object]
) -> None:
    claim = begin(store, submit(store))
    store.runs.checkpoint(claim, b"good", **HALFWAY)
    loss(store, claim)
    before = (store.jobs.get(claim.job.id), store.runs.checkpoint_of(claim.job.id), store.versions.catalogue())
    assert not holds(store, claim)
    with pytest.raises(Superseded):
        write(store, claim)
    after = (store.jobs.get(claim.job.id), store.runs.checkpoint_of(claim.job.id), store.versions.catalogue())
    assert after == before


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_what_an_attempt_writes_is_seen_by_a_greater_revision(
    store: Store, write: Callable[[Store, Claim], object]
) -> None:
    claim = begin(store, submit(store))
    assert holds(store, claim)
    write(store, claim)
    changed = store.jobs.get(claim.job.id)
    assert changed is not None
    assert changed.revision > claim.job.revision


@pytest.mark.parametrize("loss", ["another attempt", "cancelled"])
def test_an_attempt_loses_its_job_before_it_writes_or_afterwards_but_not_meanwhile(store: Store, loss: str) -> None:
    claim = begin(store, submit(store))
    losing = threading.Thread(target=LOSSES[loss], args=(store, claim))
    with store.database.writing() as connection:
        hold(connection, claim)
        losing.start()
        losing.join(0.3)
        assert losing.is_alive()
    losing.join()
    assert not holds(store, claim)


def test_unfinished_jobs_come_oldest_first(store: Store) -> None:
    jobs = [submit(store) for _ in range(4)]
    store.jobs.cancel(jobs[1].id)
    begin(store, jobs[2])
    assert store.runs.unfinished() == [jobs[0].id, jobs[2].id, jobs[3].id]
    store.runs.fail(begin(store, jobs[0]), "no")
    publish(store)
    assert store.runs.unfinished() == [jobs[2].id, jobs[3].id]


def test_each_attempt_has_the_next_number_and_the_first_one_starts_the_job(store: Store) -> None:
    job = submit(store)
    first, second = begin(store, job, "one"), begin(store, job, "two")
    assert [(claim.attempt, claim.job.worker) for claim in (first, second)] == [(1, "one"), (2, "two")]
    assert second.job == store.jobs.get(job.id)
    assert (second.job.state, second.job.order) == ("running", job.order)
    assert job.created <= first.job.started == second.job.started  # type: ignore[operator]


@pytest.mark.parametrize("loss", ["cancelled", "failed", "succeeded"])
def test_no_attempt_begins_at_a_job_that_has_ended(store: Store, loss: str) -> None:
    if loss == "succeeded":
        publish(store)
        (job,) = store.jobs.list(state="succeeded", limit=1)
    else:
        claim = begin(store, submit(store))
        LOSSES[loss](store, claim)
        job = claim.job
    assert store.runs.begin(job.id, "w", 3) is None


def test_a_job_whose_attempts_come_to_nothing_fails_with_advice(store: Store) -> None:
    job = submit(store)
    claims = [store.runs.begin(job.id, "w", 3) for _ in range(5)]
    assert [claim is not None for claim in claims] == [True, True, True, False, False]
    failed = store.jobs.get(job.id)
    assert failed is not None
    assert failed.state == "failed"
    assert "3 times" in str(failed.error)
    assert "fewer hidden units" in str(failed.error)
    assert store.runs.content(job.id) is None


def test_a_checkpoint_gives_a_job_new_attempts(store: Store) -> None:
    job = submit(store)
    for _ in range(4):
        assert store.runs.begin(job.id, "w", 2)
        claim = store.runs.begin(job.id, "w", 2)
        assert claim is not None
        store.runs.checkpoint(claim, b"further", **HALFWAY)


def test_a_checkpoint_is_kept_with_the_progress_in_place_of_the_one_before(store: Store) -> None:
    claim = begin(store, submit(store))
    assert store.runs.checkpoint_of(claim.job.id) is None
    for content in (b"early", bytes(range(256)) * 4096):
        store.runs.checkpoint(claim, content, **HALFWAY)
        assert store.runs.checkpoint_of(claim.job.id) == content
    job = store.jobs.get(claim.job.id)
    assert job is not None
    assert (job.step, job.steps, job.names_per_second, job.seconds_left) == (50, 100, 1234.5, 2.5)
    assert job.history == ((25, 2.5, None), (50, 2.25, 2.375))
    assert job.drawn == ("Aelin", "Tinwë")


def test_numbers_that_are_none_are_left_out(store: Store) -> None:
    claim = begin(store, submit(store))
    history = [(1, nan, None), (2, inf, 2.0), (3, 2.5, nan), (4, 2.25, inf), (5, 2.0, 1.5)]
    store.runs.progress(claim, step=5, steps=None, names_per_second=inf, seconds_left=nan, history=history, drawn=())
    job = store.jobs.get(claim.job.id)
    assert job is not None
    assert (job.steps, job.names_per_second, job.seconds_left) == (None, None, None)
    assert job.history == ((3, 2.5, None), (4, 2.25, None), (5, 2.0, 1.5))


def test_a_plan_is_kept_for_later_attempts(store: Store) -> None:
    claim = begin(store, submit(store))
    assert claim.job.plan is None
    plan = {"hidden": 64, "dropout": 0.5, "preset": None}
    store.runs.plan(claim, plan)
    assert begin(store, claim.job).job.plan == plan


def test_a_plan_with_a_number_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="JSON"):
        store.runs.plan(begin(store, submit(store)), {"learning_rate": nan})


@pytest.mark.parametrize("error", ["the loss is no number", "odd \0 and \udcff", "x" * 100_000])
def test_a_job_that_fails_says_why_and_keeps_no_list_or_checkpoint(store: Store, error: str) -> None:
    claim = begin(store, submit(store))
    store.runs.checkpoint(claim, b"good", **HALFWAY)
    assert store.runs.content(claim.job.id) == NAMES
    store.runs.fail(claim, error)
    job = store.jobs.get(claim.job.id)
    assert job is not None
    assert (job.state, job.seconds_left, job.step, job.drawn) == ("failed", None, 50, ())
    assert job.error == error.replace("\0", "?").replace("\udcff", "?")
    assert job.finished is not None
    assert store.runs.content(job.id) is None
    assert store.runs.checkpoint_of(job.id) is None
