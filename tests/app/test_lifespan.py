import gc
from pathlib import Path
from typing import Any

import pytest

from app.main import create_app
from app.settings import Settings
from model.errors import InvalidWeights
from tests.support.services import serving

pytestmark = pytest.mark.anyio


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
