"""Models that are deleted with all their versions, or taken out of service."""

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing

import pytest

from app.store.errors import NoSuchVersion, TrainingUnfinished
from app.store.records import Entry
from app.store.sync_store import Store
from tests.support.store_jobs import begin, publish, submit

CRASH = """
import os, sys
import sqlalchemy as sa
from app.store.sync_store import Store

def act(last):
    store = Store(sys.argv[1])
    count = 0

    @sa.event.listens_for(store.database._engine, "before_cursor_execute")
    def crash(*_):
        nonlocal count
        if count == last:
            os._exit(9)
        count += 1

    if sys.argv[2] == "delete":
        store.versions.delete_model("elves")
    else:
        store.versions.withdraw("elves", is_bundled=False)
    os._exit(0)

for line in sys.stdin:
    child = os.fork()
    if not child:
        act(int(line))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Does it in a process that ends before a statement, by its number, of which there are some in the transaction and some
after it; and tells how each process ended."""

ODD = ["\0", "\udcff", "no such model"]


def changes(store: Store, name: str = "elves") -> list[tuple[int | None, int | None]]:
    """What came into service after what, the newest first."""
    return [(change.version, change.previous) for change in store.versions.history(name)]


def test_a_model_is_deleted_with_all_its_versions(store: Store) -> None:
    publish(store)
    publish(store, promote=False)
    publish(store, model="dwarves")
    before = store.versions.sequence()
    assert store.versions.delete_model("elves") == (1, 2)
    assert store.versions.load("elves", 1) is store.versions.load("elves", 2) is None
    assert store.versions.catalogue().models == {"dwarves": Entry(1, (1,))}
    assert store.versions.sequence() == before + 1
    assert changes(store)[0] == (0, 1)
    assert store.versions.history("elves")[0].cause == "admin"


def test_its_numbers_are_not_given_again(store: Store) -> None:
    publish(store)
    publish(store)
    store.versions.delete_model("elves")
    assert publish(store) == 3
    with closing(Store(store.database.url.text)) as another:  # as of another process
        another.versions.delete_model("elves")
        assert publish(another) == 4
    assert publish(store) == 5
    assert store.versions.catalogue().models["elves"] == Entry(5, (4, 5))


def test_deleting_it_again_changes_nothing(store: Store) -> None:
    publish(store)
    store.versions.delete_model("elves")
    before = store.versions.sequence()
    assert store.versions.delete_model("elves") == ()
    assert store.versions.sequence() == before


@pytest.mark.parametrize("name", ODD, ids=ascii)
def test_where_there_is_nothing_nothing_is_deleted_or_taken_out_of_service(store: Store, name: str) -> None:
    assert store.versions.delete_model(name) == ()
    with pytest.raises(NoSuchVersion):
        store.versions.withdraw(name, is_bundled=False)
    assert store.versions.catalogue() == store.versions.catalogue()
    assert store.versions.catalogue().models == {}
    assert store.versions.sequence() == 0


def test_a_model_with_a_training_that_waits_or_runs_is_not_deleted(store: Store) -> None:
    publish(store)
    publish(store, model="dwarves")
    waiting = submit(store)
    running = begin(store, submit(store))
    with pytest.raises(TrainingUnfinished) as refused:
        store.versions.delete_model("elves")
    assert refused.value.jobs == (waiting.id, running.job.id)
    assert store.versions.catalogue().models["elves"] == Entry(1, (1,))
    assert store.versions.delete_model("dwarves") == (1,)
    store.jobs.cancel(waiting.id)
    store.runs.fail(running, "of itself")
    assert store.versions.delete_model("elves") == (1,)


def test_a_model_out_of_service_has_no_champion_until_a_version_is_put_back(store: Store) -> None:
    publish(store)
    publish(store)
    assert store.versions.withdraw("elves", is_bundled=False)
    assert store.versions.catalogue().models["elves"] == Entry(None, (1, 2), is_withdrawn=True)
    before = store.versions.sequence()
    assert not store.versions.withdraw("elves", is_bundled=False)
    assert store.versions.sequence() == before
    assert store.versions.promote("elves", 1)
    assert store.versions.catalogue().models["elves"] == Entry(1, (1, 2))
    assert changes(store) == [(1, None), (None, 2), (2, 1), (1, None)]


