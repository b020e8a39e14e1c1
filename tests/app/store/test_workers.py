import time

from app.store.sync_store import Store


def test_a_worker_is_alive_while_it_is_heard_of(store: Store) -> None:
    store.workers.beat("b", "here")
    store.workers.beat("a", "there")
    store.workers.beat("a", "elsewhere")
    assert store.workers.alive() == ["a", "b"]
    time.sleep(0.05)
    assert store.workers.alive(within_seconds=0.01) == []


def test_the_silent_are_taken_over_from_once(store: Store) -> None:
    for worker in ("dead", "deader", "me"):
        store.workers.beat(worker, "here")
    assert store.workers.adopt("me") == []
    time.sleep(0.05)
    assert store.workers.adopt("me", silent_seconds=0.01) == ["dead", "deader"]
    assert store.workers.adopt("you", silent_seconds=0.01) == ["me"]
    assert store.workers.adopt("me", silent_seconds=0.01) == []


def test_a_worker_that_is_back_may_be_taken_over_from_when_it_falls_silent_again(store: Store) -> None:
    store.workers.beat("back", "here")
    assert store.workers.adopt("me", silent_seconds=-1) == ["back"]
    store.workers.beat("back", "here")
    assert store.workers.adopt("me", silent_seconds=-1) == ["back"]


def test_who_takes_over_from_a_worker_forgets_it(store: Store) -> None:
    store.workers.beat("dead", "here")
    store.workers.adopt("me", silent_seconds=-1)
    store.workers.forget("dead")
    assert store.workers.alive() == []
    assert store.workers.adopt("you", silent_seconds=-1) == []


def test_a_worker_that_is_back_is_not_forgotten(store: Store) -> None:
    store.workers.beat("back", "here")
    store.workers.adopt("me", silent_seconds=-1)
    store.workers.beat("back", "here")
    store.workers.forget("back")
    store.workers.forget("never heard of")
    assert store.workers.alive() == ["back"]


def test_what_a_worker_leaves_that_stops_is_taken_over_at_once(store: Store) -> None:
    store.workers.beat("gone", "here")
    store.workers.leave("gone")
    assert store.workers.alive() == []
    assert store.workers.adopt("me") == ["gone"]
