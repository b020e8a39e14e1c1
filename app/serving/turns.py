"""Lanes, in which few pieces of work run at a time, each in its thread, and the others wait for their turn."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Hashable
from threading import Lock

NOTHING = 1e-9
"""Seconds: what is left of sums when all of them were taken away."""


class Stopped(Exception):
    """The client has left."""


class Turn:
    """A piece of work, as it is counted, waits and runs.

    Attributes
    ----------
    client
        Whose work it is.
    seconds
        Processor time that it is expected to take.
    lane
        Where it is counted; None before and after.
    is_stopped
        Whether it should raise Stopped at its next checkpoint.
    has_place
        Whether it may run.
    """

    def __init__(self, client: Hashable, seconds: float) -> None:
        self.client, self.seconds = client, seconds
        self.lane: Lane | None = None
        self.is_stopped = self.has_place = False
        self.may_go_on = Lock()
        self.may_go_on.acquire()


class Lane:
    """Places for work. Clients take turns, and so do the pieces of work of each.

    Only what has a place runs, so that few threads compete for the interpreter's lock, however many have begun.

    Attributes
    ----------
    inside
        Pieces of work that wait or run.
    """

    def __init__(self, places: int) -> None:
        self.places = self._free = places
        self._waiting: OrderedDict[Hashable, deque[Turn]] = OrderedDict()
        self._lock = Lock()
        self._expected: defaultdict[Hashable, float] = defaultdict(float)  # seconds, by client
        self.inside = 0

    @property
    def seconds(self) -> float:
        """Processor time that all of it is expected to take."""
        return sum(self._expected.values())

    @property
    def waiting(self) -> int:
        """How many pieces of work wait."""
        with self._lock:
            return sum(map(len, self._waiting.values()))

    def seconds_of(self, client: Hashable) -> float:
        """The same of one client."""
        return self._expected.get(client, 0.0)

    def admit(self, turn: Turn) -> None:
        """Count a piece of work, until it is dismissed."""
        with self._lock:
            turn.lane = self
            self.inside += 1
            self._expected[turn.client] += turn.seconds

    def dismiss(self, turn: Turn) -> None:
        """Count it no more; without effect where it is not counted."""
        with self._lock:
            if turn.lane is self:
                turn.lane = None
                self.inside -= 1
                self._expect(turn, 0.0)

    def expect(self, turn: Turn, seconds: float) -> None:
        """Expect a piece of work to take another time."""
        with self._lock:
            if turn.lane is self:
                self._expect(turn, seconds)

    def enter(self, turn: Turn) -> None:
        """Wait for a place; raises Stopped, without one."""
        with self._lock:
            if self._free and not turn.is_stopped:
                self._free -= 1
                turn.has_place = True
                return
            self._queue(turn)
        self._wait(turn)

    def leave(self, turn: Turn) -> None:
        """Give a place back."""
        with self._lock:
            turn.has_place = False
            if not self._pass_on():
                self._free += 1

    def give_way(self, turn: Turn) -> None:
        """Let those that wait go first, and wait again; raises Stopped, without a place."""
        with self._lock:
            if not self._waiting:
                return
            turn.has_place = False
            self._queue(turn)
            self._pass_on()
        self._wait(turn)

    def stop(self, turn: Turn) -> None:
        """Let a piece of work end at its next checkpoint, or at once where it waits."""
        with self._lock:
            turn.is_stopped = True
            mine = self._waiting.get(turn.client)
            if mine and turn in mine:
                mine.remove(turn)
                if not mine:
                    del self._waiting[turn.client]
                turn.may_go_on.release()

    def _expect(self, turn: Turn, seconds: float) -> None:
        self._expected[turn.client] += seconds - turn.seconds
        turn.seconds = seconds
        if self._expected[turn.client] < NOTHING:
            del self._expected[turn.client]

    def _queue(self, turn: Turn) -> None:
        if turn.is_stopped:
            turn.may_go_on.release()
        else:
            self._waiting.setdefault(turn.client, deque()).append(turn)

    def _pass_on(self) -> bool:
        """Give a place to the client whose turn it is; whether there was one."""
        if not self._waiting:
            return False
        client, mine = next(iter(self._waiting.items()))
        turn = mine.popleft()
        if mine:
            self._waiting.move_to_end(client)
        else:
            del self._waiting[client]
        turn.has_place = True
        turn.may_go_on.release()
        return True

    def _wait(self, turn: Turn) -> None:
        turn.may_go_on.acquire()
        if not turn.has_place:
            raise Stopped
