import asyncio
import gc
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.main import create_app
from app.settings import Settings
from model.artifact.model_file import save
from model.errors import InvalidWeights
from tests.support.checkout import ROOT
from tests.support.random_models import random_model
from tests.support.services import serving, write_models

pytestmark = pytest.mark.anyio

LATER = {"app.http.routes.train", "app.jobs.list_check_process", "pydantic.v1", "pydantic_settings", "sqlalchemy"}

FIRST_ANSWER = f"""
import asyncio, sys
import app.lifespan
from tests.support.services import Settings, serving

async def ask():
    app.lifespan.HEAD_START_SECONDS = 600
    async with serving(Settings()) as client:
        assert (await client.get("/sample")).status_code == 200
        print(*{LATER} & {{*sys.modules}})

asyncio.run(ask())
"""


async def test_a_failed_start_tells_the_server_one_line(tmp_path: Path) -> None:
    body: list[Any] = []

    async def receive() -> dict[str, str]:
        return {"type": "lifespan.startup"}

    async def send(message: Any) -> None:
        body.append(message)

    app = create_app(Settings(weights=tmp_path / "nowhere"))
    with pytest.raises(InvalidWeights):
        await app({"type": "lifespan", "state": {}}, receive, send)
    (message,) = body
    assert message["type"] == "lifespan.startup.failed"
    assert "nowhere" in message["message"]
    assert "\n" not in message["message"]


def test_the_first_answer_comes_without_what_other_requests_need() -> None:
    imported = subprocess.run(
        [sys.executable, "-c", FIRST_ANSWER], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert imported.stdout.splitlines()[-1] == ""


async def test_a_request_that_comes_first_finds_all_routes(settings: Settings) -> None:
    async with serving(settings) as client:
        refused = await client.delete("/sample")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, POST")
    async with serving(settings) as client:
        paths = (await client.get("/openapi.json")).json()["paths"]
    assert paths["/sample"].keys() == {"get", "post"}
    assert "/train/{id}/events" in paths


async def test_a_misspelt_setting_is_one_warning(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NAMEWRIGHT_MAX_CUONT", "5")
    async with serving(settings):
        (warning,) = (record for record in caplog.records if record.levelname == "WARNING")
    assert vars(warning)["fields"] == {"variables": ["NAMEWRIGHT_MAX_CUONT"]}


async def test_garbage_is_collected_again_once_the_service_is_ready(settings: Settings) -> None:
    gc.disable()
    try:
        async with serving(settings):
            assert gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()


async def test_many_bundled_models_that_load_at_once_do_not_share_the_queue_of_draws(tmp_path: Path) -> None:
    write_models(tmp_path)
    names = [f"model-{n}" for n in range(16)]
    for name in names:
        save(random_model("abc", end=1.0), tmp_path / f"{name}.npz")
    app = create_app(Settings(weights=tmp_path, max_waiting=7))
    async with app.router.lifespan_context(app):
        found = await asyncio.gather(*(app.state.registry.resolve(name) for name in names))
    assert [served.name for served in found] == names
