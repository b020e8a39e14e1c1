"""`/score`: how probable names are."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError

from app.http.auth import is_admin
from app.http.clients import client_of
from app.http.errors import BodyTooLarge, EncodedBody, UnsupportedMediaType
from app.http.formats import encode_scores
from app.http.openapi import refusals
from app.schemas.fields import NoQuery
from app.schemas.sample import score_request
from app.schemas.scores import ScoreAnswer
from app.serving.errors import Busy, UnknownModel
from app.serving.generator import Generator
from app.settings import Settings

REFUSALS = refusals(RequestValidationError, UnknownModel, BodyTooLarge, UnsupportedMediaType, EncodedBody, Busy)


def router(settings: Settings) -> APIRouter:
    """The path, with requests within the bounds of `settings`."""
    routes = APIRouter(tags=["names"])
    ScoreRequest = score_request(settings)

    @routes.post(
        "/score",
        operation_id="score",
        summary="Score names",
        response_model=ScoreAnswer,
        response_description="The names' scores",
        responses=REFUSALS,
    )
    async def post_score(
        request: Request,
        _: Annotated[NoQuery, Query()],
        names: ScoreRequest,  # type: ignore[valid-type]  # made from the settings
    ) -> Response:
        """Tell how probable names are under a model, letter by letter, how usual they are, whether they stand in its
        training list, and with `compare` which of all bundled models they sound like.
        """
        generator: Generator = request.app.state.generator
        client = client_of(request)
        result = await generator.score(names, is_admin=is_admin(request), client=client)
        return await generator.lanes.run_part(partial(encode_scores, result), client)

    return routes
