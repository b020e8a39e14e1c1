"""Refusals: every one is `application/problem+json` (RFC 9457), made here and nowhere else.

`type` is a reference that stays the same for a kind of refusal and is meant for programs; `detail` is for people. A
member that helps (the letters that a model knows, the fields that were wrong) stands beside them.
"""

from __future__ import annotations

import json
import reprlib
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from http import HTTPMethod, HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from model import errors

MEDIA_TYPE = "application/problem+json"
SHOWN = 100
"""Most characters of a wrong value that an answer repeats, and most wrong fields that it lists."""

ADVICE: Mapping[str, str] = {
    "int_parsing_size": "give a whole number of fewer digits",
    "json_invalid": "send a JSON object; this is not JSON: {error}",
    "list_type": "send a JSON array",
    "missing": "it must be given",
    "model_attributes_type": "send a JSON object",
    "string_pattern_mismatch": "give at least 1 letter",
    "too_long": "give at most {max_length}",
    "too_short": "give at least {min_length}",
}
"""What to say where pydantic, by the type of its error, does not say what to do."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of refusal."""

    slug: str
    status: int
    title: str


INVALID_REQUEST = Kind("invalid-request", 422, "The request is not valid")
UNKNOWN_LETTER = Kind("unknown-letter", 422, "The model does not know a letter")
UNSATISFIABLE = Kind("unsatisfiable", 422, "No name can meet the options")
BAD_CORPUS = Kind("bad-corpus", 422, "The list of names cannot be used")
UNKNOWN_MODEL = Kind("unknown-model", 404, "There is no such model")
NOT_ACCEPTABLE = Kind("not-acceptable", 406, "No format that is accepted is offered")
TOO_LARGE = Kind("content-too-large", 413, "The request body is too large")
QUERY_TOO_LONG = Kind("query-too-long", 414, "The query is too long")
UNSUPPORTED_MEDIA_TYPE = Kind("unsupported-media-type", 415, "The request body is of another media type")
UNAUTHORIZED = Kind("unauthorized", 401, "The admin token is missing or wrong")
ADMIN_DISABLED = Kind("admin-disabled", 403, "The admin routes are not enabled")
UNKNOWN_JOB = Kind("unknown-job", 404, "There is no such job")
UNKNOWN_VERSION = Kind("unknown-version", 404, "The model has no such version")
JOB_ENDED = Kind("job-ended", 409, "The job has ended")
VERSION_IN_SERVICE = Kind("version-in-service", 409, "The version cannot be deleted")
KEY_REUSED = Kind("idempotency-key-reused", 422, "The idempotency key belongs to another request")
QUEUE_FULL = Kind("queue-full", 503, "Too many trainings are waiting")
CANNOT_DRAW = Kind("cannot-draw", 503, "The picture cannot be drawn")
NO_DATABASE = Kind("no-database", 503, "The database cannot be used")
OVER_CAPACITY = Kind("over-capacity", 503, "The service is busy")
DAMAGED_VERSION = Kind("damaged-version", 500, "The version does not load")
INTERNAL_ERROR = Kind("internal-error", 500, "The service failed")

MODEL_ERRORS: Mapping[type[errors.NameModelError], Kind] = {
    errors.UnknownLetter: UNKNOWN_LETTER,
    errors.BadCorpus: BAD_CORPUS,
    errors.InvalidOption: INVALID_REQUEST,
    errors.Unsatisfiable: UNSATISFIABLE,
    errors.InvalidFile: INTERNAL_ERROR,
    errors.InvalidWeights: INTERNAL_ERROR,
    errors.InvalidCheckpoint: INTERNAL_ERROR,
    errors.TrainingDiverged: INTERNAL_ERROR,
}
"""What each error of `model` is to a client."""


class Refusal(HTTPException):
    """A request that the service itself refuses; `members` help the client, `headers` go with the answer.

    An HTTPException, since any other that rises while a body is read becomes one.
    """

    def __init__(self, kind: Kind, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any) -> None:
        self.kind = kind
        self.members = members
        super().__init__(kind.status, detail, headers)


def wrong_field(field: str, message: str) -> Refusal:
    """The refusal of a field that is wrong beside others, or for this service only."""
    field = shorten(field)
    return Refusal(INVALID_REQUEST, f"{field}: {message}", errors=[{"field": field, "message": message}])


def always(kind: Kind, detail: str) -> dict[str, Any]:
    """The members that every problem has."""
    return {"type": f"/problems/{kind.slug}", "title": kind.title, "status": kind.status, "detail": detail}


