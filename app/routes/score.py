"""`/score`: how probable names are."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.routes.refusals import refusals
from app.schemas import NoQuery, ScoreAnswer, score_request
from app.service import Service
from app.settings import Settings

REFUSALS = refusals(
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


def router(settings: Settings) -> APIRouter:
    """The path, with requests within the bounds of `settings`."""
    routes = APIRouter(tags=["names"])
    ScoreRequest = score_request(settings)

    @routes.post("/score", summary="Score names", response_model=ScoreAnswer, responses=REFUSALS)
    async def post_score(
        request: Request,
        _: Annotated[NoQuery, Query()],
        names: ScoreRequest,  # type: ignore[valid-type]  # made from the settings
    ) -> Response:
        """Tell how probable names are under a model, letter by letter, and whether they stand in its training list."""
        service: Service = request.app.state.service
        return await service.score(names)

    return routes
