"""The pages that a browser opens: the landing page and Swagger UI, with every byte from this server."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from fastapi import FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from app.http.middleware.security_headers import POLICY, page_policy

STATIC = Path(__file__).parent / "static"
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


def _page(html: str, headers: Mapping[str, str] = MappingProxyType({})) -> HTMLResponse:
    return HTMLResponse(html, headers={POLICY: page_policy(html), **headers})
