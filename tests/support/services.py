"""The service in this process, for tests that need no socket."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import anyio
import httpx
import uvicorn
from starlette.types import ASGIApp

from app.main import create_app
from app.settings import Settings
from model.artifact.model_file import save
from model.corpus.casing import Casing
from tests.support.random_models import random_model

PATIENCE = 120  # seconds; every wait ends with what it waits for, so that only a failure takes so long
T = TypeVar("T")

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def write_models(folder: Path) -> None:
    """`us` knows a to z, writes names with a capital and is a mixture; `accents` knows few letters and first ones."""
    save(random_model(LETTERS, casing=Casing.TITLE, names=("anna", "ben"), end=1.0, mixed=True), folder / "us.npz")
    save(random_model("abcé ", first_letter=False, names=("abc",)), folder / "accents.npz")


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service that has started, and stops afterwards."""
    app = create_app(settings)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://service") as client,
    ):
        yield client


@asynccontextmanager
async def listening_on_socket(
    app: ASGIApp, headers: Mapping[str, str] | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application that has started, over a real socket."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, lifespan="off", log_config=None, timeout_graceful_shutdown=9)
    server = uvicorn.Server(config)
    async with anyio.create_task_group() as group:
        group.start_soon(server.serve)

        async def has_started() -> bool:
            return server.started

        await eventually(has_started, bool)
        url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=PATIENCE) as client:
            yield client
        server.should_exit = True


async def eventually(look: Callable[[], Awaitable[T]], is_so: Callable[[T], bool]) -> T:
    """Look again and again until it is so; what was seen then."""
    deadline = time.monotonic() + PATIENCE
    while not is_so(seen := await look()):
        assert time.monotonic() < deadline, seen
        await anyio.sleep(0.01)
    return seen


async def get_json(client: httpx.AsyncClient, path: str) -> Any:
    """What a path answers, as JSON."""
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The members of a refusal, whose shape is checked here for every test."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["type"].startswith("/problems/")
    assert all(isinstance(body[member], str) and body[member] for member in ("type", "title", "detail"))
    assert "x-request-id" in answer.headers
    assert len(answer.content) < 50_000
    return body
