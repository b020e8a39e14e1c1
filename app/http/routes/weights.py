"""`/models/{name}/versions/{version}/weights`: a model as a file, for the admin."""

from functools import partial
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError

from app.http.auth import admin_router
from app.http.downloads import MEDIA_TYPE, WeightsResponse
from app.http.openapi import refusals
from app.http.routes.models import ADMIN_ONLY, NAME
from app.schemas.fields import ModelName, NoQuery
from app.serving.downloads import Downloads
from app.serving.errors import Busy, DamagedVersion, UnknownModel, UnknownVersion
from app.store.errors import StoreAway

routes = admin_router("models")

WEIGHTS = "/models/{name}/versions/{version}/weights"
FILE: dict[str, Any] = {
    "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    "headers": {
        "Content-Disposition": {
            "description": "The name of the file.",
            "schema": {"type": "string", "examples": ['attachment; filename="us.npz"']},
        },
        "ETag": {"description": "SHA-256 of the file.", "schema": {"type": "string"}},
    },
}
UNCHANGED = {"description": "It is the file of which `If-None-Match` has the `ETag`"}


@routes.head(WEIGHTS, include_in_schema=False)
@routes.get(
    WEIGHTS,
    summary="Download a version",
    response_class=Response,
    response_description="The model, as a file for the folder of weights of any service",
    responses={
        200: FILE,
        304: UNCHANGED,
        **refusals(*ADMIN_ONLY, UnknownModel, UnknownVersion, RequestValidationError, DamagedVersion, StoreAway, Busy),
    },
)
async def download_version(
    request: Request,
    name: Annotated[ModelName, NAME],
    version: Annotated[
        int, Path(ge=0, description="The version to download.", openapi_examples={"0": {"value": 0}, "1": {"value": 1}})
    ],
    _: Annotated[NoQuery, Query()],
) -> WeightsResponse:
    """Download a version, trained or bundled, in service or not.

    In the folder of weights of another service it is version 0 of its name, which is that of the file. What is private
    stays private there: the file says so.
    """
    downloads: Downloads = request.app.state.downloads
    return WeightsResponse(partial(downloads.open, name, version))