def respond(kind: Kind, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any) -> Response:
    """Answer with a problem."""
    text = json.dumps(always(kind, detail) | members, ensure_ascii=False, allow_nan=False)
    content = text.encode(errors="backslashreplace")  # a lone surrogate becomes its JSON escape
    # What is refused now may be answered later: a model may come, a place become free.
    return Response(content, kind.status, {"Cache-Control": "no-store", **(headers or {})}, MEDIA_TYPE)


async def _refusal(_: Request, error: Refusal) -> Response:
    return respond(error.kind, error.detail, headers=error.headers, **error.members)


async def _model_error(_: Request, error: errors.NameModelError) -> Response:
    kind = MODEL_ERRORS[type(error)]
    if kind is INTERNAL_ERROR:
        raise error
    if isinstance(error, errors.UnknownLetter):
        return respond(kind, str(error), letters=error.known)
    if isinstance(error, errors.InvalidOption):
        return respond(kind, str(error), errors=[{"field": error.option, "message": error.reason}])
    if isinstance(error, errors.BadCorpus) and error.line is not None:
        return respond(kind, str(error), line=error.line)
    return respond(kind, str(error))


async def _http_exception(request: Request, error: HTTPException) -> Response:
    """What the framework refuses: an unknown path, a method that a path does not have, a body that cannot be read."""
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.BAD_REQUEST:
        return respond(INVALID_REQUEST, "body: send a JSON object; this cannot be read as JSON")
    kind = Kind(status.phrase.lower().replace(" ", "-"), status, status.phrase)
    detail, headers = error.detail, error.headers
    if status is HTTPStatus.NOT_FOUND:
        detail = f"there is nothing at {shorten(request.url.path)}; /docs tells what there is"
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers = _allow(request) or headers
        detail = f"{shorten(request.method)} is not offered here; /docs tells what is"
    return respond(kind, detail, headers=headers)


def _allow(request: Request) -> dict[str, str]:
    """Every method of a path, where the framework tells those of one route; nothing for files, whose own are right."""
    if "app_root_path" in request.scope:  # set by a mount
        return {}
    asked = ({**request.scope, "method": str(method)} for method in HTTPMethod)
    matching = (scope["method"] for scope in asked if any(_matches(route, scope) for route in request.app.routes))
    return {"Allow": ", ".join(matching)}


def _matches(route: BaseRoute, scope: Scope) -> bool:
    return route.matches(scope)[0] is Match.FULL


async def _invalid_request(request: Request, error: RequestValidationError) -> Response:
    """Fields that are absent, unknown, of the wrong type or out of range."""
    found = error.errors()
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = media_type == "application/json" or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )
    if not is_json and any(wrong["loc"] == ("body",) for wrong in found):
        return respond(UNSUPPORTED_MEDIA_TYPE, "send a JSON object, with the header Content-Type: application/json")
    listed = [_field(wrong) for wrong in found[:SHOWN]]
    told = "; ".join(f"{wrong['field']}: {wrong['message']}" for wrong in listed[:3])
    return respond(INVALID_REQUEST, told + ("; ..." if len(found) > 3 else ""), errors=listed)


HANDLERS: dict[int | type[Exception], Callable[..., Coroutine[Any, Any, Response]]] = {
    Refusal: _refusal,
    errors.NameModelError: _model_error,
    RequestValidationError: _invalid_request,
    HTTPException: _http_exception,
}
"""Every exception that a client can cause, and what makes a problem of it."""


def _field(wrong: Mapping[str, Any]) -> dict[str, str]:
    """One wrong field and what stood there, cut short: text as it is, anything else as Python shows it."""
    where, *path = wrong["loc"]
    advice = ADVICE.get(wrong["type"])
    message = advice.format_map(wrong.get("ctx", {})) if advice else wrong["msg"][:1].lower() + wrong["msg"][1:]
    if wrong["type"] == "json_invalid":
        return {"field": where, "message": message}  # the input that it tells is an empty object
    told = {"field": shorten(".".join(map(str, path)) or where), "message": message}
    if "input" not in wrong or wrong["type"] == "missing":  # it is private, or stands around what is missing
        return told
    value = wrong["input"]
    return told | {"value": shorten(value if isinstance(value, str) else reprlib.repr(value))}


def shorten(text: str) -> str:
    """A text that a client sent, cut short where it is too long to be repeated."""
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."
