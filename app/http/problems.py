"""Refusals: every one is `application/problem+json` (RFC 9457), made here and nowhere else.

`TABLE` says what each exception is to a client. `type` stays the same for a kind of refusal and is meant for programs;
`detail` is for people. Members that help stand beside them: the letters that a model knows, the fields that were wrong.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from http import HTTPMethod, HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from app.http import errors as edge
from app.http.validation import list_fields, summarize
from app.jobs import errors as jobs
from app.schemas.fields import shorten
from app.serving import errors as serving
from app.store import errors as store
from model import errors as model

MEDIA_TYPE = "application/problem+json"
QUEUE_FULL_RETRY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of refusal."""

    slug: str
    status: int
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """What one exception is to a client: its kind, and what is taken from its data."""

    kind: Kind
    detail: Callable[[Any], str] = str
    members: Callable[[Any], Mapping[str, Any]] = lambda _: {}
    retry_after_seconds: int | None = None  # where the exception has none of its own


def _field_member(error: Any) -> dict[str, Any]:
    return {"errors": [{"field": error.field, "message": error.message}]}


def _versions_member(error: Any) -> dict[str, Any]:
    return {"versions": list(error.versions)}


INVALID_REQUEST = Kind("invalid-request", 422, "The request is not valid")
UNKNOWN_LETTER = Kind("unknown-letter", 422, "The model does not know a letter")
UNKNOWN_VERSION = Kind("unknown-version", 404, "The model has no such version")
VERSION_IN_SERVICE = Kind("version-in-service", 409, "The version cannot be deleted")
NO_DATABASE = Kind("no-database", 503, "The database cannot be used")
OVER_CAPACITY = Kind("over-capacity", 503, "The service is busy")

