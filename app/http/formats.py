"""Answers in bytes: JSON, and names drawn as CSV, plain text or NDJSON too.

Bytes, since checking an answer against its schema once more would cost a third of the request.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from http import HTTPStatus
from json.encoder import encode_basestring
from operator import attrgetter
from types import MappingProxyType
from typing import Any, get_args

from fastapi import Response
from pydantic import BaseModel
from starlette.types import Scope

from app.http.errors import NotAcceptable
from app.http.people import people_columns, people_members
from app.schemas.answers import LeftOut
from app.schemas.formats import Format
from app.serving.results import SampleResult, ScoredName, ScoreResult
from model.generation.checkpoints import checkpoint
from model.generation.details import Other

MEDIA_TYPES: Mapping[Format, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "ndjson": "application/x-ndjson",
}
MEASURES = ("log_probability", "in_training_list", "nats_per_letter", "percentile", "nearest", "nearest_distance")
DETAIL_COLUMNS = ("name", *MEASURES)
FACTS = {
    fact: "X-Namewright-" + fact.title().replace("_", "-")
    for fact in ("model", "version", "seed", "shortfall", "exact", "effective_sample_size", "top_p")
}
"""What an answer says beside the names, and the header for it where the format has names only."""

LEFT_OUT = {option: f"X-Namewright-Left-Out-{option.title()}" for option in LeftOut.model_fields}
"""The same for the numbers of names that were left out."""

facts_of = attrgetter(*FACTS)

BYTE_ORDER_MARK = "\ufeff"
"""By which spreadsheets know that a file is UTF-8."""

NAMES_HEADERS: Mapping[str, str] = MappingProxyType({"Cache-Control": "no-store", "Vary": "Accept"})
JSON_NAMES_HEADERS = (
    (b"content-type", b"application/json"),
    *((name.lower().encode(), value.encode()) for name, value in NAMES_HEADERS.items()),
)
NO_STORE: Mapping[str, str] = MappingProxyType({"Cache-Control": "no-store"})


MAX_ACCEPT = 4096
"""Bytes of `Accept` that are read; what stands behind them is left alone."""

USUAL_ACCEPT = 256
"""Bytes of `Accept` up to which the format that it likes best is remembered."""


class Encoded(Response):
    """An answer whose bytes and headers are ready."""

    def __init__(self, body: bytes, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self.status_code, self.body, self.background = HTTPStatus.OK.value, body, None
        self.raw_headers = [*headers, (b"content-length", b"%d" % len(body))]


def negotiate(scope: Scope) -> Format:
    """The format that the `Accept` headers of a request like best (RFC 9110, section 12.5.1); a browser gets JSON."""
    accepted = b", ".join(value for name, value in scope["headers"] if name == b"accept")
    if len(accepted) > MAX_ACCEPT:
        accepted = accepted[:MAX_ACCEPT].rpartition(b",")[0]
    return (_best_format if len(accepted) <= USUAL_ACCEPT else _best_format.__wrapped__)(accepted)


@lru_cache(maxsize=128)
def _best_format(accepted: bytes) -> Format:
    qualities = _qualities(accepted.decode("latin-1") or "*/*")
    offered: dict[Format, float] = {name: _quality(qualities, MEDIA_TYPES[name]) for name in get_args(Format)}
    offered["json"] = max(offered["json"], qualities.get("text/html", 0))
    best = max(offered, key=offered.__getitem__)
    if not offered[best]:
        raise NotAcceptable([media_type.partition(";")[0] for media_type in MEDIA_TYPES.values()])
    return best


def json_response(
    value: Any, status: int = HTTPStatus.OK, headers: Mapping[str, str] = MappingProxyType({})
) -> Response:
    """Anything that JSON can express, or a pydantic model."""
    text = value.model_dump_json(by_alias=True) if isinstance(value, BaseModel) else to_json(value)
    return Response(text.encode(), status, dict(headers), "application/json")


def encode_sample(result: SampleResult, form: Format, *, bom: bool = False) -> Response:
    """Names that were drawn, in one of the formats; `bom` begins CSV with a byte-order mark."""
    if form == "json":
        return Encoded(_sample_to_json(result).encode(), JSON_NAMES_HEADERS)
    text = table_head(result, form, bom=bom) + table_rows(result, form)
    headers = fact_headers(result, FACTS) | {
        LEFT_OUT[option]: str(number) for option, number in result.left_out.items()
    }
    return Response(text.encode(), headers={**NAMES_HEADERS, **headers}, media_type=MEDIA_TYPES[form])


def _sample_to_json(result: SampleResult) -> str:
    """Like `app.schemas.answers.SampleAnswer`; most answers have names and facts only."""
    names = ",".join(map(encode_basestring, result.names))
    left_out = ",".join(f'"{option}":{number}' for option, number in result.left_out.items())
    more = people_members(result)
    if result.note is not None:
        more["note"] = result.note
    end = f",{to_json(more)[1:-1]}" if more else ""
    if result.details is not None:
        end += f',"details":{_scores_to_json(result.details)}'
    return f'{{"names":[{names}],{_facts_to_json(*facts_of(result))},"left_out":{{{left_out}}}{end}}}'


@lru_cache(maxsize=256, typed=True)
def _facts_to_json(*facts: Any) -> str:
    """The members of `FACTS`."""
    return to_json(dict(zip(FACTS, facts, strict=True)))[1:-1]


def fact_headers(result: SampleResult, facts: Iterable[str]) -> dict[str, str]:
    """Headers with some of `FACTS`, as far as they are known."""
    values = {FACTS[name]: getattr(result, name) for name in facts}
    texts = {
        name: to_json(value) if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
        for name, value in values.items()
        if value is not None
    }
    # Header values are one line of latin-1; a seed is any text, and a model may be called anything that a file may.
    return {name: text.encode("unicode_escape").decode() for name, text in texts.items()}


def table_head(result: SampleResult, form: Format, *, bom: bool = False) -> str:
    """What stands before the first name: in CSV the names of the columns, with `bom` after a byte-order mark."""
    if form != "csv":
        return ""
    return BYTE_ORDER_MARK * bom + _csv([_columns(result)])


def table_rows(result: SampleResult, form: Format) -> str:
    """The names as CSV, plain text or NDJSON, a line each."""
    if form == "txt":
        return "".join(f"{name}\n" for name in result.names)
    columns = people_columns(result)
    if result.details is None and not columns:
        return _csv([name] for name in result.names) if form == "csv" else _json_lines("name", result.names)
    if result.details is None:
        rows: list[dict[str, Any]] = [{"name": name} for name in result.names]
    else:
        rows = [_scored_to_json(detail) for detail in result.details]
        rows = list(map(_detail_row, rows)) if form == "csv" else rows
    rows = [row | {name: values[place] for name, values in columns.items()} for place, row in enumerate(rows)]
    if form == "csv":
        return _csv([_cell(row[column]) for column in _columns(result)] for row in rows)
    return "".join(to_json(row) + "\n" for row in rows)


def _json_lines(member: str, texts: Sequence[str]) -> str:
    """An object of one text a line: a JSON list whose commas end an object and begin the next."""
    if not texts:
        return ""
    opening = f"{{{json.dumps(member)}:"
    joined = json.dumps(texts, ensure_ascii=False, separators=(f"}}\n{opening}", ":"))
    return f"{opening}{joined[1:-1]}}}\n"


def _columns(result: SampleResult) -> tuple[str, ...]:
    return (*(DETAIL_COLUMNS[:1] if result.details is None else DETAIL_COLUMNS), *people_columns(result))


def encode_scores(result: ScoreResult) -> Response:
    """Scores of names."""
    facts = to_json({"model": result.model, "version": result.version})
    return Response(f'{facts[:-1]},"scores":{_scores_to_json(result.scores)}}}', media_type="application/json")


def to_json(value: Any) -> str:
    """JSON as it goes out: compact, letters as they are, no NaN."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _scores_to_json(scores: Iterable[ScoredName]) -> str:
    """A list of scores, written one by one: while JSON is written, no other thread runs."""
    rows = []
    for scored in scores:
        checkpoint()
        rows.append(to_json(_scored_to_json(scored)))
    return f"[{','.join(rows)}]"


