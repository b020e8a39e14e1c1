"""Lanes: who runs, who waits, and in which order."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from app.serving.turns import Lane, Stopped, Turn
from tests.support.processes import until


class Worker:
    """A piece of work in a thread, which waits for its turn and then follows its orders, step by step."""

    def __init__(self, lane: Lane, client: str, log: list[str], steps: int = 1) -> None:
        self.turn, self.is_stopped = Turn(client, 1.0), False
        self._lane, self._log, self._steps = lane, log, steps
        self._thread = threading.Thread(target=self._run)
        lane.admit(self.turn)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._lane.enter(self.turn)
            for step in range(self._steps):
                if step:
                    self._lane.give_way(self.turn)
                self._log.append(str(self.turn.client))
        except Stopped:
            self.is_stopped = True
        finally:
            if self.turn.has_place:
                self._lane.leave(self.turn)
            self._lane.dismiss(self.turn)

    def join(self) -> None:
        self._thread.join(30)
        assert not self._thread.is_alive()


@pytest.fixture
def lane() -> Lane:
    return Lane(1)


@pytest.fixture
def occupied(lane: Lane) -> Callable[[], None]:
    """The only place is taken, until this is called."""
    first = Turn("first", 1.0)
    lane.enter(first)
    return lambda: lane.leave(first)


def begin(lane: Lane, log: list[str], clients: str, steps: int = 1) -> list[Worker]:
    """Workers that wait, in the order of their clients."""
    workers = []
    for number, client in enumerate(clients):
        workers.append(Worker(lane, client, log, steps))
        until(lambda number=number: lane.waiting == number + 1, "the worker to wait")  # type: ignore[misc]
    return workers


def test_clients_take_turns_however_much_work_each_has(lane: Lane, occupied: Callable[[], None]) -> None:
    log: list[str] = []
    workers = begin(lane, log, "aaaabbc")
    occupied()
    for worker in workers:
        worker.join()
    assert "".join(log) == "abcabaa"


def test_long_work_lets_that_of_others_go_first(lane: Lane, occupied: Callable[[], None]) -> None:
    log: list[str] = []
    workers = begin(lane, log, "ab", steps=3)
    occupied()
    for worker in workers:
        worker.join()
    assert "".join(log) == "ababab"


def test_who_gives_way_to_nobody_goes_on(lane: Lane) -> None:
    log: list[str] = []
    Worker(lane, "a", log, steps=5).join()
    assert log == ["a"] * 5


def test_work_that_is_stopped_while_it_waits_ends_at_once(lane: Lane, occupied: Callable[[], None]) -> None:
    log: list[str] = []
    first, second = begin(lane, log, "ab")
    lane.stop(first.turn)
    first.join()
    assert first.is_stopped
    occupied()
    second.join()
    assert log == ["b"]
    assert lane.waiting == lane.inside == 0
    late = Turn("c", 1.0)
    lane.stop(late)
    with pytest.raises(Stopped):
        lane.enter(late)


def test_what_is_inside_is_counted_by_client(lane: Lane) -> None:
    turns = [Turn("a", 1.0), Turn("a", 0.5), Turn("b", 2.0)]
    for turn in turns:
        lane.admit(turn)
    assert (lane.inside, lane.seconds, lane.seconds_of("a")) == (3, 3.5, 1.5)
    lane.expect(turns[0], 3.0)
    assert (lane.seconds, lane.seconds_of("a")) == (5.5, 3.5)
    for turn in [*turns, *turns]:
        lane.dismiss(turn)
    assert (lane.inside, lane.seconds, lane.seconds_of("a")) == (0, 0, 0)
    lane.expect(turns[0], 9.0)
    assert lane.seconds == 0