TABLE: Mapping[type[Exception], Row] = {
    RequestValidationError: Row(
        INVALID_REQUEST, detail=lambda e: summarize(e.errors()), members=lambda e: {"errors": list_fields(e.errors())}
    ),
    edge.Unauthorized: Row(Kind("unauthorized", 401, "The admin token is missing or wrong")),
    edge.AdminDisabled: Row(Kind("admin-disabled", 403, "The admin routes are not enabled")),
    edge.MalformedRequest: Row(Kind("malformed-request", 400, "The request cannot be read")),
    edge.HeadTooLarge: Row(Kind("head-too-large", 431, "The head of the request is too large")),
    edge.RequestTimeout: Row(Kind("request-timeout", 408, "The request took too long to come")),
    edge.ServiceStops: Row(OVER_CAPACITY, retry_after_seconds=1),
    edge.BodyTooLarge: Row(Kind("content-too-large", 413, "The request body is too large")),
    edge.QueryTooLong: Row(Kind("query-too-long", 414, "The query is too long")),
    edge.NotAcceptable: Row(
        Kind("not-acceptable", 406, "No format that is accepted is offered"),
        members=lambda e: {"media_types": e.media_types},
    ),
    edge.UnsupportedMediaType: Row(Kind("unsupported-media-type", 415, "The request body is of another media type")),
    edge.EncodedBody: Row(Kind("encoded-body", 415, "The request body is compressed")),
    edge.InvalidHost: Row(Kind("invalid-host", 400, "The request should name one host")),
    edge.InvalidRange: Row(Kind("invalid-range", 416, "The range cannot be had")),
    edge.BrokenForm: Row(INVALID_REQUEST),
    edge.InvalidField: Row(INVALID_REQUEST, members=_field_member),
    edge.InternalError: Row(
        Kind("internal-error", 500, "The service failed"), members=lambda e: {"request_id": e.request_id}
    ),
    serving.UnknownModel: Row(
        Kind("unknown-model", 404, "There is no such model"), members=lambda e: {"models": list(e.models)}
    ),
    serving.UnknownVersion: Row(UNKNOWN_VERSION, members=_versions_member),
    serving.UnknownStyle: Row(Kind("unknown-style", 404, "What was made of the names is not kept here")),
    serving.NoChampion: Row(
        UNKNOWN_VERSION,
        detail=lambda e: (
            f'{e}, or put one into service with PUT /models/{e.name}/alias/champion {{"version": {e.latest}}}'
        ),
        members=_versions_member,
    ),
    serving.OutOfService: Row(
        Kind("out-of-service", 404, "The model is out of service"),
        detail=lambda e: (
            f'{e} until the admin puts one back, as with PUT /models/{e.name}/alias/champion {{"version": {e.latest}}}'
        ),
        members=_versions_member,
    ),
    serving.CatalogueUnread: Row(NO_DATABASE),
    serving.UnknownValue: Row(INVALID_REQUEST, members=lambda e: _field_member(e) | {"known": list(e.known)}),
    serving.DamagedVersion: Row(Kind("damaged-version", 500, "The version does not load")),
    serving.BundledVersion: Row(VERSION_IN_SERVICE),
    serving.DefaultModel: Row(Kind("default-model", 409, "The default model stays in service")),
    serving.PrivateList: Row(Kind("private-list", 403, "The list is private")),
    serving.LikeDisabled: Row(Kind("like-disabled", 403, "Names like others are not offered here")),
    serving.TooManyAdaptations: Row(OVER_CAPACITY),
    serving.AdaptationFailed: Row(OVER_CAPACITY),
    serving.NotDrawnYet: Row(
        Kind("not-drawn-yet", 503, "Names that come first are not drawn yet"),
        members=lambda e: {"drawn": e.drawn, "needed": e.needed},
    ),
    serving.ClientLeft: Row(Kind("client-left", 499, "The client has left")),
    serving.Busy: Row(OVER_CAPACITY),
    jobs.InvalidOrder: Row(INVALID_REQUEST, members=_field_member),
    jobs.ListCheckFailed: Row(OVER_CAPACITY),
    jobs.UnknownJob: Row(
        Kind("unknown-job", 404, "There is no such job"), lambda e: f"{e}; GET /train lists those that there are"
    ),
    jobs.JobEnded: Row(Kind("job-ended", 409, "The job has ended"), members=lambda e: {"state": e.state}),
    jobs.TooManyFollowers: Row(OVER_CAPACITY, lambda e: f"{e}, or ask GET /train/{e.job_id}"),
    jobs.LossPlotFailed: Row(
        Kind("cannot-draw", 503, "The picture cannot be drawn"),
        lambda e: f"{e}; GET /train/{e.job_id} has the figures",
    ),
    store.StoreAway: Row(NO_DATABASE),
    store.QueueFull: Row(
        Kind("queue-full", 503, "Too many trainings are waiting"),
        lambda e: f"{e}; try again when one has ended",
        retry_after_seconds=QUEUE_FULL_RETRY_SECONDS,
    ),
    store.KeyReused: Row(
        Kind("idempotency-key-reused", 422, "The idempotency key belongs to another request"),
        lambda _: "this Idempotency-Key was sent with another request before; send a new one with a new request",
    ),
    store.UnreadableJob: Row(
        Kind("damaged-job", 500, "The job cannot be read"), lambda e: f"{e}; the other trainings are not concerned"
    ),
    store.VersionInService: Row(
        VERSION_IN_SERVICE,
        lambda e: (
            f"version {e.version} of model {e.name!r} is the one to serve; put another into service first, "
            f"with PUT /models/{e.name}/alias/champion"
        ),
    ),
    store.TrainingUnfinished: Row(
        Kind("training-unfinished", 409, "A training of the model has not ended"),
        lambda e: f"{e}; wait for its end, or cancel it with POST /train/{e.jobs[0]}/cancel",
        members=lambda e: {"jobs": list(e.jobs)},
    ),
    model.UnknownLetter: Row(
        UNKNOWN_LETTER, members=lambda e: {"letters": e.known} | ({"option": e.option} if e.option else {})
    ),
    model.BadCorpus: Row(
        Kind("bad-corpus", 422, "The list of names cannot be used"),
        members=lambda e: {} if e.line is None else {"line": e.line},
    ),
    model.InvalidOption: Row(INVALID_REQUEST, members=lambda e: {"errors": [{"field": e.option, "message": e.reason}]}),
    model.TooComplex: Row(
        INVALID_REQUEST,
        members=lambda e: {"errors": [{"field": option, "message": e.reason} for option in e.options]},
    ),
    model.Unsatisfiable: Row(
        Kind("unsatisfiable", 422, "No name can meet the options"), members=lambda e: {"options": e.options}
    ),
}
"""What each exception is to a client; any other is a failure of the service."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal, ready to be sent or shown."""

    kind: Kind
    detail: str
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object."""
        kind = self.kind
        always = {"type": f"/problems/{kind.slug}", "title": kind.title, "status": kind.status, "detail": self.detail}
        return always | dict(self.members)

    def to_response(self) -> Response:
        """The answer; caches keep none, since what is refused now may be answered later."""
        text = json.dumps(self.body, ensure_ascii=False, allow_nan=False)
        content = text.encode(errors="backslashreplace")  # a lone surrogate becomes its JSON escape
        return Response(content, self.kind.status, {"Cache-Control": "no-store", **self.headers}, MEDIA_TYPE)


def problem_of(error: Exception) -> Problem:
    """What the table makes of an exception that has a row."""
    row = next(TABLE[base] for base in type(error).__mro__ if base in TABLE)
    headers = dict(getattr(error, "headers", None) or {})
    retry_after = getattr(error, "retry_after_seconds", row.retry_after_seconds)
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return Problem(row.kind, row.detail(error), row.members(error), headers)


async def _refuse(_: Request, error: Exception) -> Response:
    return problem_of(error).to_response()


async def _refuse_http_exception(request: Request, error: HTTPException) -> Response:
    """What the framework refuses: an unknown path, a method that a path does not have, a body that cannot be read."""
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.BAD_REQUEST:
        return Problem(INVALID_REQUEST, "body: send a JSON object; this cannot be read as JSON").to_response()
    detail, headers = error.detail, error.headers
    if status is HTTPStatus.NOT_FOUND:
        detail = f"there is nothing at {shorten(request.url.path)}; /docs lists what there is"
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers = _allow(request) or headers
        detail = f"{shorten(request.method)} is not offered here; /docs lists what is"
    kind = Kind(status.phrase.lower().replace(" ", "-"), status, status.phrase)
    return Problem(kind, detail, headers=headers or {}).to_response()


async def _refuse_fields(request: Request, error: RequestValidationError) -> Response:
    """Fields that are absent, unknown, of the wrong type or out of range; or a body that is not JSON."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = media_type == "application/json" or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )
    is_body_wrong = any(wrong["loc"] == ("body",) for wrong in error.errors())
    refusal = edge.UnsupportedMediaType() if is_body_wrong and not is_json else error
    return problem_of(refusal).to_response()


HANDLERS: dict[int | type[Exception], Callable[..., Coroutine[Any, Any, Response]]] = {
    **dict.fromkeys(TABLE, _refuse),
    RequestValidationError: _refuse_fields,
    HTTPException: _refuse_http_exception,
}
"""Every exception that a client can cause, and what makes a problem of it."""


def _allow(request: Request) -> dict[str, str]:
    """Every method of a path, where the framework names those of one route; nothing for files, whose own are right."""
    if "app_root_path" in request.scope:  # set by a mount
        return {}
    scopes = ({**request.scope, "method": str(method)} for method in HTTPMethod)
    matching = (scope["method"] for scope in scopes if any(_matches(route, scope) for route in request.app.routes))
    return {"Allow": ", ".join(matching)}


def _matches(route: BaseRoute, scope: Scope) -> bool:
    return route.matches(scope)[0] is Match.FULL
