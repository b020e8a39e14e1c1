"""What holds when several processes do the same at once."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from app.store.sync_store import Store
from tests.support import rivals as acts
from tests.support.rivals import COUNT, Rivals
from tests.support.store_jobs import submit

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def rivals() -> Iterator[Rivals]:
    """Processes that start at the same instant."""
    rivals = Rivals()
    yield rivals
    rivals.end()


@pytest.fixture
def url(store: Store) -> str:
    """Where other processes find the store."""
    return store.dbos_url()


def test_several_processes_make_the_schema_at_once(database_url: str, rivals: Rivals) -> None:
    assert rivals.compete(acts.migrate, database_url) == [0] * COUNT


def test_several_submissions_with_one_key_make_one_job(store: Store, url: str, rivals: Rivals) -> None:
    told = rivals.compete(acts.submit_one, url)
    assert len({id_ for id_, _ in told}) == 1
    assert sorted(made for _, made in told) == [False] * (COUNT - 1) + [True]
    assert store.jobs.counts()["queued"] == 1


def test_of_several_requests_with_one_key_one_is_taken(store: Store, url: str, rivals: Rivals) -> None:
    assert sum(rivals.compete(acts.submit_another, url)) == 1
    assert store.jobs.counts()["queued"] == 1


def test_a_queue_is_never_filled_beyond_its_end(store: Store, url: str, rivals: Rivals) -> None:
    assert sum(rivals.compete(acts.fill_queue, url)) == 10
    assert store.jobs.counts()["queued"] == 10


def test_every_attempt_has_a_number_of_its_own(store: Store, url: str, rivals: Rivals) -> None:
    submit(store)
    assert sorted(rivals.compete(acts.begin_job, url)) == list(range(1, COUNT + 1))


def test_versions_are_numbered_without_a_gap_and_the_history_is_one_chain(
    store: Store, url: str, rivals: Rivals
) -> None:
    published = [version for versions in rivals.compete(acts.publish_ten, url) for version in versions]
    assert sorted(published) == list(range(1, COUNT * 10 + 1))
    history = store.versions.history("elves")[::-1]
    assert [change.version for change in history] == list(range(1, COUNT * 10 + 1))
    assert [change.previous for change in history] == [None, *range(1, COUNT * 10)]
    assert [change.sequence for change in history] == list(range(1, COUNT * 10 + 1))
    assert store.versions.catalogue().models["elves"].champion == COUNT * 10


def test_no_two_changes_of_the_catalogue_wait_for_each_other(store: Store, url: str, rivals: Rivals) -> None:
    changes = rivals.compete(acts.change_catalogue, url)
    assert store.versions.sequence() == sum(changes)
    assert {name: len(entry.versions) for name, entry in store.versions.catalogue().models.items()} == {
        "dwarves": COUNT * 4,
        "elves": COUNT * 4,
    }


def test_a_silent_worker_is_forgotten_by_one_other(store: Store, url: str, rivals: Rivals) -> None:
    silent = [f"silent {number}" for number in range(5)]
    for worker in silent:
        store.workers.beat(worker, "here")
    assert sorted(worker for forgotten in rivals.compete(acts.forget_silent, url) for worker in forgotten) == silent


def test_nobody_is_told_that_the_database_is_locked_while_all_work(store: Store, url: str, rivals: Rivals) -> None:
    assert rivals.compete(acts.work, url) == [40] * COUNT
    assert store.jobs.counts()["failed"] == COUNT


@pytest.mark.no_cover
def test_a_reader_sees_one_state_however_much_is_published_meanwhile(store: Store) -> None:
    """The sequence and the versions are read by two statements, which must agree."""
    stop = threading.Event()
    seen: list[tuple[int, int]] = []

    def look() -> None:
        with closing(Store(store.dbos_url())) as other:
            while not stop.is_set():
                catalogue = other.versions.catalogue()
                seen.append((catalogue.sequence, sum(len(entry.versions) for entry in catalogue.models.values())))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        for _ in range(3):
            acts.publish_ten(store.dbos_url(), 0)
    finally:
        stop.set()
        looking.join()
    assert [versions for _, versions in seen] == [sequence for sequence, _ in seen]
    assert [sequence for sequence, _ in seen] == sorted(sequence for sequence, _ in seen)
