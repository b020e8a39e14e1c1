import threading
from collections.abc import Callable
from math import inf, nan

import pytest

from app.store.errors import Superseded
from app.store.fencing import hold
from app.store.records import Claim
from app.store.sync_store import Store
from tests.support.store_jobs import HALFWAY, NAMES, begin, publish, submit


def take_back(store: Store, job: str) -> None:
    store.jobs.hand_over(job, 0)
    store.jobs.take_back(job, 0)


WRITES: dict[str, Callable[[Store, Claim], object]] = {
    "plan": lambda store, claim: store.jobs.plan(claim, {"hidden": 1}),
    "progress": lambda store, claim: store.jobs.progress(claim, **HALFWAY),
    "checkpoint": lambda store, claim: store.jobs.checkpoint(claim, b"ghost", **HALFWAY),
    "fail": lambda store, claim: store.jobs.fail(claim, "no"),
    "publish": lambda store, claim: store.versions.publish(
        claim, b"ghost", {}, promote=True, verdict="", champion_seen=None
    ),
}
"""All that an attempt may write."""

LOSSES: dict[str, Callable[[Store, Claim], object]] = {
    "another attempt": lambda store, claim: begin(store, claim.job),
    "cancelled": lambda store, claim: store.jobs.cancel(claim.job.id),
    "failed": lambda store, claim: store.jobs.fail(claim, "no"),
    "taken back": lambda store, claim: take_back(store, claim.job.id),
}
"""How an attempt may lose its job."""


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_an_attempt_that_lost_its_job_writes_nothing(
    store: Store, write: Callable[[Store, Claim], object], loss: Callable[[Store, Claim], object]
) -> None:
    claim = begin(store, submit(store))
    store.jobs.checkpoint(claim, b"good", **HALFWAY)
    loss(store, claim)
    before = (store.jobs.get(claim.job.id), store.jobs.checkpoint_of(claim.job.id), store.versions.catalogue())
    assert not store.jobs.holds(claim)
    with pytest.raises(Superseded):
        write(store, claim)
    after = (store.jobs.get(claim.job.id), store.jobs.checkpoint_of(claim.job.id), store.versions.catalogue())
    assert after == before


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_what_an_attempt_writes_is_seen_by_a_greater_revision(
    store: Store, write: Callable[[Store, Claim], object]
) -> None:
    claim = begin(store, submit(store))
    assert store.jobs.holds(claim)
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
    assert not store.jobs.holds(claim)


def test_jobs_wait_in_their_order_until_they_are_handed_over(store: Store) -> None:
    jobs = [submit(store) for _ in range(4)]
    store.jobs.cancel(jobs[1].id)
    assert store.jobs.waiting(2) == [(jobs[0].id, 0), (jobs[2].id, 0)]
    store.jobs.hand_over(jobs[0].id, 0)
    store.jobs.hand_over(jobs[1].id, 0)
    store.jobs.hand_over(jobs[0].id, 5)  # which comes too late
    assert store.jobs.waiting(9) == [(jobs[2].id, 0), (jobs[3].id, 0)]
    assert store.jobs.handed_over() == [(jobs[0].id, 0)]


def test_a_job_that_is_taken_back_waits_for_another_attempt(store: Store) -> None:
    job = submit(store)
    store.jobs.hand_over(job.id, 0)
    begin(store, job)
    store.jobs.take_back(job.id, 7)
    assert store.jobs.handed_over() == [(job.id, 0)]
    store.jobs.take_back(job.id, 0)
    assert store.jobs.handed_over() == []
    assert store.jobs.waiting(9) == [(job.id, 2)]
    store.jobs.hand_over(job.id, 2)
    assert begin(store, job).attempt == 3


def test_a_job_that_has_ended_is_neither_handed_over_nor_taken_back(store: Store) -> None:
    job = submit(store)
    store.jobs.hand_over(job.id, 0)
    ended = store.jobs.cancel(job.id)
    store.jobs.take_back(job.id, 0)
    assert (store.jobs.waiting(9), store.jobs.handed_over()) == ([], [])
    assert store.jobs.get(job.id) == ended


