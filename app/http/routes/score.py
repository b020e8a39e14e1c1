"""`/score`: how probable names are."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.http import problems
from app.http.auth import Admin
from app.http.openapi import refusals
from app.schemas.answers import ScoreAnswer
from app.schemas.sample import NoQuery, score_request
from app.serving.generator import Generator
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
        generator: Generator = request.app.state.generator
        admin: Admin = request.app.state.admin
        return await generator.score(names, admin=admin.knows(request))

    return routes
