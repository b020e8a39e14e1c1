"""What the routes of training call: from a checked request to a job in the store, and from there to an answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from anyio import to_thread
from fastapi import Response

from app.http.formats import to_json
from app.http.problems import JOB_ENDED, KEY_REUSED, QUEUE_FULL, UNKNOWN_MODEL, UNKNOWN_VERSION, Refusal
from app.jobs.events import Followers, unknown_job
from app.jobs.list_check import ListChecker
from app.jobs.loss_plot import LossPlotter
from app.jobs.order import Draft
from app.schemas import job_answers as views
from app.schemas.train import JobState, TrainFields
from app.serving.registry import ModelRegistry
from app.serving.snapshots import Served
from app.settings import Settings
from app.shutdown import ShutdownFlag
from app.store.async_store import AsyncStore

if TYPE_CHECKING:
    from app.store.records import Job, Order
    from app.store.sync_store import Store

FULL_RETRY_AFTER_SECONDS = 30


class TrainingService:
    """Trainings as their admin orders, reads, follows and cancels them; workers carry them out."""

    def __init__(
        self, settings: Settings, storage: AsyncStore, registry: ModelRegistry, stopping: ShutdownFlag
    ) -> None:
        self._settings = settings
        self._storage = storage
        self._registry = registry
        self._list_checker = ListChecker()
        self._followers = Followers(storage, registry.rounds, stopping, settings.max_followers)
        self._pictures = LossPlotter()

    async def submit(self, asked: TrainFields, file: bytes | None, key: str | None) -> Response:
        """Put a training into the queue, or find the one that the same request with the same key put there."""
        parent = await self._find_parent(asked.parent) if asked.parent else None
        draft = await to_thread.run_sync(partial(self._draft, asked, file))
        found = await self._list_checker.look(draft.source, draft.corpus, draft.content)
        prepared = (draft, draft.order(found, parent, self._settings), found.report)
        job, made = await self._storage.run(partial(self._enqueue, prepared, key))
        headers = {"Location": f"/train/{job.id}"} | ({} if made else {"Idempotency-Replayed": "true"})
        return _answer(views.whole(job), HTTPStatus.ACCEPTED, headers)

    async def show(self, job_id: str) -> Response:
        """One job."""
        return _answer(views.whole(await self._find(job_id)))

    async def list(self, state: JobState | None, limit: int, before: str | None) -> Response:
        """Jobs, newest first."""
        found = await self._storage.run(lambda store: store.jobs.list(state=state, limit=limit + 1, before=before))
        page, following = found[:limit], None
        if len(found) > limit:
            query = ({"state": state} if state else {}) | {"limit": limit, "before": page[-1].id}
            following = f"/train?{urlencode(query)}"
        return _answer({"jobs": [views.brief(job) for job in page], "next": following})

    async def cancel(self, job_id: str) -> Response:
        """End a job that has not ended."""
        job = await self._storage.run(lambda store: store.jobs.cancel(job_id))
        if job is None:
            raise unknown_job(job_id)
        if job.state != "cancelled":
            raise Refusal(JOB_ENDED, f"the job has ended, it {job.state}", state=job.state)
        return _answer(views.whole(job))

    async def follow(self, job_id: str, last_event_id: str) -> Response:
        """The events of a job."""
        return await self._followers.follow(job_id, last_event_id)

    async def draw_loss(self, job_id: str) -> Response:
        """The loss curve of a job, without points where there are none yet: a page that shows it needs no more."""
        picture = await self._pictures.draw(await self._find(job_id))
        return Response(picture, headers={"Cache-Control": "no-store"}, media_type="image/png")

    async def _find_parent(self, reference: str) -> Served:
        try:
            return await self._registry.resolve(reference)
        except Refusal as refusal:
            if refusal.kind not in (UNKNOWN_MODEL, UNKNOWN_VERSION):
                raise
            raise Refusal(refusal.kind, f"from: {refusal.detail}", **refusal.members) from None

    def _draft(self, asked: TrainFields, file: bytes | None) -> Draft:
        draft = Draft.of(asked, file, self._settings.default_model)
        draft.check_length(self._settings)
        return draft

    def _enqueue(self, prepared: _Prepared, key: str | None, store: Store) -> tuple[Job, bool]:
        from app.store.errors import KeyReused, QueueFull

        draft, order, report = prepared
        try:
            return store.jobs.submit(
                order,
                draft.content,
                report,
                max_queued=self._settings.max_queue,
                key=key,
                fingerprint=draft.fingerprint,
            )
        except KeyReused:
            detail = "this Idempotency-Key was sent with another request before; send a new one with a new request"
            raise Refusal(KEY_REUSED, detail) from None
        except QueueFull as full:
            detail = f"{full.limit} trainings are waiting already; try again when one has ended"
            raise Refusal(QUEUE_FULL, detail, headers={"Retry-After": str(FULL_RETRY_AFTER_SECONDS)}) from None

    async def _find(self, job_id: str) -> Job:
        job = await self._storage.run(lambda store: store.jobs.get(job_id))
        if job is None:
            raise unknown_job(job_id)
        return job


_Prepared = tuple[Draft, "Order", dict[str, Any]]


def _answer(told: Mapping[str, Any], status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> Response:
    """In bytes; checking it against its schema once more would cost more than making it."""
    return Response(
        to_json(told).encode(),
        status,
        {"Cache-Control": "no-store", **(headers or {})},
        "application/json",
    )
