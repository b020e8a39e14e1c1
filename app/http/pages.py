"""The pages that a browser opens: the page for people and Swagger UI, with every byte from this server."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from app.http.assets import PageFiles
from app.http.compression import compress
from app.http.errors import InvalidRange
from app.http.middleware.security_headers import POLICY, page_policy
from app.http.model_options import ModelOptions
from app.http.people_page import PeoplePage
from app.serving.registry import ModelRegistry
from app.settings import Settings

STATIC = Path(__file__).parent / "static"
ASSETS = "/docs-assets"
PAGE_FILES = "assets"
PLAIN_MODEL = "us-seed"
"""Which the page on how it works reads at first: the network that its equations are of."""
REFUSED_RANGES = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
LINKS = {"docs": "/docs", "openapi": "/openapi.json", "sample": "/sample", "models": "/models"}


class Assets(StaticFiles):
    """Files; a range that they do not have is refused as everything is, where Starlette would answer in plain text."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a file, or the ranges of it that are asked for; a unit other than bytes is ignored (RFC 9110, 14.2)."""
        headers = [(name, value) for name, value in scope["headers"] if name != b"range" or _counts_bytes(value)]
        refused: Message | None = None

        async def watched(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] in REFUSED_RANGES:
                refused = message
            if refused is None:
                await send(message)

        await super().__call__({**scope, "headers": headers}, receive, watched)
        if refused:
            raise InvalidRange(Headers(raw=refused["headers"]).get("content-range"))


def _counts_bytes(value: bytes) -> bool:
    return value.partition(b"=")[0].strip().lower() == b"bytes"


def install(app: FastAPI, settings: Settings) -> None:
    """Serve the pages; their links are relative, so that they hold behind any prefix."""
    files = PageFiles(STATIC)
    people = PeoplePage((STATIC / "index.html").read_text(encoding="utf-8"), files, PAGE_FILES, settings)
    how = files.page((STATIC / "how.html").read_text(encoding="utf-8"), PAGE_FILES)
    admin = files.page((STATIC / "admin.html").read_text(encoding="utf-8"), PAGE_FILES)
    options = ModelOptions()
    icon = files.files["favicon.svg"].content
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
            return await people(request)
        return JSONResponse({"service": "namewright", **LINKS}, headers={"Vary": "Accept"})

    async def how_it_works(request: Request) -> Response:
        registry: ModelRegistry = request.app.state.registry
        fields = options.show(registry.models, PLAIN_MODEL)
        return compress(request, HTMLResponse(how.template.substitute(fields), headers=how.headers))

    async def operators(request: Request) -> Response:
        return compress(request, HTMLResponse(admin.template.substitute(), headers=admin.headers))

    async def swagger_ui(_: Request) -> Response:
        return _page(docs)

    async def favicon(_: Request) -> Response:
        return Response(icon, media_type="image/svg+xml")

    app.add_route("/", index, include_in_schema=False)
    app.add_route("/how", how_it_works, include_in_schema=False)
    app.add_route("/admin", operators, include_in_schema=False)
    app.add_route("/docs", swagger_ui, include_in_schema=False)
    app.add_route("/favicon.ico", favicon, include_in_schema=False)
    app.add_route(f"/{PAGE_FILES}/{{version}}/{{name}}", files.__call__, include_in_schema=False)
    app.add_route(f"/{PAGE_FILES}/{{name}}", files.__call__, include_in_schema=False)
    app.mount(ASSETS, Assets(packages=[("fastapi_offline", "static")]))


def _page(html: str) -> HTMLResponse:
    return HTMLResponse(html, headers={POLICY: page_policy(html)})
