"""Draws as JSON, CSV, plain text or NDJSON: which of them, and its bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from fastapi import Response

from app.http.problems import NOT_ACCEPTABLE, Refusal
from app.schemas.sample import Format

MEDIA_TYPES: Mapping[Format, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "ndjson": "application/x-ndjson",
}
DETAIL_COLUMNS = ("name", "log_probability", "in_training_list")
FACTS = ("model", "version", "seed", "shortfall")


@dataclass(frozen=True, slots=True)
class Draws:
    """Names drawn, and what an answer tells with them."""

    names: Sequence[str]
    model: str
    version: int
    seed: int
    shortfall: str | None
    details: Sequence[Mapping[str, Any]] | None  # one for each name, where they were asked for


def negotiate(accept: str) -> Format:
    """The format that an `Accept` header likes best (RFC 9110, section 12.5.1); a browser gets JSON."""
    qualities = _qualities(accept or "*/*")
    offered: dict[Format, float] = {name: _quality(qualities, MEDIA_TYPES[name]) for name in get_args(Format)}
    offered["json"] = max(offered["json"], qualities.get("text/html", 0))
    best = max(offered, key=offered.__getitem__)
    if not offered[best]:
        kinds = [media_type.partition(";")[0] for media_type in MEDIA_TYPES.values()]
        raise Refusal(NOT_ACCEPTABLE, f"accept one of {', '.join(kinds)}, or set format", media_types=kinds)
    return best


def encode(draws: Draws, form: Format) -> Response:
    """The answer in bytes; checking it against its schema once more would cost a third of the request."""
    headers = {"Cache-Control": "no-store", "Vary": "Accept"}
    facts = {name: getattr(draws, name) for name in FACTS}
    if form == "json":
        details = {} if draws.details is None else {"details": draws.details}
        text = to_json({"names": draws.names, **facts, **details})
    else:
        # Header values are latin-1; a model may be called anything that a file may.
        told = {f"X-Namewright-{name.capitalize()}": str(value) for name, value in facts.items() if value is not None}
        headers |= {name: value.encode("ascii", "backslashreplace").decode() for name, value in told.items()}
        text = {"csv": _csv, "txt": _txt, "ndjson": _ndjson}[form](draws)
    return Response(text.encode(), headers=headers, media_type=MEDIA_TYPES[form])


def to_json(value: Any) -> str:
    """JSON as it goes out: compact, letters as they are, no NaN."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _csv(draws: Draws) -> str:
    """RFC 4180, with a header line."""
    written = io.StringIO()
    if draws.details is None:
        csv.writer(written).writerows([["name"], *([name] for name in draws.names)])
    else:
        table = csv.DictWriter(written, DETAIL_COLUMNS, extrasaction="ignore")
        table.writeheader()
        table.writerows({**detail, "in_training_list": _flag(detail["in_training_list"])} for detail in draws.details)
    return written.getvalue()


def _flag(value: bool | None) -> str:
    """As JSON has it, and empty where it is not told."""
    return "" if value is None else to_json(value)


def _txt(draws: Draws) -> str:
    return "".join(f"{name}\n" for name in draws.names)


def _ndjson(draws: Draws) -> str:
    lines = [{"name": name} for name in draws.names] if draws.details is None else draws.details
    return "".join(to_json(line) + "\n" for line in lines)


def _qualities(accept: str) -> dict[str, float]:
    """How much each media range of an `Accept` header is liked, from 0 to 1."""
    liked = {}
    for item in accept.lower().split(","):
        media_range, *parameters = (part.strip() for part in item.split(";"))
        quality = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        try:
            liked[media_range] = min(max(float(quality), 0.0), 1.0)
        except ValueError:
            liked[media_range] = 0.0
    return liked


def _quality(qualities: Mapping[str, float], media_type: str) -> float:
    """What the most specific range that covers a media type says of it."""
    exact = media_type.partition(";")[0]
    ranges = (exact, exact.partition("/")[0] + "/*", "*/*")
    return next((qualities[media_range] for media_range in ranges if media_range in qualities), 0.0)