def _scored_to_json(scored: ScoredName) -> dict[str, Any]:
    """Like `app.schemas.scores.NameScore`."""
    score = scored.score
    nats = [_finite(value) for value in score.log_probabilities or ()]  # of the letters, and of the end
    others: list[Any] = [[_other_to_json(one) for one in place] for place in scored.others or ()] or [None] * len(nats)
    content = {
        "name": score.name,
        "log_probability": _finite(score.log_probability),
        "nats_per_letter": _finite(score.nats_per_letter),
        "letters": [
            {"letter": letter, "log_probability": value, "others": instead}
            for letter, value, instead in zip(scored.letters if nats else "", nats[:-1], others[:-1], strict=True)
        ],
        "end": nats[-1] if nats else None,
        "end_others": others[-1] if nats else None,
        "percentile": scored.percentile,
        "in_training_list": scored.in_training_list,
        "nearest": None if scored.nearest is None else [one._asdict() for one in scored.nearest],
        "unknown_letters": score.unknown,
    }
    if scored.sounds_like is not None:
        content["sounds_like"] = [one._asdict() for one in scored.sounds_like]
    return content


def _other_to_json(other: Other) -> dict[str, Any]:
    return {"letter": other.letter, "probability": float(f"{other.probability:.3g}")}


def _detail_row(row: dict[str, Any]) -> dict[str, Any]:
    """The same with the nearest listed name in cells of a table."""
    first = next(iter(row["nearest"] or ()), {"name": None, "distance": None})
    return row | {"nearest": first["name"], "nearest_distance": first["distance"]}


def _finite(value: float) -> float | None:
    """JSON has no infinity."""
    return value if math.isfinite(value) else None


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    """RFC 4180. No name begins as a formula does."""
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def _cell(value: Any) -> Any:
    """A flag as JSON has it; what is null is empty."""
    return to_json(value) if isinstance(value, bool) else value


def _qualities(accept: str) -> dict[str, float]:
    """How much each media range of an `Accept` header is liked, from 0 to 1."""
    liked = {}
    for item in accept.lower().split(","):
        media_range, *parameters = (part.strip() for part in item.split(";"))
        quality = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        try:
            liked[media_range] = min(max(0.0, float(quality)), 1.0)  # in this order, 0 where it is nan
        except ValueError:
            liked[media_range] = 0.0
    return liked


def _quality(qualities: Mapping[str, float], media_type: str) -> float:
    """The quality of the most specific range that covers a media type."""
    exact = media_type.partition(";")[0]
    ranges = (exact, exact.partition("/")[0] + "/*", "*/*")
    return next((qualities[media_range] for media_range in ranges if media_range in qualities), 0.0)
