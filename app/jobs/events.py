"""Trainings as server-sent events: what is new of a job, told once, to any number of clients.

The id of an event says how much was told by then, `revision-step-state`, so that a client that comes back with it, to
whichever process, misses nothing and gets nothing twice.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self, get_args

from anyio import Lock
from fastapi import Response
from fastapi.sse import format_sse_event
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from app.http.formats import to_json
from app.http.problems import NO_DATABASE, OVER_CAPACITY, UNKNOWN_JOB, Refusal
from app.schemas import job_answers as views
from app.schemas.train import JobState
from app.serving.periodic import PeriodicTask
from app.shutdown import ShutdownFlag
from app.store.async_store import AsyncStore

if TYPE_CHECKING:
    from app.store.records import Job

POLL_SECONDS = 0.5
KEEP_ALIVE_SECONDS = 15
CATCH_UP_SECONDS = 3
"""How long the end of a job is held back until this process has looked at the catalogue once more."""

RETRY_MILLISECONDS = 2000
"""How long a client should wait before it comes back."""

ENDED = frozenset({"succeeded", "failed", "cancelled"})
NOTHING = "none"
EVENT_ID = re.compile(rf"(\d{{1,18}})-(\d{{1,18}})-({'|'.join((NOTHING, *get_args(JobState)))})", re.ASCII)
MEDIA_TYPE = "text/event-stream"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
KEEP_ALIVE = format_sse_event(comment="still here")
START = format_sse_event(retry=RETRY_MILLISECONDS)


@dataclass(frozen=True, slots=True)
class Told:
    """What a client knows of a job: up to which revision, which step of the loss curve, and which state."""

    revision: int = 0
    step: int = 0
    state: str = NOTHING

    @classmethod
    def read(cls, last_event_id: str, job: Job) -> Self:
        """From a `Last-Event-ID`; what no event of this job can have had tells nothing."""
        found = EVENT_ID.fullmatch(last_event_id)
        if found is None or int(found[1]) > job.revision:
            return cls()
        return cls(int(found[1]), int(found[2]), found[3])

    def __str__(self) -> str:
        return f"{self.revision}-{self.step}-{self.state}"


@dataclass(frozen=True, slots=True)
class Event:
    """One event, and what is told once it is sent."""

    name: str
    told: Told
    data: dict[str, Any]

    def encode(self) -> bytes:
        """As it goes over the wire."""
        return format_sse_event(data_str=to_json(self.data), event=self.name, id=str(self.told))


def news(job: Job, told: Told) -> Iterator[Event]:
    """What there is to tell of a job: that it goes on, its progress, that it has ended."""
    points = [point for point in job.history if point[0] > told.step]
    changed = job.state != told.state
    if changed and job.state not in ENDED:
        told = replace(told, revision=job.revision, state=job.state)
        yield Event("state", told, views.whole(job))
        changed = False
    if points or (job.revision > told.revision and not changed):
        told = replace(told, revision=job.revision, step=points[-1][0] if points else told.step)
        data = {
            "id": job.id,
            "state": job.state,
            "progress": views.progress(job),
            "loss": views.loss(job.history, points),
        }
        yield Event("progress", told, data)
    if changed:
        yield Event("state", replace(told, revision=job.revision, state=job.state), views.whole(job))


@dataclass(slots=True)
class _Watched:
    """A job that is followed, looked up once for all who do."""

    followers: int = 0
    lock: Lock = field(default_factory=Lock)
    seen: float = -POLL_SECONDS
    job: Job | None = None


class Followers:
    """Those who follow trainings, no more than `most` at once."""

    def __init__(self, storage: AsyncStore, looks: PeriodicTask, stopping: ShutdownFlag, most: int) -> None:
        self._storage = storage
        self._looks = looks
        self._stopping = stopping
        self._most = most
        self._watched: dict[str, _Watched] = {}

    async def follow(self, job_id: str, last_event_id: str) -> Response:
        """Answer with the events of a job until it ends; with nothing if its end has been told.

        Raises
        ------
        Refusal
            There is no such job, its state cannot be looked up, or too many follow already.
        """
        job = await self._storage.run(lambda store: store.jobs.get(job_id))
        if job is None:
            raise unknown_job(job_id)
        told = Told.read(last_event_id, job)
        if told.state == job.state and job.state in ENDED:
            return Response(status_code=204, headers=HEADERS)  # at which browsers come back no more
        if sum(watched.followers for watched in self._watched.values()) >= self._most:
            detail = f"{self._most} clients follow trainings already; try again later, or ask GET /train/{job_id}"
            raise Refusal(OVER_CAPACITY, detail, headers={"Retry-After": "5"})
        return _Stream(self, job, told)

    async def events(self, job: Job, told: Told) -> AsyncIterator[bytes]:
        """Everything that is new, as it comes, until the job ends or the service does."""
        yield START
        sent = time.monotonic()
        while True:
            for event in news(job, told):
                yield event.encode()
                told, sent = event.told, time.monotonic()
            if job.state in ENDED:
                return
            await self._stopping.sleep(POLL_SECONDS)
            if self._stopping.asked:
                return
            if time.monotonic() - sent >= KEEP_ALIVE_SECONDS:
                yield KEEP_ALIVE
                sent = time.monotonic()
            job = await self._look(job)
            if job.version is not None:  # whoever reads of a version here should be able to draw from it
                await self._looks.next(CATCH_UP_SECONDS)

    def come(self, job_id: str) -> None:
        """One more follows this job."""
        self._watched.setdefault(job_id, _Watched()).followers += 1

    def leave(self, job_id: str) -> None:
        """One fewer does."""
        watched = self._watched[job_id]
        watched.followers -= 1
        if not watched.followers:
            del self._watched[job_id]

    async def _look(self, known: Job) -> Job:
        """The job as it is by now; as it was, while the database is away."""
        watched = self._watched[known.id]
        async with watched.lock:
            if time.monotonic() - watched.seen >= POLL_SECONDS / 2:
                try:
                    watched.job = await self._storage.run(lambda store: store.jobs.get(known.id))
                except Refusal as refusal:
                    if refusal.kind is not NO_DATABASE:
                        raise
                watched.seen = time.monotonic()
        found = watched.job
        return found if found and found.revision > known.revision else known


class _Stream(StreamingResponse):
    """The events of a job; its place is taken when it is made, and given back whenever and however it ends.

    Not one of FastAPI's, which encodes what a route yields: by then it is too late to refuse.
    """

    media_type = MEDIA_TYPE

    def __init__(self, followers: Followers, job: Job, told: Told) -> None:
        super().__init__(followers.events(job, told), headers=HEADERS)
        self._leave = partial(followers.leave, job.id)
        followers.come(job.id)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()


def unknown_job(job_id: str) -> Refusal:
    """What there is to say of a job that there is not."""
    return Refusal(UNKNOWN_JOB, f"there is no job {job_id!r}; GET /train lists those that there are")
