import time

import sqlalchemy as sa

from app.store.sync_store import Store
from app.store.tables import workers


def test_a_worker_is_alive_while_it_sends_heartbeats(store: Store) -> None:
    store.workers.beat("b", "here")
    store.workers.beat("a", "there")
    store.workers.beat("a", "elsewhere")
    assert store.workers.alive() == store.workers.known() == ["a", "b"]
    time.sleep(0.05)
    assert store.workers.alive(within_seconds=0.01) == []
    assert store.workers.known() == ["a", "b"]


def test_silent_workers_are_forgotten_once(store: Store) -> None:
    for worker in ("dead", "deader", "me"):
        store.workers.beat(worker, "here")
    assert store.workers.forget_silent("me") == []
    time.sleep(0.05)
    assert store.workers.forget_silent("me", silent_seconds=0.01) == ["dead", "deader"]
    assert store.workers.known() == ["me"]
    assert store.workers.forget_silent("you", silent_seconds=0.01) == ["me"]
    assert store.workers.forget_silent("me", silent_seconds=0.01) == []


def test_a_worker_that_is_back_may_fall_silent_again(store: Store) -> None:
    for _ in range(2):
        store.workers.beat("back", "here")
        assert store.workers.alive() == ["back"]
        assert store.workers.forget_silent("me", silent_seconds=-1) == ["back"]
        assert store.workers.known() == []


def test_a_worker_that_stops_is_forgotten_at_once(store: Store) -> None:
    store.workers.beat("gone", "here")
    store.workers.leave("gone")
    store.workers.leave("never heard of")
    assert store.workers.known() == []


def test_a_worker_that_died_before_the_clock_was_set_back_is_silent(store: Store) -> None:
    for worker in ("dead", "me"):
        store.workers.beat(worker, "here")
    with store.database.writing() as connection:
        connection.execute(sa.update(workers).values(seen=workers.c.seen + 3600))
    store.workers.beat("me", "here")
    assert store.workers.alive() == ["me"]
    assert store.workers.silent() == ["dead"]
    assert store.workers.forget_silent("me") == ["dead"]
