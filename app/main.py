"""The application: routes, pages and middleware; `app.lifespan` makes what they use."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from app.http import problems
from app.http.application import Application
from app.http.formats import FACTS, LEFT_OUT
from app.http.middleware.edge import REQUEST_ID, Edge
from app.http.middleware.last_resort import LastResort
from app.http.middleware.size_limits import LIST_PATHS, SizeLimits
from app.http.middleware.startup_failure import StartupFailure
from app.http.openapi import operation_id
from app.http.routes import sample
from app.lifespan import lifespan
from app.metrics import Metrics, Shares
from app.settings import Settings
from model import __version__

DESCRIPTION = """
Draws names that sound right from recurrent neural networks, each trained on a list of names.

Start with **GET /sample**: press *Try it out*, then *Execute*. The same request with the same `seed` and model version
draws the same names.

Slurs and obscenities are left out, unless `decent` is false: by the
[List of Dirty, Naughty, Obscene, and Otherwise Bad
Words](https://github.com/LDNOOBW/List-of-Dirty-Naughty-Obscene-and-Otherwise-Bad-Words), © 2012–2020 Shutterstock, Inc.
([CC BY 4.0](https://creativecommons.org/licenses/by/4.0/)), changed, and by rules of our own.

To train on a list of your own, press **Authorize** and give the admin token, which `make serve` prints; then use
**POST /train/upload** with a file, or **POST /train** as it stands, and follow it by the `id` of the answer. What it
learns is drawn from under the model's name as soon as the training has succeeded.

Every refusal is `application/problem+json` and says what to do.
"""
TAGS = [
    {"name": "names", "description": "Draw names, and tell how probable names are."},
    {"name": "models", "description": "The models, where they come from, and which version of each is in service."},
    {"name": "training", "description": "For the admin: train models on lists of names, and follow it."},
    {"name": "health", "description": "For operators."},
]


def create_app(
    settings: Settings | None = None, address: str | None = None, shares: Shares | None = None
) -> Application:
    """Make the application; without settings, they are read from the environment.

    `address` is where it will listen, for the log, where that is known beforehand; `shares` is where it keeps its
    counters for other processes of the same service.
    """
    settings = settings or Settings.read()
    metrics = Metrics(shares)
    app = Application(
        partial(_add_routes, settings=settings),
        title="namewright",
        version=__version__,
        summary="Give it names, get new names like them.",
        description=DESCRIPTION,
        openapi_tags=TAGS,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=operation_id,
        redirect_slashes=False,  # a redirect would lead wherever the Host header says
        lifespan=lifespan(settings, metrics, address),
        exception_handlers=problems.HANDLERS,
    )
    # The last one added is outermost.
    elsewhere = dict.fromkeys(LIST_PATHS, settings.max_upload_bytes) | {sample.PATH: sample.MAX_BODY_BYTES}
    app.add_middleware(SizeLimits, max_bytes=settings.max_body_bytes, elsewhere=elsewhere)
    app.add_middleware(LastResort)
    if settings.cors_origins:
        app.add_middleware(CORSMiddleware, **cors(settings))
    app.add_middleware(StartupFailure)
    direct = {("GET", sample.PATH): _direct(sample.query_path(settings), settings)}
    app.edge = Edge(app.serve, direct=direct, observe=metrics.observe)
    return app


def _add_routes(app: Application, settings: Settings) -> None:
    """Add all routes; the framework takes a tenth of a start for them, and the plain request needs none."""
    from app.http import pages
    from app.http.routes import explain, health, models, report, score, train, weights

    app.include_router(sample.router(settings))
    app.include_router(score.router(settings))
    app.include_router(explain.router(settings))
    app.include_router(report.routes)
    app.include_router(models.routes)
    app.include_router(models.admin_routes)
    app.include_router(weights.routes)
    app.include_router(train.router(settings))
    app.include_router(health.routes)
    pages.install(app, settings)


def _direct(path: ASGIApp, settings: Settings) -> ASGIApp:
    """A path with what the middleware would do around it."""
    app = LastResort(path)
    return CORSMiddleware(app, **cors(settings)) if settings.cors_origins else app


def cors(settings: Settings) -> dict[str, Any]:
    """What pages of other origins may do and read."""
    return {
        "allow_origins": settings.cors_origins,
        "allow_methods": ["GET", "POST", "PUT", "DELETE"],
        "allow_headers": ["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", REQUEST_ID],
        "expose_headers": [
            REQUEST_ID,
            "Idempotency-Replayed",
            "Location",
            "Retry-After",
            *FACTS.values(),
            *LEFT_OUT.values(),
        ],
    }
