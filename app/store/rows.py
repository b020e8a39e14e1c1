"""From Python to rows and back."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from app.store.records import Job, Order, Point

JOB_ID = re.compile(r"[0-9a-f]{32}")
LARGEST_VERSION = 2**31 - 1
"""The largest version number that its column holds."""


def to_json(value: Any) -> str:
    """JSON in ASCII, which every database stores."""
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def history_to_json(history: Iterable[Point]) -> str:
    """The points of a curve; a loss that is no finite number is left out, and with a training loss the whole point."""
    return to_json([[step, loss, finite(held_out)] for step, loss, held_out in history if math.isfinite(loss)])


def finite(number: float | None) -> float | None:
    """The number, or None where it is not finite, as JSON knows no infinity."""
    return None if number is None or not math.isfinite(number) else float(number)


def storable(text: str) -> bool:
    """Whether every database can store, and hence may have, this text."""
    return plain(text) == text


def plain(text: str) -> str:
    """Text that every database can store, with question marks for what it could not."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def utc(seconds: float) -> datetime:
    """A time of the store."""
    return datetime.fromtimestamp(seconds, UTC)


def order_to_json(order: Order) -> str:
    """An order, to be kept in the row of its job."""
    return to_json(asdict(order))


def job_of(row: Mapping[Any, Any]) -> Job:
    """The snapshot of a row; one that was read without history and plan has none."""
    plan = row.get("plan")
    return Job(
        id=row["id"],
        order=Order(**json.loads(row["request"])),
        report=json.loads(row["report"]),
        state=row["state"],
        created=utc(row["created"]),
        started=None if row["started"] is None else utc(row["started"]),
        finished=None if row["finished"] is None else utc(row["finished"]),
        history=tuple((step, loss, held_out) for step, loss, held_out in json.loads(row.get("history", "[]"))),
        plan=None if plan is None else json.loads(plan),
        **{name: row[name] for name in _AS_THEY_ARE},
    )


_AS_THEY_ARE = (
    "attempt",
    "worker",
    "step",
    "steps",
    "names_per_second",
    "seconds_left",
    "error",
    "version",
    "promoted",
    "verdict",
    "revision",
)