def test_each_attempt_has_the_next_number_and_the_first_one_starts_the_job(store: Store) -> None:
    job = submit(store)
    first, second = begin(store, job, "one"), begin(store, job, "two")
    assert [(claim.attempt, claim.worker, claim.job.worker) for claim in (first, second)] == [
        (1, "one", "one"),
        (2, "two", "two"),
    ]
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
    assert store.jobs.begin(job.id, "w", 3) is None


def test_a_job_whose_attempts_come_to_nothing_fails_with_advice(store: Store) -> None:
    job = submit(store)
    claims = [store.jobs.begin(job.id, "w", 3) for _ in range(5)]
    assert [claim is not None for claim in claims] == [True, True, True, False, False]
    failed = store.jobs.get(job.id)
    assert failed is not None
    assert failed.state == "failed"
    assert "3 times" in str(failed.error)
    assert "fewer hidden units" in str(failed.error)
    assert store.jobs.content(job.id) is None


def test_a_checkpoint_gives_a_job_new_attempts(store: Store) -> None:
    job = submit(store)
    for _ in range(4):
        assert store.jobs.begin(job.id, "w", 2)
        claim = store.jobs.begin(job.id, "w", 2)
        assert claim is not None
        store.jobs.checkpoint(claim, b"further", **HALFWAY)


def test_a_checkpoint_is_kept_with_the_progress_in_place_of_the_one_before(store: Store) -> None:
    claim = begin(store, submit(store))
    assert store.jobs.checkpoint_of(claim.job.id) is None
    for content in (b"early", bytes(range(256)) * 4096):
        store.jobs.checkpoint(claim, content, **HALFWAY)
        assert store.jobs.checkpoint_of(claim.job.id) == content
    job = store.jobs.get(claim.job.id)
    assert job is not None
    assert (job.step, job.steps, job.names_per_second, job.seconds_left) == (50, 100, 1234.5, 2.5)
    assert job.history == ((25, 2.5, None), (50, 2.25, 2.375))


def test_numbers_that_are_none_are_left_out(store: Store) -> None:
    claim = begin(store, submit(store))
    history = [(1, nan, None), (2, inf, 2.0), (3, 2.5, nan), (4, 2.25, inf), (5, 2.0, 1.5)]
    store.jobs.progress(claim, step=5, steps=None, names_per_second=inf, seconds_left=nan, history=history)
    job = store.jobs.get(claim.job.id)
    assert job is not None
    assert (job.steps, job.names_per_second, job.seconds_left) == (None, None, None)
    assert job.history == ((3, 2.5, None), (4, 2.25, None), (5, 2.0, 1.5))


def test_a_plan_is_kept_for_later_attempts(store: Store) -> None:
    claim = begin(store, submit(store))
    assert claim.plan is None
    plan = {"hidden": 64, "dropout": 0.5, "preset": None}
    store.jobs.plan(claim, plan)
    assert begin(store, claim.job).plan == plan


def test_a_plan_with_a_number_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="JSON"):
        store.jobs.plan(begin(store, submit(store)), {"learning_rate": nan})


@pytest.mark.parametrize("error", ["the loss is no number", "odd \0 and \udcff", "x" * 100_000])
def test_a_job_that_fails_says_why_and_keeps_no_list_or_checkpoint(store: Store, error: str) -> None:
    claim = begin(store, submit(store))
    store.jobs.checkpoint(claim, b"good", **HALFWAY)
    assert store.jobs.content(claim.job.id) == NAMES
    store.jobs.fail(claim, error)
    job = store.jobs.get(claim.job.id)
    assert job is not None
    assert (job.state, job.seconds_left, job.step) == ("failed", None, 50)
    assert job.error == error.replace("\0", "?").replace("\udcff", "?")
    assert job.finished is not None
    assert store.jobs.content(job.id) is None
    assert store.jobs.checkpoint_of(job.id) is None
