"""`/score`: how probable names are."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app import problems
from app.routes.refusals import refusals
from app.schemas.answers import ScoreAnswer
from app.schemas.requests import NoQuery, score_request
from app.security import Admin
from app.service import Service
from app.settings import Settings

REFUSALS = refusals(
    problems.INVALID_REQUEST,
    problems.UNKNOWN_MODEL,
    problems.TOO_LARGE,
    problems.UNSUPPORTED_MEDIA_TYPE,
    problems.OVER_CAPACITY,
)


def router(settings: Settings) -> APIRouter:
    """The path, with requests within the bounds of `settings`."""
    routes = APIRouter(tags=["names"])
    ScoreRequest = score_request(settings)

    @routes.post(
        "/score",
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
        """Tell how probable names are under a model, letter by letter, and whether they stand in its training list."""
        service: Service = request.app.state.service
        admin: Admin = request.app.state.admin
        return await service.score(names, admin=admin.knows(request))

    return routes
