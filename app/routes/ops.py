"""`/health`: for whoever runs the service."""

from fastapi import APIRouter, Request

from app.schemas.answers import Health, Readiness
from app.service import Service

routes = APIRouter(tags=["health"])


@routes.head("/health/live", include_in_schema=False)
@routes.get("/health/live", summary="Is the process alive?", response_description="It is")
async def show_liveness() -> Health:
    """Answers as long as the process does; where it does not, restart it."""
    return Health()


@routes.head("/health/ready", include_in_schema=False)
@routes.get("/health/ready", summary="Can it serve?", response_description="It can")
async def show_readiness(request: Request) -> Readiness:
    """Answers once the models are loaded; where it does not, send no requests."""
    service: Service = request.app.state.service
    return service.ready()
