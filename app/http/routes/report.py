"""`/report`: what a list of names holds, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError

from app.http.clients import client_of
from app.http.errors import BodyTooLarge, EncodedBody, UnsupportedMediaType
from app.http.formats import to_json
from app.http.openapi import refusals
from app.schemas.fields import NoQuery
from app.schemas.list_report import ReportAnswer, ReportRequest
from app.serving.cost import seconds_to_report
from app.serving.errors import Busy
from app.serving.generator import Generator
from model.corpus.corpus import Corpus
from model.corpus.report import report
from model.errors import BadCorpus

TITLE = "the list"
UNSAID = frozenset({"title", "bearers"})
"""Of the report on a file, what names without one have not."""

routes = APIRouter(tags=["names"])


@routes.post(
    "/report",
    operation_id="report",
    summary="Look over a list of names",
    response_model=ReportAnswer,
    response_description="What the list holds",
    responses=refusals(RequestValidationError, BadCorpus, BodyTooLarge, UnsupportedMediaType, EncodedBody, Busy),
)
async def post_report(request: Request, _: Annotated[NoQuery, Query()], asked: ReportRequest) -> Response:
    """Tell what a training would make of a list: how many names it has, what it would leave out, and what to look at
    before. Nothing is kept.
    """
    generator: Generator = request.app.state.generator
    work = partial(_encoded_report, asked.names)
    return await generator.lanes.run(work, seconds_to_report(asked.names), client_of(request))


def _encoded_report(names: Sequence[str]) -> Response:
    """Like `ReportAnswer`; raises BadCorpus where none of them is a name."""
    members = report(Corpus.of(names, TITLE)).to_json()
    answer = {name: value for name, value in members.items() if name not in UNSAID}
    return Response(to_json(answer).encode(), media_type="application/json")
