"""Trainings as their admin submits, reads, follows and cancels them; workers carry them out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from anyio import to_thread

from app.jobs.errors import JobEnded, UnknownJob
from app.jobs.events import Followers, Subscription
from app.jobs.list_check import ListChecker
from app.jobs.loss_plot import LossPlotter
from app.jobs.repeats import Repeats
from app.serving.errors import UnknownReference
from app.serving.registry import ModelRegistry
from app.serving.snapshots import Served
from app.settings import Settings
from app.store.async_store import AsyncStore
from app.store.records import RANDOM_WEIGHTS, Job, State

if TYPE_CHECKING:
    from app.jobs.order import Draft
    from app.schemas.train import TrainFields


@dataclass(frozen=True, slots=True)
class Page:
    """Jobs, newest first, without their loss curves."""

    jobs: tuple[Job, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class TrainingService:
    """The use cases of trainings."""

    settings: Settings
    store: AsyncStore
    registry: ModelRegistry
    followers: Followers
    list_checker: ListChecker
    loss_plotter: LossPlotter
    repeats: Repeats = field(default_factory=Repeats)

    async def submit(self, request: TrainFields, file: bytes | None, key: str | None) -> tuple[Job, bool]:
        """Queue a training, or find the one that the same request with the same key queued.

        Returns
        -------
        job, is_new
            The job, and whether it was made now.
        """
        draft, fingerprint = await to_thread.run_sync(partial(self._draft, request, file))
        if key is None:
            return await self._queue(draft, fingerprint, None)
        return await self.repeats.submit(key, fingerprint, partial(self._queue_once, draft, fingerprint, key))

    async def find(self, job_id: str) -> Job:
        """One job."""
        job = await self.store.run(lambda store: store.jobs.get(job_id))
        if job is None:
            raise UnknownJob(job_id)
        return job

    async def list(self, state: State | None, limit: int, before: str | None) -> Page:
        """Jobs, newest first."""
        found = await self.store.run(lambda store: store.jobs.list(state=state, limit=limit + 1, before=before))
        return Page(tuple(found[:limit]), len(found) > limit)

    async def cancel(self, job_id: str) -> Job:
        """End a job that has not ended."""
        job = await self.store.run(lambda store: store.jobs.cancel(job_id))
        if job is None:
            raise UnknownJob(job_id)
        if job.state != "cancelled":
            raise JobEnded(job.state)
        return job

    async def follow(self, job_id: str, last_event_id: str) -> Subscription | None:
        """The events of a job that come after one; None if that was the last."""
        return await self.followers.follow(job_id, last_event_id)

    async def draw_loss(self, job_id: str) -> bytes:
        """The loss curve of a job as PNG, empty where it has no points yet: a page that shows it needs no more."""
        return await self.loss_plotter.draw(await self.find(job_id))

    async def _queue_once(self, draft: Draft, fingerprint: str, key: str) -> tuple[Job, bool]:
        """Queue a training, unless the store knows its key: then its list need not be looked at again."""
        job = await self.store.run(lambda store: store.jobs.repeated(key, fingerprint))
        return (job, False) if job else await self._queue(draft, fingerprint, key)

    async def _queue(self, draft: Draft, fingerprint: str, key: str | None) -> tuple[Job, bool]:
        """Look at the list, and queue its training."""
        await to_thread.run_sync(draft.check_length, self.settings)
        parent, reference = None, draft.request.parent
        if reference is not None and reference != RANDOM_WEIGHTS:
            parent = await self._find_parent(reference)
        checked = await self.list_checker.check(draft.source, draft.corpus, draft.content)
        order = await to_thread.run_sync(partial(draft.to_order, checked, parent, self.settings))
        report = await to_thread.run_sync(partial(draft.report, checked, self.settings))
        return await self.store.run(
            lambda store: store.jobs.submit(
                order,
                draft.content,
                report,
                max_queued=self.settings.max_queue,
                key=key,
                fingerprint=fingerprint,
            )
        )

    async def _find_parent(self, reference: str) -> Served:
        try:
            return await self.registry.resolve(reference)
        except UnknownReference as error:
            error.field = "from"
            raise

    def _draft(self, request: TrainFields, file: bytes | None) -> tuple[Draft, str]:
        """What a request asks for, and its fingerprint: a hash over the whole list."""
        from app.jobs.order import Draft  # with all that trains, which a start does without

        draft = Draft.of(request, file, self.settings.default_model)
        return draft, draft.fingerprint
