"""Jobs as their admin sees them, ready for JSON; what they look like is told in `app.schemas.jobs`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.store.records import Job

DIGITS = 5
"""Of a loss in nats per letter, after the point; the third tells a model from a better one."""

Point = tuple[int, float, float | None]


def whole(job: Job) -> dict[str, Any]:
    """Everything about a job."""
    told = brief(job)
    told["loss"] = loss(job.history, job.history)
    return told | {"report": job.report}


def brief(job: Job) -> dict[str, Any]:
    """A job in a list: without the points of its loss and the report on its names."""
    order = job.order
    return {
        "id": job.id,
        "model": order.model,
        "state": job.state,
        "created": _time(job.created),
        "started": _time(job.started),
        "finished": _time(job.finished),
        "progress": progress(job),
        "error": job.error,
        "version": job.version,
        "promoted": job.promoted,
        "verdict": job.verdict,
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
        },
    }


def progress(job: Job) -> dict[str, Any]:
    """How far a job is."""
    done = 1.0 if job.state == "succeeded" else job.step / job.steps if job.steps else 0.0
    return {
        "step": job.step,
        "steps": job.steps,
        "fraction": round(done, 4),
        "names_per_second": _rounded(job.names_per_second, 1),
        "seconds_left": _rounded(job.seconds_left, 1),
    }


def loss(history: Sequence[Point], told: Sequence[Point]) -> dict[str, Any]:
    """The loss as it is by now, and the points of its curve that are to be `told`."""
    held_out = (point[2] for point in reversed(history) if point[2] is not None)
    return {
        "train": _rounded(history[-1][1] if history else None, DIGITS),
        "held_out": _rounded(next(held_out, None), DIGITS),
        "history": [
            {"step": step, "train": _rounded(train, DIGITS), "held_out": _rounded(held_out, DIGITS)}
            for step, train, held_out in told
        ],
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _time(time: datetime | None) -> str | None:
    return time.isoformat(timespec="milliseconds") if time else None
