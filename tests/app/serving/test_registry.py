"""Bundled models other than the default one, which are loaded when a request asks for them."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.settings import Settings
from tests.support.services import eventually, get_json, problem, serving, write_models

pytestmark = pytest.mark.anyio

ACCENTS = 'model="accents"'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_models(tmp_path)
    return tmp_path


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    url = f"sqlite:///{folder / 'names.db'}"
    async with serving(Settings(weights=folder, database_url=url, poll_seconds=0.05)) as client:
        yield client


async def loads(client: httpx.AsyncClient) -> dict[str, float]:
    families = text_string_to_metric_families((await client.get("/metrics")).text)
    (family,) = (family for family in families if family.name == "namewright_version_loads")
    return {sample.labels["model"]: sample.value for sample in family.samples}


async def test_a_model_is_loaded_when_names_are_drawn_from_it_and_not_before(client: httpx.AsyncClient) -> None:
    for path in ("/models", "/models/accents", "/models/accents@0", "/health/ready", "/sample"):
        await get_json(client, path)
    assert await loads(client) == {}
    for path in ("/sample?model=accents", "/sample?model=accents@0", "/sample?model=us@0"):
        await get_json(client, path)
    assert (await client.post("/score", json={"model": "accents", "names": ["abc"]})).status_code == 200
    assert await loads(client) == {"accents": 1}
    assert "namewright_version_cache_bytes 0.0" not in (await client.get("/metrics")).text


async def test_a_model_that_turns_out_damaged_is_told_and_answers_when_it_is_whole_again(
    client: httpx.AsyncClient, folder: Path
) -> None:
    path = folder / "accents.npz"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    for _ in range(2):
        refused = problem(await client.get("/sample?model=accents"), 500)
        assert refused["type"] == "/problems/damaged-version"
        assert str(folder) not in refused["detail"]
    ready = await get_json(client, "/health/ready")
    (fault,) = ready["degraded"]
    assert (fault["model"], fault["version"], str(folder) in fault["reason"]) == ("accents", 0, False)
    assert f"namewright_model_degraded{{{ACCENTS}}} 1.0" in (await client.get("/metrics")).text
    assert (await get_json(client, "/models/accents"))["version"] == 0
    assert (await get_json(client, "/sample"))["model"] == "us"
    path.write_bytes(whole)
    assert (await get_json(client, "/sample?model=accents"))["model"] == "accents"
    assert (await get_json(client, "/health/ready"))["degraded"] == []
    assert f"namewright_model_degraded{{{ACCENTS}}} 0.0" in (await client.get("/metrics")).text


async def test_a_damaged_default_model_is_no_model_to_start_a_service_with(folder: Path) -> None:
    (folder / "us.npz").write_bytes(b"no model")
    with pytest.raises(Exception, match=r"us\.npz"):
        async with serving(Settings(weights=folder)):
            pass


async def test_readiness_does_not_wait_for_what_nobody_asks_for(client: httpx.AsyncClient) -> None:
    ready = await eventually(lambda: get_json(client, "/health/ready"), lambda ready: ready["training"]["available"])
    assert ready["models"] == {"accents": 0, "us": 0}
    assert await loads(client) == {}
