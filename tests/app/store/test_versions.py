from hashlib import sha256

import pytest

from app.store.errors import NoSuchVersion, VersionInService
from app.store.records import Entry
from app.store.sync_store import Store
from tests.support.store_jobs import HALFWAY, begin, publish, submit

NOWHERE = [
    ("elves", 2), ("elves", -1), ("elves", 2**31), ("elves", 10**30), ("dwarves", 1), ("", 1), ("\0", 1), ("\udcff", 1)
]  # fmt: skip


def test_a_version_comes_back_as_it_was_published(store: Store) -> None:
    content = bytes(range(256)) * 4096
    assert publish(store, content, public_membership=True) == 1
    version = store.versions.load("elves", 1)
    assert version is not None
    assert (version.name, version.version) == ("elves", 1)
    assert (version.content, version.sha256) == (content, sha256(content).hexdigest())
    assert version.public_membership


def test_publishing_ends_the_job_and_keeps_no_list_or_checkpoint(store: Store) -> None:
    claim = begin(store, submit(store))
    store.runs.checkpoint(claim, b"good", **HALFWAY)
    version = store.versions.publish(claim, b"w", {}, promote=False, verdict="worse", champion_seen=None)
    job = store.jobs.get(claim.job.id)
    assert job is not None
    assert (job.state, job.version, job.promoted, job.verdict) == ("succeeded", version, False, "worse")
    assert (job.seconds_left, job.error) == (None, None)
    assert job.finished is not None
    assert store.runs.content(job.id) is None
    assert store.runs.checkpoint_of(job.id) is None


def test_versions_count_from_one_under_each_name(store: Store) -> None:
    published = [publish(store, model=name) for name in ("elves", "dwarves", "elves", "தமிழ்", "elves")]
    assert published == [1, 1, 2, 1, 3]


def test_the_catalogue_has_every_version_and_what_is_in_service(store: Store) -> None:
    assert store.versions.catalogue().models == {}
    publish(store, public_membership=True)
    publish(store, promote=False)
    publish(store, model="dwarves", promote=False)
    assert store.versions.catalogue().models == {
        "dwarves": Entry(None, (1,)),
        "elves": Entry(1, (1, 2)),
    }


def test_every_change_of_the_catalogue_has_the_next_number(store: Store) -> None:
    numbers = [store.versions.sequence()]
    publish(store)
    numbers.append(store.versions.sequence())
    publish(store, promote=False)
    numbers.append(store.versions.catalogue().sequence)
    store.versions.promote("elves", 2)
    numbers.append(store.versions.sequence())
    store.versions.delete("elves", 1)
    numbers.append(store.versions.sequence())
    assert numbers == [0, 1, 2, 3, 4]


def test_a_version_that_was_judged_against_another_champion_is_judged_again(store: Store) -> None:
    publish(store)
    claim = begin(store, submit(store))
    before = store.versions.catalogue()
    for seen in (None, 7):
        assert store.versions.publish(claim, b"w", {}, promote=True, verdict="better", champion_seen=seen) is None
    assert store.versions.catalogue() == before
    assert store.jobs.get(claim.job.id) == claim.job
    assert store.versions.publish(claim, b"w", {}, promote=True, verdict="better", champion_seen=1) == 2


def test_nothing_is_left_of_a_first_version_that_is_to_be_judged_again(store: Store) -> None:
    claim = begin(store, submit(store))
    assert store.versions.publish(claim, b"w", {}, promote=True, verdict="better", champion_seen=1) is None
    assert store.versions.catalogue().models == {}


def test_a_version_that_stays_out_of_service_needs_no_second_judgement(store: Store) -> None:
    publish(store)
    claim = begin(store, submit(store))
    assert store.versions.publish(claim, b"w", {}, promote=False, verdict="worse", champion_seen=9) == 2
    assert store.versions.catalogue().models["elves"].champion == 1


def test_service_rolls_back_and_forward_and_to_the_bundled_version(store: Store) -> None:
    publish(store)
    publish(store)
    moves = [(version, store.versions.promote("elves", version)) for version in (1, 1, 0, 0, 2)]
    assert moves == [(1, True), (1, False), (0, True), (0, False), (2, True)]
    assert store.versions.catalogue().models["elves"].champion == 2


def test_the_bundled_version_is_no_champion_of_the_catalogue(store: Store) -> None:
    publish(store)
    store.versions.promote("elves", 0)
    assert store.versions.catalogue().models["elves"].champion is None
    assert store.versions.promote("bundled only", 0) is False


def test_the_history_tells_who_was_in_service_and_why(store: Store) -> None:
    publish(store)
    publish(store)
    store.versions.promote("elves", 0)
    publish(store, model="dwarves")
    store.versions.promote("elves", 1)
    ids = [job.id for job in store.jobs.list(state="succeeded", limit=9) if job.order.model == "elves"]
    history = store.versions.history("elves")
    assert [(change.version, change.previous, change.cause) for change in history] == [
        (1, None, "admin"),
        (0, 2, "admin"),
        (2, 1, f"job {ids[0]}"),
        (1, None, f"job {ids[1]}"),
    ]
    assert [change.sequence for change in history] == [5, 3, 2, 1]
    assert history == sorted(history, key=lambda change: change.at, reverse=True)


@pytest.mark.parametrize(("name", "version"), NOWHERE, ids=ascii)
def test_a_version_that_there_is_not_can_be_neither_loaded_promoted_nor_deleted(
    store: Store, name: str, version: int
) -> None:
    publish(store)
    assert store.versions.load(name, version) is None
    for act in (store.versions.promote, store.versions.delete):
        with pytest.raises(NoSuchVersion):
            act(name, version)
    assert store.versions.history(name) == [] or name == "elves"
    assert store.versions.sequence() == 1


def test_what_is_in_service_is_not_deleted(store: Store) -> None:
    publish(store)
    with pytest.raises(VersionInService):
        store.versions.delete("elves", 1)
    assert store.versions.load("elves", 1) is not None


def test_the_bundled_version_is_not_deleted(store: Store) -> None:
    publish(store)
    with pytest.raises(NoSuchVersion):
        store.versions.delete("elves", 0)


def test_the_number_of_a_deleted_version_is_not_given_again(store: Store) -> None:
    publish(store)
    publish(store)
    store.versions.promote("elves", 1)
    store.versions.delete("elves", 2)
    assert store.versions.load("elves", 2) is None
    assert publish(store) == 3
    assert store.versions.catalogue().models["elves"].versions == (1, 3)


def test_a_name_without_a_version_is_not_in_the_catalogue(store: Store) -> None:
    publish(store, promote=False)
    store.versions.delete("elves", 1)
    assert store.versions.catalogue().models == {}
    assert publish(store) == 2
