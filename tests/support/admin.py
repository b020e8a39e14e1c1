"""The service in this process, asked by its admin, and a stand-in for its workers: what they write, but no training."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from app.main import create_app
from app.settings import Settings
from app.store.records import Claim, Job, Order
from app.store.sync_store import Store
from model.artifact.model_file import pack
from tests.support.random_models import random_model
from tests.support.stores import with_tables

WORD = "open sesame"
BEARER = {"Authorization": f"Bearer {WORD}"}
JSON = {"Content-Type": "application/json"}
NAMES = ["Anna", "Ben", "Clara", "Dora", "Emil", "Frida", "Greta"]
LIST = "\n".join(NAMES).encode()

ORDER = Order("elves", "names", "elves", "default", {}, None, None, 0, None, "always", public_membership=False)
NOW = datetime.now(UTC)
QUEUED = Job(
    id="j", order=ORDER, report={}, state="queued", created=NOW, started=None, finished=None, attempt=0, worker=None,
    step=0, steps=None, names_per_second=None, seconds_left=None, history=(), error=None, version=None, promoted=None,
    verdict=None, revision=1,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Office:
    """A service, and what its admin has of it."""

    app: FastAPI
    client: httpx.AsyncClient

    async def store(self, work: Callable[[Store], T]) -> T:
        """Do something with the store of the service, behind its back."""
        result: T = await self.app.state.store.run(work)
        return result

    async def upload(self, content: bytes = LIST, **fields: str) -> httpx.Response:
        """Send a file."""
        return await self.client.post("/train/upload", files={"file": ("names.txt", content)}, data=fields)

    async def ordered(self, **asked: Any) -> str:
        """The id of a new training."""
        answer = await self.client.post("/train", json={"model": "elves", "names": NAMES} | asked)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    async def begun(self, job: str) -> Claim:
        """The claim of a worker that begins a training."""
        claim = await self.store(lambda store: store.runs.begin(job, "w", 9))
        assert claim is not None
        return claim

    async def progressed(self, claim: Claim, *steps: int) -> None:
        """Let a worker tell that it is at the last of these steps; the curve has a point at each."""
        history = [(step, 3 - step / 1000, 3.1 - step / 1000 if step % 200 == 0 else None) for step in steps]
        await self.store(
            lambda store: store.runs.progress(
                claim,
                step=steps[-1],
                steps=600,
                names_per_second=9000.0,
                seconds_left=1.5,
                history=history,
                drawn=["Aelin"],
            )
        )

    async def published(self, claim: Claim, *, promote: bool = True, verdict: str = "publish was always") -> None:
        """Let a worker publish what it has learned."""
        content = pack(random_model("abc"))
        await self.store(
            lambda store: store.versions.publish(
                claim, content, {"a": "card"}, promote=promote, verdict=verdict, champion_seen=None
            )
        )


T = TypeVar("T")


@asynccontextmanager
async def administering(settings: Settings, folder: Path, **others: Any) -> AsyncIterator[Office]:
    """A service that keeps its jobs in a folder, has started, and stops afterwards; and its admin."""
    database = {"database_url": with_tables(f"sqlite:///{folder / 'jobs.db'}"), "admin_token": SecretStr(WORD)}
    app = create_app(settings.model_copy(update=database | others))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://service", headers=BEARER) as client,
    ):
        yield Office(app, client)
