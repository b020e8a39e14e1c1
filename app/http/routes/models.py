"""`/models`: list and show the models; put them into service and out of it and delete them, for the admin."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError

from app.http.auth import admin_router, is_admin
from app.http.compression import compress
from app.http.direct import QueryRoute
from app.http.errors import AdminDisabled, BodyTooLarge, EncodedBody, Unauthorized, UnsupportedMediaType
from app.http.formats import json_response
from app.http.openapi import refusals
from app.schemas.answers import DeletedModel, ModelAnswer, ModelsAnswer
from app.schemas.fields import ModelName, NoQuery
from app.schemas.sample import Alias, ModelsQuery
from app.serving.errors import (
    Busy,
    DamagedVersion,
    DefaultModel,
    OutOfService,
    UnknownModel,
    UnknownValue,
    UnknownVersion,
)
from app.serving.model_service import ModelService
from app.store.errors import StoreAway, TrainingUnfinished, VersionInService

routes = APIRouter(tags=["models"])
admin_routes = admin_router("models")

REFERENCE = Path(openapi_examples={"us": {"value": "us"}})
NAME = Path(description="Name of the model, without a version.", openapi_examples={"us": {"value": "us"}})
ADMIN_ONLY = (Unauthorized, AdminDisabled)


async def list_models(request: Request, query: Annotated[ModelsQuery, Query()]) -> Response:
    """The models in service, by language and kind, with what helps to choose one; all, or those that are asked for.

    Those of which a version must be named, since none is in service, are listed by their versions.
    """
    service: ModelService = request.app.state.model_service
    return compress(request, json_response(service.list_models(query, is_admin=is_admin(request))))


routes.add_api_route("/models", list_models, methods=["HEAD"], route_class_override=QueryRoute, include_in_schema=False)
routes.add_api_route(
    "/models",
    list_models,
    methods=["GET"],
    route_class_override=QueryRoute,
    summary="List the models",
    response_model=ModelsAnswer,
    response_description="The models",
    responses=refusals(UnknownValue, RequestValidationError),
)


@routes.head("/models/{name}", include_in_schema=False)
@routes.get(
    "/models/{name}",
    summary="Show a model",
    response_model=ModelAnswer,
    response_description="The model and its card",
    responses=refusals(
        UnknownModel,
        UnknownVersion,
        OutOfService,
        RequestValidationError,
        DamagedVersion,
        StoreAway,
        Busy,
    ),
)
async def show_model(
    request: Request, name: Annotated[ModelName, REFERENCE], _: Annotated[NoQuery, Query()]
) -> Response:
    """One model, by `name` or `name@version`: where it comes from, its versions, and which was in service when."""
    service: ModelService = request.app.state.model_service
    return json_response(await service.show_model(name, is_admin=is_admin(request)))


@admin_routes.put(
    "/models/{name}/alias/champion",
    summary="Put a version into service",
    response_model=ModelAnswer,
    response_description="The model as it now is",
    responses=refusals(
        *ADMIN_ONLY,
        UnknownModel,
        UnknownVersion,
        RequestValidationError,
        UnsupportedMediaType,
        EncodedBody,
        BodyTooLarge,
        DamagedVersion,
        StoreAway,
        Busy,
    ),
)
async def put_champion(
    request: Request, name: Annotated[ModelName, NAME], _: Annotated[NoQuery, Query()], alias: Alias
) -> Response:
    """Roll a model back or forward, without a failed request: who drew on the former version gets its names.

    The process that answers serves the version by then, others do within about a second. A version that does not load
    is refused.
    """
    service: ModelService = request.app.state.model_service
    return json_response(await service.promote(name, alias.version))


@admin_routes.delete(
    "/models/{name}/alias/champion",
    status_code=204,
    summary="Take a model out of service",
    response_description="It is out of service",
    responses=refusals(*ADMIN_ONLY, UnknownModel, DefaultModel, RequestValidationError, StoreAway),
)
async def delete_champion(request: Request, name: Annotated[ModelName, NAME], _: Annotated[NoQuery, Query()]) -> None:
    """Have nobody draw from a model, by its name or by one of its versions, until `PUT` puts one into service.

    Trainings of it go on, and what they publish is kept, but not put into service. The process that answers serves the
    model no longer, others stop within about a second.
    """
    service: ModelService = request.app.state.model_service
    await service.withdraw(name)


@admin_routes.delete(
    "/models/{name}",
    summary="Delete a model",
    response_model=DeletedModel,
    response_description="What was deleted, and what serves now",
    responses=refusals(*ADMIN_ONLY, UnknownModel, TrainingUnfinished, RequestValidationError, StoreAway),
)
async def delete_model(request: Request, name: Annotated[ModelName, NAME], _: Annotated[NoQuery, Query()]) -> Response:
    """Delete all trained versions of a model for good, the one in service too; their numbers are not given again.

    A model that came with the software goes back to version 0, any other is gone: in the process that answers at once,
    in others within about a second. It is refused while a training of the model waits or runs.
    """
    service: ModelService = request.app.state.model_service
    return json_response(await service.delete_model(name))


@admin_routes.delete(
    "/models/{name}/versions/{version}",
    status_code=204,
    summary="Delete a version",
    response_description="It is deleted",
    responses=refusals(
        *ADMIN_ONLY,
        UnknownModel,
        UnknownVersion,
        VersionInService,
        RequestValidationError,
        StoreAway,
    ),
)
async def delete_version(
    request: Request,
    name: Annotated[ModelName, NAME],
    version: Annotated[int, Path(ge=0, description="The version to delete.", openapi_examples={"1": {"value": 1}})],
    _: Annotated[NoQuery, Query()],
) -> None:
    """Delete a trained version for good, unless it is the one to serve; its number is not given again."""
    service: ModelService = request.app.state.model_service
    await service.delete(name, version)
