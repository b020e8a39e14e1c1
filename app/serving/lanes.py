"""Threads for numerical work beside the event loop: a lane for what is short, and another for what is long.

How long a piece of work takes is estimated before it begins, see `app.serving.cost`. That decides on its lane, and
whether it is taken on at all. What takes longer in the short lane than it should goes on in the long one, where work
gives way to others at checkpoints (`model.generation.checkpoints`). What takes no longer than the way through a thread
is done on the event loop.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from time import thread_time
from typing import NamedTuple, TypeVar

from anyio import CapacityLimiter, to_thread

from app.serving.cost import Speed
from app.serving.errors import Busy, ClientLeft
from app.serving.turns import Lane, Stopped, Turn
from app.shutdown import ShutdownFlag
from model.generation.checkpoints import checked_by, limited_ahead, own_time

SHORT_SECONDS = 0.01
"""Estimates of what is short, on the machine for reference, so that it does not depend on this one's day."""

SLICE_SECONDS = 0.03
"""Processor time after which long work gives way, and what was thought to be short is long."""

LAST_SECONDS = 2.0
"""How long work that has begun may take to end when the service stops; what waits to begin is refused at once."""

AT_ONCE_SECONDS = 200e-6
"""Estimates, on the machine for reference, of what is done on the event loop: where all is slower, the way through a
thread, which takes about as much, is too."""

LONGEST_AT_ONCE_SECONDS = 0.002

ROOM_SECONDS = 0.03
"""How long work waits for room before it is refused: a client that asks again at once, from many connections, would
keep the event loop busy with refusals otherwise."""

STOPPING = "the service stops"

SHARE = 0.5
"""Of the seconds that may wait in the long lane, those that one client may have, beside its first piece of work."""

T = TypeVar("T")


class _Longer(Exception):
    """Work that was begun on the event loop takes long after all; it is done again in a thread."""


async def never() -> None:
    """Wait for ever."""
    await asyncio.get_running_loop().create_future()


class Client(NamedTuple):
    """Whose work it is.

    Attributes
    ----------
    address
        Equal for requests of one client: clients take turns.
    left
        Returns when the client has left, whose work is then stopped.
    """

    address: Hashable = ""
    left: Callable[[], Awaitable[None]] = never


ANYONE = Client()


