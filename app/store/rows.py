"""From Python to rows and back."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from app.store.errors import UnreadableJob
from app.store.records import STATES, Job, Order, Point
from model.artifact import strict_json

JOB_ID = re.compile(r"[0-9a-f]{32}")
MAX_JSON_BYTES = 2**24
"""Of a column; the longest that is written is the curve of a training of 200,000 steps, some megabytes."""

MAX_DEPTH = 32
"""Of a column; reports have six."""

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
    """The snapshot of a row; one that was read without history and plan has none.

    Raises
    ------
    UnreadableJob
        A column is not what was written.
    """
    try:
        return _job_of(row)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise UnreadableJob(row["id"], f"{error}") from error


def _job_of(row: Mapping[Any, Any]) -> Job:
    plan, drawn, request = row.get("plan"), row.get("drawn"), _object(row["request"])
    if row["state"] not in STATES or any(type(request[name]) is not str for name in _TEXTS & request.keys()):
        raise ValueError("its state or its request is none")
    return Job(
        id=row["id"],
        order=Order(**request),
        report=_object(row["report"]),
        state=row["state"],
        created=utc(row["created"]),
        started=None if row["started"] is None else utc(row["started"]),
        finished=None if row["finished"] is None else utc(row["finished"]),
        history=tuple(map(_point, _parsed(row.get("history", "[]")))),
        plan=None if plan is None else _object(plan),
        drawn=() if drawn is None else tuple(map(_text, _parsed(drawn))),
        **{name: row[name] for name in _AS_THEY_ARE},
    )


def _parsed(text: Any) -> Any:
    return strict_json.parse(text.encode() if isinstance(text, str) else text, MAX_JSON_BYTES, MAX_DEPTH)


def _object(text: Any) -> dict[str, Any]:
    value = _parsed(text)
    if not isinstance(value, dict):
        raise TypeError("a column holds no object")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a name is no text")
    return value


def _point(value: Any) -> Point:
    step, loss, held_out = value
    return int(step), float(loss), None if held_out is None else float(held_out)


_TEXTS = frozenset({"model", "source", "corpus", "preset", "publish", "language", "kind"})
"""Fields of an order."""


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
