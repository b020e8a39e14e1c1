"""Jobs and their events in bytes; `app.schemas.jobs` says what they look like."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from fastapi import Response
from fastapi.sse import format_sse_event
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from app.http.formats import json_response, to_json
from app.jobs.events import Event, Subscription
from app.store.records import WITHDRAWN, Job, Point
from model.errors import InvalidOption
from model.training.hyperparameters import Hyperparameters

LOSS_DIGITS = 5
"""Of a loss in nats per letter, after the point; models differ in the third."""

RETRY_MILLISECONDS = 2000
"""How long a client should wait before it comes back."""

STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
KEEP_ALIVE = format_sse_event(comment="still here")
STREAM_START = format_sse_event(retry=RETRY_MILLISECONDS)


class EventStream(StreamingResponse):
    """The events of a job as server-sent events; its subscription is closed whenever and however it ends.

    Not one of FastAPI's, which encodes what a route yields: by then it is too late to refuse.
    """

    media_type = "text/event-stream"

    def __init__(self, subscription: Subscription) -> None:
        super().__init__(_encode_events(subscription), headers=STREAM_HEADERS)
        self._subscription = subscription

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._subscription.close()


async def _encode_events(subscription: Subscription) -> AsyncIterator[bytes]:
    yield STREAM_START
    async for event in subscription.events():
        yield KEEP_ALIVE if event is None else _encode_event(event)


def _encode_event(event: Event) -> bytes:
    job = event.job
    if event.name == "state":
        data = job_to_json(job)
    else:
        loss = _loss(job.history, event.points)
        data = {"id": job.id, "state": job.state, "progress": _progress(job), "loss": loss}
    return format_sse_event(data_str=to_json(data), event=event.name, id=str(event.position))


def job_response(job: Job, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> Response:
    """One job."""
    return json_response(job_to_json(job), status, {"Cache-Control": "no-store", **(headers or {})})


def job_to_json(job: Job) -> dict[str, Any]:
    """A job with the points of its loss curve and the report on its names."""
    return summary_to_json(job) | {"loss": _loss(job.history, job.history), "report": job.report}


def summary_to_json(job: Job) -> dict[str, Any]:
    """A job in a list."""
    order = job.order
    return {
        "id": job.id,
        "model": order.model,
        "state": job.state,
        "created": _time(job.created),
        "started": _time(job.started),
        "finished": _time(job.finished),
        "progress": _progress(job),
        "error": job.error,
        "version": job.version,
        "published": job.promoted,
        "promoted": job.promoted,
        "verdict": _verdict(job),
        "request": {
            "source": order.source,
            "corpus": order.corpus if order.source == "bundled" else None,
            "preset": order.preset,
            "hyperparameters": order.overrides,
            "epochs": order.epochs,
            "minutes": order.minutes,
            "seed": order.seed,
            "from": order.parent,
            "publish": order.publish,
            "public_membership": order.public_membership,
            "language": order.language or None,
            "kind": order.kind or None,
        },
    }


def _verdict(job: Job) -> str | None:
    """Why the version was put into service, or was not and how to use it all the same."""
    if job.promoted is not False:
        return job.verdict
    model, version = job.order.model, job.version
    advice = f'put it into service with PUT /models/{model}/alias/champion {{"version": {version}}}'
    if job.verdict != WITHDRAWN:
        advice = f"draw from {model}@{version}, or {advice}"
    return f"{job.verdict}. To use it all the same, {advice}"


def _progress(job: Job) -> dict[str, Any]:
    fraction = 1.0 if job.state == "succeeded" else job.step / job.steps if job.steps else 0.0
    return {
        "step": job.step,
        "steps": job.steps,
        "phase": _phase(job),
        "fraction": round(fraction, 4),
        "names_per_second": _rounded(job.names_per_second, 1),
        "seconds_left": _rounded(job.seconds_left, 1),
        "drawn": list(job.drawn),
    }


def _phase(job: Job) -> str | None:
    try:
        return Hyperparameters(**job.plan).phase(len(job.history)) or None if job.plan else None
    except (TypeError, InvalidOption):  # a row that somebody has changed
        return None


def _loss(history: Sequence[Point], points: Sequence[Point]) -> dict[str, Any]:
    """The last losses of a history, and some points of its curve."""
    held_out = (point[2] for point in reversed(history) if point[2] is not None)
    return {
        "train": _rounded(history[-1][1] if history else None, LOSS_DIGITS),
        "held_out": _rounded(next(held_out, None), LOSS_DIGITS),
        "history": [
            {"step": step, "train": _rounded(train, LOSS_DIGITS), "held_out": _rounded(held_out, LOSS_DIGITS)}
            for step, train, held_out in points
        ],
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _time(time: datetime | None) -> str | None:
    return time.isoformat(timespec="milliseconds") if time else None
