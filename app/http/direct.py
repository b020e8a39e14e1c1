"""Paths that are asked often: a query, one precompiled validator, and an answer in bytes.

The framework's router, middleware and dependencies cost several times what such an answer does. A `QueryPath` needs
none of them; `app.http.middleware.edge` asks it directly. To the framework it is a `QueryRoute`, as any other.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from functools import lru_cache
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.types import Receive, Scope, Send

from app.http.errors import QueryTooLong
from app.http.middleware.edge import Exchange
from app.http.middleware.size_limits import MAX_QUERY_BYTES
from app.http.problems import TABLE, problem_of
from app.http.validation import refuse_repeated_fields
from app.schemas.constraints import REPEATABLE

REMEMBERED_QUERIES = 256
SHORT_QUERY_BYTES = 200

REFUSALS = tuple(TABLE)

Query = TypeVar("Query", bound=BaseModel)


class QueryPath(Generic[Query]):
    """A path as an application of its own.

    Parameters
    ----------
    path
        For the metrics.
    model
        Of the query.
    endpoint
        Takes the request and the query, and returns an answer in bytes.
    """

    def __init__(
        self, path: str, model: type[Query], endpoint: Callable[[Request, Query], Awaitable[Response]]
    ) -> None:
        self.path = self.path_format = path  # by which the metrics know it, as they do the routes of the framework
        self._model, self._endpoint = model, endpoint
        self._remembered = lru_cache(maxsize=REMEMBERED_QUERIES)(self._read)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that has no body."""
        scope["route"] = self
        try:
            if len(scope["query_string"]) > MAX_QUERY_BYTES:
                raise QueryTooLong(MAX_QUERY_BYTES)
            response = await self.respond(Request(scope, receive, send))
            await response(scope, receive, send)
        except REFUSALS as error:
            exchange: Exchange = scope["state"]["exchange"]
            if exchange.status:  # the answer has begun
                raise
            await problem_of(error).to_response()(scope, receive, send)

    async def respond(self, request: Request) -> Response:
        """Check the query, and ask the endpoint."""
        return await self._endpoint(request, self.read(request.scope["query_string"]))

    def read(self, query: bytes) -> Query:
        """The query as a model, which is frozen; raises RequestValidationError where it is not valid.

        Short queries that were read lately are remembered, since clients ask the same again and again.
        """
        return self._remembered(query) if len(query) <= SHORT_QUERY_BYTES else self._read(query)

    def _read(self, query: bytes) -> Query:
        pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
        fields: dict[str, Any] = dict(pairs)
        if len(fields) < len(pairs):
            refuse_repeated_fields(pairs)
        for name in REPEATABLE & fields.keys():
            fields[name] = [value for given, value in pairs if given == name]
        try:
            return self._model.model_validate(fields)
        except ValidationError as error:
            wrong = error.errors(include_url=False)
            raise RequestValidationError([one | {"loc": ("query", *one["loc"])} for one in wrong]) from error


class QueryRoute(APIRoute):
    """The route of a path whose endpoint takes the request and a model of its query, and returns bytes."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of a request: the framework's own would solve dependencies and look at the answer."""
        (field,) = self.dependant.query_params
        model: Any = field.field_info.annotation
        return QueryPath(self.path, model, self.endpoint).respond