class Lanes:
    """Runs work in threads, or refuses it at once; what is taken on is refused later only if the service stops.

    Parameters
    ----------
    shutdown
        Set when the service stops.
    threads
        One is for what is short, and the others, at least one, for what is long.
    max_waiting
        Most pieces of work that may wait in each lane.
    max_wait_seconds
        Most processor time that all work in a lane may be expected to take, unless it is a single piece.
    max_seconds
        Processor time after which checkpoints say that there is no time left; what is prepared once for all requests
        does not count.
    max_seconds_ahead
        The same of what comes ahead of an answer, which has this time beside its own.
    """

    def __init__(
        self,
        shutdown: ShutdownFlag,
        *,
        threads: int,
        max_waiting: int,
        max_wait_seconds: float,
        max_seconds: float,
        max_seconds_ahead: float = math.inf,
    ) -> None:
        self.max_seconds, self._max_seconds_ahead = max_seconds, max_seconds_ahead
        self.shutdown = shutdown
        self._short, self._long, self._ahead = Lane(1), Lane(max(threads - 1, 1)), Lane(1)
        self._max_waiting, self._max_wait_seconds = max_waiting, max_wait_seconds
        self._threads = CapacityLimiter(math.inf)  # as many as are inside the lanes
        self._speed = Speed()

    async def run(self, work: Callable[[], T], seconds: float = 0.0, client: Client = ANYONE) -> T:
        """Run work that is estimated to take so many seconds, see `app.serving.cost`.

        Raises
        ------
        Busy
            There is too much before it, or the service stops.
        ClientLeft
            Its client has left.
        """
        if 0 < seconds <= AT_ONCE_SECONDS:
            try:
                return self._run_at_once(work, seconds)
            except _Longer:
                pass
        turn = Turn(client.address, min(self._speed.expected(seconds), self.max_seconds))
        lane = self._short if seconds <= SHORT_SECONDS else self._long
        try:
            self._check(lane, turn)
        except Busy:
            await asyncio.sleep(ROOM_SECONDS)
            self._check(lane, turn)
        result, used = await self._run(work, turn, lane, client)
        if seconds:
            self._speed.observe(seconds, used)
        return result

    def _run_at_once(self, work: Callable[[], T], seconds: float) -> T:
        """Run work on the event loop; raises _Longer at a checkpoint where it takes too long."""
        begun = thread_time()

        def check(_: bool) -> float:
            if thread_time() - begun > LONGEST_AT_ONCE_SECONDS:
                raise _Longer
            return math.inf

        with checked_by(check):
            result = work()
        self._speed.observe(seconds, thread_time() - begun)
        return result

    async def run_part(self, work: Callable[[], T], client: Client = ANYONE) -> T:
        """Run a part of what has begun, in the long lane; it is never refused, so there should be few."""
        result, _ = await self._run(work, Turn(client.address, SLICE_SECONDS), self._long, client, is_timed=False)
        return result

    async def run_ahead(self, work: Callable[[], T]) -> T:
        """Run work that nobody waits for yet, apart from what somebody does, one piece at a time."""
        result, _ = await self._run(work, Turn("", SLICE_SECONDS), self._ahead, ANYONE, is_timed=False)
        return result

    def _check(self, lane: Lane, turn: Turn) -> None:
        """Refuse work that would have to wait for too much."""
        if not lane.inside:
            return
        wait = math.ceil(lane.seconds / lane.places) or 1
        if lane.inside >= lane.places + self._max_waiting:
            raise Busy(retry_after_seconds=wait)
        if lane.seconds + turn.seconds > self._max_wait_seconds * lane.places:
            raise Busy("too much work is waiting", retry_after_seconds=wait)
        mine = lane.seconds_of(turn.client)
        if lane is self._long and mine and mine + turn.seconds > SHARE * self._max_wait_seconds * lane.places:
            raise Busy("too much of your work is waiting", retry_after_seconds=wait)

    async def _run(
        self, work: Callable[[], T], turn: Turn, lane: Lane, client: Client, *, is_timed: bool = True
    ) -> tuple[T, float]:
        lane.admit(turn)
        watching = asyncio.ensure_future(self._stop_when_left(turn, client))
        in_thread = partial(self._in_thread, work, turn, lane, is_timed=is_timed)
        try:
            return await to_thread.run_sync(in_thread, abandon_on_cancel=True, limiter=self._threads)
        except Stopped:
            raise ClientLeft from None
        finally:
            watching.cancel()
            self._stop(turn)  # where it is cancelled; it has ended otherwise

    async def _stop_when_left(self, turn: Turn, client: Client) -> None:
        await client.left()
        self._stop(turn)

    def _stop(self, turn: Turn) -> None:
        turn.is_stopped = True
        for lane in (self._short, self._long, self._ahead):
            lane.stop(turn)
            lane.dismiss(turn)

    def _in_thread(self, work: Callable[[], T], turn: Turn, lane: Lane, *, is_timed: bool) -> tuple[T, float]:
        """Do the work when it is its turn; its result, and the processor time that it took for itself."""
        begun, gives_way = own_time(), thread_time() + SLICE_SECONDS

        def check(is_blocked: bool) -> float:
            nonlocal lane, gives_way
            if turn.is_stopped:
                raise Stopped
            used = own_time() - begun
            if is_blocked or thread_time() > gives_way:
                lane = self._give_way(turn, lane, used)
                gives_way = thread_time() + SLICE_SECONDS
            return self.max_seconds - used if is_timed else math.inf

        try:
            lane.enter(turn)
            if self.shutdown.asked and is_timed and lane is self._long:
                raise Busy(STOPPING)
            with checked_by(check), limited_ahead(self._max_seconds_ahead) as used_ahead:
                result = work()
                return result, own_time() - begun + used_ahead()
        finally:
            if turn.has_place:
                lane.leave(turn)
            if turn.lane:
                turn.lane.dismiss(turn)

    def _give_way(self, turn: Turn, lane: Lane, used: float) -> Lane:
        """Let others go first, after a time that was `used`; the lane where the work goes on."""
        if lane is self._short:
            lane.leave(turn)
            lane.dismiss(turn)
            turn.seconds = min(2 * used, self.max_seconds)
            self._long.admit(turn)
            self._long.enter(turn)
            return self._long
        if used > turn.seconds:
            lane.expect(turn, min(2 * used, self.max_seconds))
        lane.give_way(turn)
        if self.shutdown.seconds_ago > LAST_SECONDS:
            raise Busy(STOPPING)
        return lane