def test_a_bundled_model_can_be_taken_out_of_service_and_put_back(store: Store) -> None:
    assert store.versions.withdraw("irish-girls", is_bundled=True)
    assert store.versions.catalogue().models == {"irish-girls": Entry(None, (), is_withdrawn=True)}
    assert store.versions.promote("irish-girls", 0)
    assert store.versions.catalogue().models == {}
    assert changes(store, "irish-girls") == [(0, None), (None, None)]


def test_a_deleted_model_is_no_longer_out_of_service(store: Store) -> None:
    publish(store)
    store.versions.withdraw("elves", is_bundled=False)
    assert store.versions.delete_model("elves") == (1,)
    assert store.versions.catalogue().models == {}
    publish(store)
    assert store.versions.catalogue().models["elves"] == Entry(2, (2,))


def test_what_is_trained_meanwhile_does_not_come_into_service(store: Store) -> None:
    publish(store)
    claim = begin(store, submit(store))
    store.versions.withdraw("elves", is_bundled=False)
    before = store.versions.catalogue()
    assert store.versions.publish(claim, b"w", {}, promote=True, verdict="", champion_seen=None) is None
    assert store.versions.catalogue() == before
    assert store.versions.publish(claim, b"w", {}, promote=False, verdict="", champion_seen=None) == 2
    assert store.versions.catalogue().models["elves"] == Entry(None, (1, 2), is_withdrawn=True)


@pytest.mark.parametrize("act", ["delete_model", "withdraw"])
def test_of_two_at_once_one_wins_and_nothing_is_half_done(store: Store, act: str) -> None:
    """A training publishes while an admin withdraws what it trains: whichever comes first, both are done whole."""
    for _ in range(5):
        claim = begin(store, submit(store))
        seen = store.versions.catalogue().models.get("elves")
        outcomes: dict[str, object] = {}

        def attempt(name: str, work: Callable[[], object]) -> None:
            try:
                outcomes[name] = work()  # noqa: B023
            except (TrainingUnfinished, NoSuchVersion) as error:
                outcomes[name] = error  # noqa: B023

        def publish_it() -> int | None:
            champion = seen.champion if seen else None  # noqa: B023
            return store.versions.publish(claim, b"w", {}, promote=True, verdict="", champion_seen=champion)  # noqa: B023

        def withdraw_it() -> object:
            if act == "delete_model":
                return store.versions.delete_model("elves")
            return store.versions.withdraw("elves", is_bundled=False)

        threads = [
            threading.Thread(target=attempt, args=("publish", publish_it)),
            threading.Thread(target=attempt, args=("withdraw", withdraw_it)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        entry = store.versions.catalogue().models.get("elves")
        if act == "delete_model":
            deleted = outcomes["withdraw"]
            refused = isinstance(deleted, TrainingUnfinished)
            assert refused or entry is None
            assert not refused or (entry is not None and entry.champion == outcomes["publish"])
        elif outcomes["publish"] is None or outcomes["withdraw"] is True:
            assert entry is not None
            assert (entry.champion, entry.is_withdrawn) == (None, True)
        store.jobs.cancel(claim.job.id)
        store.versions.delete_model("elves")


@pytest.mark.parametrize("act", ["delete", "withdraw"])
def test_a_crash_between_two_steps_leaves_all_or_nothing_done(store: Store, act: str) -> None:
    publish(store)
    publish(store)
    before = store.versions.catalogue(), store.versions.history("elves")
    after = {"delete": {}, "withdraw": {"elves": Entry(None, (1, 2), is_withdrawn=True)}}[act]
    crashes = 0
    command = [sys.executable, "-c", CRASH, store.database.url.text, act]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        while (catalogue := store.versions.catalogue()).models != after:
            assert (catalogue, store.versions.history("elves")) == before
            assert store.versions.load("elves", 2) is not None
            process.stdin.write(f"{crashes}\n")
            process.stdin.flush()
            assert int(process.stdout.readline()) in (0, 9)
            crashes += 1
        process.stdin.close()
    assert crashes > 5
    assert store.versions.catalogue().models == after
    assert changes(store)[0] == (0 if act == "delete" else None, 2)
    if act == "delete":
        assert publish(store) == 3
