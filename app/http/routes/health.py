"""`/health` and `/metrics`, for the operator."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.http.formats import json_response
from app.http.openapi import text_content
from app.schemas.answers import Health, Readiness
from app.serving.model_service import ModelService
from app.serving.prometheus import MEDIA_TYPE

routes = APIRouter(tags=["health"])

METRICS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The metrics, in the text format of Prometheus",
        "content": text_content(
            "text/plain",
            "# HELP namewright_model_version The version in service.\n"
            "# TYPE namewright_model_version gauge\n"
            'namewright_model_version{model="us"} 0.0\n',
        ),
    }
}


@routes.head("/health/live", include_in_schema=False)
@routes.get("/health/live", summary="Is the process alive?", response_model=Health, response_description="It is")
async def show_liveness() -> Response:
    """Answers as long as the process does; where it does not, restart it."""
    return json_response(Health())


@routes.head("/health/ready", include_in_schema=False)
@routes.get("/health/ready", summary="Can it serve?", response_model=Readiness, response_description="It can")
async def show_readiness(request: Request) -> Response:
    """Answers once the default model is loaded; where it does not, send no requests.

    It answers while a model trains, while a version loads or fails to, and without a database, and says so.
    """
    service: ModelService = request.app.state.model_service
    return json_response(service.check_readiness())


@routes.get("/metrics", summary="Show the metrics", response_class=Response, responses=METRICS)
async def show_metrics(request: Request) -> Response:
    """Requests, latencies, names drawn, versions in service, jobs and workers, of the process that answers.

    Jobs and workers are those of the database, as of some seconds ago; while it is away, they are left out.
    """
    service: ModelService = request.app.state.model_service
    return Response(await service.expose_metrics(), headers={"Cache-Control": "no-store"}, media_type=MEDIA_TYPE)
