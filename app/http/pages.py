"""What a browser opens: the landing page and Swagger UI, both without a byte from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from app.http.auth import POLICY, page_policy
from app.schemas.answers import Problem
from app.schemas.jobs import NEW_JOB

STATIC = Path(__file__).parent / "static"
SCHEMA = "#/components/schemas/{model}"
PROBLEM = SCHEMA.format(model=Problem.__name__)
NEW_JOB_EXAMPLE = "#/components/examples/NewJob"
ASSETS = "/docs-assets"
LINKS = {"docs": "/docs", "openapi": "/openapi.json", "sample": "/sample", "models": "/models"}


def install(app: FastAPI) -> None:
    """Serve the pages; their links are relative, so that they hold behind any prefix."""
    landing = (STATIC / "index.html").read_text(encoding="utf-8")
    swagger = get_swagger_ui_html(
        openapi_url="openapi.json",
        title="namewright",
        swagger_js_url=f".{ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f".{ASSETS}/swagger-ui.css",
        swagger_favicon_url="favicon.ico",
        swagger_ui_parameters={"defaultModelsExpandDepth": 0},
    )
    docs = bytes(swagger.body).decode()

    async def index(request: Request) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            return _page(landing, {"Vary": "Accept"})
        return JSONResponse({"service": "namewright", **LINKS}, headers={"Vary": "Accept"})

    async def swagger_ui(_: Request) -> Response:
        return _page(docs)

    async def favicon(_: Request) -> Response:
        return FileResponse(STATIC / "favicon.svg", media_type="image/svg+xml")

    app.add_route("/", index, include_in_schema=False)
    app.add_route("/docs", swagger_ui, include_in_schema=False)
    app.add_route("/favicon.ico", favicon, include_in_schema=False)
    app.mount(ASSETS, StaticFiles(packages=[("fastapi_offline", "static")]))


class DocumentedAPI(FastAPI):
    """An application whose OpenAPI document tells what a refusal and a new training look like."""

    def openapi(self) -> dict[str, Any]:
        """The document, made when it is first asked for."""
        document = super().openapi()
        problem = Problem.model_json_schema(ref_template=SCHEMA)
        # the framework would leave out what is null in an example
        document["components"]["examples"] = {"NewJob": {"summary": "A training that waits", "value": NEW_JOB}}
        document["components"]["schemas"] |= {**problem.pop("$defs"), Problem.__name__: problem}
        return document


def _page(html: str, headers: Mapping[str, str] = MappingProxyType({})) -> HTMLResponse:
    return HTMLResponse(html, headers={POLICY: page_policy(html), **headers})
