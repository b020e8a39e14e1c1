from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families

from app.metrics import Figures, Metrics
from app.settings import Settings
from app.store import sqlite
from app.store.sync_store import Store
from app.store.tables import workers
from model import __version__
from tests.support.admin import administering
from tests.support.services import eventually, get_json, serving

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
async def test_a_probe_is_answered(client: httpx.AsyncClient, method: str, path: str) -> None:
    assert (await client.request(method, path)).status_code == 200


async def test_readiness_tells_what_is_in_service(client: httpx.AsyncClient) -> None:
    ready = await eventually(lambda: get_json(client, "/health/ready"), lambda ready: ready["training"]["workers"] == 0)
    assert ready == {
        "status": "ok",
        "models": {"accents": 0, "us": 0},
        "degraded": [],
        "training": {"available": True, "reason": None, "workers": 0, "silent_workers": 0},
    }


async def test_the_metrics_are_what_prometheus_reads(settings: Settings) -> None:
    async with serving(settings) as client:
        await eventually(lambda: get_json(client, "/health/ready"), lambda ready: ready["training"]["workers"] == 0)
        assert (await client.get("/sample?count=3")).status_code == 200
        assert (await client.get("/sample?count=0")).status_code == 422
        answer = await client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert found["namewright_requests_total", "/sample", "200", "GET"] == 1
    assert found["namewright_requests_total", "/sample", "422", "GET"] == 1
    assert found["namewright_request_duration_seconds_count", "/sample", "GET"] == 2
    assert found["namewright_request_duration_seconds_bucket", "+Inf", "/sample", "GET"] == 2
    assert 0 < found["namewright_request_duration_seconds_sum", "/sample", "GET"] < 10
    assert found["namewright_names_drawn_total", "us"] == 3
    assert found["namewright_model_version", "us"] == 0
    assert found["namewright_model_degraded", "us"] == 0
    assert found["namewright_swap_failures_total", "us"] == 0
    assert found["namewright_database_up",] == 1
    assert found["namewright_workers_alive",] == 0
    assert found["namewright_workers_silent",] == 0
    assert found["namewright_disk_full",] == 0
    assert {key[1] for key in found if key[0] == "namewright_jobs"} == {
        "queued",
        "running",
        "succeeded",
        "failed",
        "cancelled",
    }
    assert [key for key in found if key[0] == "namewright_build_info" and __version__ in key]
    assert found["process_resident_memory_bytes",] > 0


@pytest.mark.parametrize(
    ("method", "path", "labels"),
    [
        ("GET", "/models/elves", ("/models/{name}", "GET", 404)),
        ("GET", "/models/us@0", ("/models/{name}", "GET", 200)),
        ("PUT", "/models/us", ("/models/{name}", "PUT", 405)),
        ("GET", "/docs", ("/docs", "GET", 200)),
        ("GET", "/docs-assets/swagger-ui.css", ("/docs-assets", "GET", 200)),
        ("GET", "/docs-assets/another.css", ("/docs-assets", "GET", 404)),
        ("GET", "/nowhere/at/all", ("other", "GET", 404)),
        ("BREW", "/sample", ("/sample", "other", 405)),
        ("GET", "/sample?" + "x" * 9000, ("/sample", "GET", 414)),
    ],
)
async def test_no_label_is_what_a_client_chose(
    settings: Settings, tmp_path: Path, method: str, path: str, labels: tuple[str, str, int]
) -> None:
    async with administering(settings, tmp_path) as office:
        await office.client.request(method, path)
        metrics: Metrics = office.app.state.metrics
    assert dict(metrics.requests) == {labels: 1}


async def test_two_applications_count_for_themselves(settings: Settings) -> None:
    async with serving(settings) as one, serving(settings) as other:
        await one.get("/sample")
        assert 'route="/sample"' in (await one.get("/metrics")).text
        assert 'route="/sample"' not in (await other.get("/metrics")).text


async def test_a_database_that_has_not_answered_for_long_is_told(settings: Settings, tmp_path: Path) -> None:
    async with administering(settings, tmp_path, poll_seconds=60) as office:
        client, metrics = office.client, office.app.state.metrics
        await eventually(lambda: get_json(client, "/health/ready"), lambda ready: ready["training"]["workers"] == 0)
        assert metrics.figures is not None
        metrics.figures = Figures(metrics.figures.jobs, 1, valid_until=0)
        assert (await get_json(client, "/health/ready"))["training"] == {
            "available": False,
            "reason": "the database does not answer",
            "workers": None,
            "silent_workers": None,
        }
        text = (await client.get("/metrics")).text
    assert "namewright_database_up 0.0" in text
    assert "namewright_workers_alive" not in text


async def test_readiness_knows_a_worker_that_hangs(settings: Settings, tmp_path: Path) -> None:
    def fall_silent(store: Store) -> None:
        store.workers.beat("local", "here")
        with store.database.writing() as connection:
            connection.execute(sa.update(workers).values(seen=workers.c.seen - 31))

    async with administering(settings, tmp_path, poll_seconds=0.05) as office:
        await office.store(fall_silent)
        ready = await eventually(  # it may have looked between the two
            lambda: get_json(office.client, "/health/ready"),
            lambda ready: ready["training"]["silent_workers"] and not ready["training"]["workers"],
        )
        training = ready["training"]
        assert (training["available"], training["workers"], training["silent_workers"]) == (True, 0, 1)
        assert "what is queued waits" in training["reason"]
        assert "namewright_workers_silent 1.0" in (await office.client.get("/metrics")).text
        await office.store(lambda store: store.workers.beat("local", "here"))
        await eventually(
            lambda: get_json(office.client, "/health/ready"), lambda ready: ready["training"]["workers"] == 1
        )
        assert (await get_json(office.client, "/health/ready"))["training"]["reason"] is None


async def test_readiness_knows_a_disk_without_room_for_a_training(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "LEAST_FREE_BYTES", 2**60)
    async with administering(settings, tmp_path) as office:
        ready = await eventually(
            lambda: get_json(office.client, "/health/ready"), lambda ready: ready["training"]["workers"] == 0
        )
        assert ready["training"]["available"] is False
        assert "the disk of the database is full" in ready["training"]["reason"]
        assert "namewright_disk_full 1.0" in (await office.client.get("/metrics")).text
