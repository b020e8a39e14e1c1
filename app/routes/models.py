"""`/models`: what is in service."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from app import problems
from app.routes.refusals import refusals
from app.schemas.answers import ModelAnswer, ModelsAnswer
from app.schemas.requests import ModelName
from app.service import Service

routes = APIRouter(tags=["models"])


@routes.head("/models", include_in_schema=False)
@routes.get("/models", summary="List the models", response_description="The models")
async def list_models(request: Request) -> ModelsAnswer:
    """The models in service, by name."""
    service: Service = request.app.state.service
    return service.list_models()


@routes.head("/models/{name}", include_in_schema=False)
@routes.get(
    "/models/{name}",
    summary="Show a model",
    response_description="The model and its card",
    responses=refusals(problems.UNKNOWN_MODEL, problems.INVALID_REQUEST),
)
async def show_model(
    request: Request, name: Annotated[ModelName, Path(openapi_examples={"us": {"value": "us"}})]
) -> ModelAnswer:
    """One model, by `name` or `name@version`, and where it comes from."""
    service: Service = request.app.state.service
    return service.show_model(name)
