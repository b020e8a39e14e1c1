"""The events of trainings: what is new of a job, once, for any number of clients.

The position after an event, `revision-step-state`, is its id: a client that comes back with it, to whichever process,
misses nothing and gets nothing twice.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal, Self

from anyio import Lock

from app.jobs.errors import TooManyFollowers, UnknownJob
from app.serving.periodic import PeriodicTask
from app.shutdown import ShutdownFlag
from app.store.async_store import AsyncStore
from app.store.errors import StoreAway
from app.store.records import ENDED, STATES, Job, Point

POLL_SECONDS = 0.5
KEEP_ALIVE_SECONDS = 15.0
CATCH_UP_SECONDS = 3.0
"""How long the end of a job is held back until this process has polled the catalogue once more."""

NO_STATE = "none"
EVENT_ID = re.compile(rf"(\d{{1,18}})-(\d{{1,18}})-({'|'.join((NO_STATE, *STATES))})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Position:
    """What a client knows of a job: up to which revision, which step of the loss curve, and which state."""

    revision: int = 0
    step: int = 0
    state: str = NO_STATE

    @classmethod
    def parse(cls, last_event_id: str, job: Job) -> Self:
        """The position of a `Last-Event-ID`; the first one for an id that no event of this job can have had."""
        found = EVENT_ID.fullmatch(last_event_id)
        if found is None or int(found[1]) > job.revision:
            return cls()
        return cls(int(found[1]), int(found[2]), found[3])

    def __str__(self) -> str:
        return f"{self.revision}-{self.step}-{self.state}"


@dataclass(frozen=True, slots=True)
class Event:
    """A job with a new state, or with new points of its loss curve; and the position after it."""

    name: Literal["state", "progress"]
    position: Position
    job: Job
    points: tuple[Point, ...] = ()


def new_events(job: Job, position: Position) -> Iterator[Event]:
    """The events of a job after a position: that it goes on, its progress, that it has ended."""
    points = tuple(point for point in job.history if point[0] > position.step)
    is_state_new = job.state != position.state
    if is_state_new and job.state not in ENDED:
        position = replace(position, revision=job.revision, state=job.state)
        yield Event("state", position, job)
        is_state_new = False
    if points or (job.revision > position.revision and not is_state_new):
        position = replace(position, revision=job.revision, step=points[-1][0] if points else position.step)
        yield Event("progress", position, job, points)
    if is_state_new:
        yield Event("state", replace(position, revision=job.revision, state=job.state), job)


@dataclass(slots=True)
class _FollowedJob:
    """A job that is read from the store once for all its followers."""

    followers: int = 0
    lock: Lock = field(default_factory=Lock)
    read_at: float = -POLL_SECONDS
    job: Job | None = None


class Followers:
    """The clients that follow trainings, no more than `max_followers` at once."""

    def __init__(
        self,
        store: AsyncStore,
        polling: PeriodicTask,
        shutdown: ShutdownFlag,
        max_followers: int,
        *,
        keep_alive_seconds: float = KEEP_ALIVE_SECONDS,
    ) -> None:
        self._store = store
        self._polling = polling
        self._shutdown = shutdown
        self._max_followers = max_followers
        self._keep_alive_seconds = keep_alive_seconds
        self._followed: dict[str, _FollowedJob] = {}

    @property
    def count(self) -> int:
        """How many clients follow now."""
        return sum(followed.followers for followed in self._followed.values())

    async def follow(self, job_id: str, last_event_id: str) -> Subscription | None:
        """A subscription to the events of a job, which must be closed; None if all of them were sent.

        Raises
        ------
        UnknownJob, TooManyFollowers, StoreAway
            There is no such job, too many follow already, or the job cannot be read now.
        """
        job = await self._store.run(lambda store: store.jobs.get(job_id))
        if job is None:
            raise UnknownJob(job_id)
        position = Position.parse(last_event_id, job)
        if position.state == job.state and job.state in ENDED:
            return None
        if self.count >= self._max_followers:
            raise TooManyFollowers(self._max_followers, job_id)
        self._followed.setdefault(job_id, _FollowedJob()).followers += 1
        return Subscription(self, job, position)

    async def events(self, job: Job, position: Position) -> AsyncIterator[Event | None]:
        """Every event after a position, until the job or the service ends; None where nothing is new for a while."""
        sent_at = time.monotonic()
        while True:
            for event in new_events(job, position):
                yield event
                position, sent_at = event.position, time.monotonic()
            if job.state in ENDED:
                return
            await self._shutdown.sleep(POLL_SECONDS)
            if self._shutdown.asked:
                return
            if time.monotonic() - sent_at >= self._keep_alive_seconds:
                yield None
                sent_at = time.monotonic()
            job = await self._read(job)
            if job.version is not None:  # a client that reads of a version here should be able to draw from it
                await self._polling.trigger(CATCH_UP_SECONDS)

    def leave(self, job_id: str) -> None:
        """One client fewer follows this job."""
        followed = self._followed[job_id]
        followed.followers -= 1
        if not followed.followers:
            del self._followed[job_id]

    async def _read(self, known: Job) -> Job:
        """The job as it is now; as it was, while the database is away."""
        followed = self._followed[known.id]
        async with followed.lock:
            if time.monotonic() - followed.read_at >= POLL_SECONDS / 2:
                with suppress(StoreAway):
                    followed.job = await self._store.run(lambda store: store.jobs.get(known.id))
                followed.read_at = time.monotonic()
        found = followed.job
        return found if found and found.revision > known.revision else known


@dataclass(frozen=True, slots=True)
class Subscription:
    """One client's events of a job; it counts as a follower until it is closed."""

    followers: Followers
    job: Job
    position: Position

    def events(self) -> AsyncIterator[Event | None]:
        """See `Followers.events`."""
        return self.followers.events(self.job, self.position)

    def close(self) -> None:
        """Make room for another client."""
        self.followers.leave(self.job.id)
