"""Models that are deleted or taken out of service, in two services on one database."""

import gc
import weakref
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from app.main import create_app
from app.settings import Settings
from app.store.sync_store import Store
from tests.support.publishing import order, publish
from tests.support.random_models import random_model
from tests.support.services import eventually, get_json, problem, serving

pytestmark = pytest.mark.anyio

TOKEN = {"Authorization": "Bearer secret"}
ELVES = "/models/elves"
CHAMPION = "/alias/champion"
DRAWN = ["/sample?model=elves", "/sample?model=elves@2", "/sample?model=elves@1&seed=7", "/sample?blend=elves:1,us:1"]
"""Requests that draw from it; of a seed, a stock, a blend and by version."""


@pytest.fixture
def shared(settings: Settings, url_with_tables: str) -> Settings:
    more = {"database_url": url_with_tables, "poll_seconds": 0.05, "admin_token": SecretStr("secret")}
    return settings.model_copy(update=more)


@pytest.fixture
def store(shared: Settings) -> Iterator[Store]:
    """With two versions of `elves`, the second in service, and one of `us`."""
    with closing(Store(shared.database_url)) as store:
        store.migrate()
        for model in ("elves", "elves", "us"):
            publish(store, model, random_model("abc", end=1.0))
        yield store


@pytest.fixture
async def one(shared: Settings, store: Store) -> AsyncIterator[httpx.AsyncClient]:  # noqa: ARG001
    """Asked by the admin."""
    async with serving(shared) as client:
        await ready(client)
        yield client


@pytest.fixture
async def other(shared: Settings, store: Store) -> AsyncIterator[httpx.AsyncClient]:  # noqa: ARG001
    async with serving(shared) as client:
        await ready(client)
        yield client


async def ready(client: httpx.AsyncClient) -> None:
    """Wait until the catalogue was read, of which `us` is the last."""
    await eventually(lambda: get_json(client, "/health/ready"), lambda found: found["models"]["us"] == 1)


async def ends(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    """Wait until a path answers no longer; the refusal."""
    answer = await eventually(lambda: client.get(path), lambda answer: answer.status_code != 200)
    return problem(answer, 404)


async def test_a_deleted_model_ends_here_at_once_and_elsewhere_with_the_next_poll(
    one: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    for client in (one, other):
        for path in DRAWN:
            await get_json(client, path)
    answer = await one.delete(ELVES, headers=TOKEN)
    assert (answer.status_code, answer.json()) == (200, {"deleted": [1, 2], "version": None})
    for path in (*DRAWN, ELVES, "/models/elves@1"):
        assert problem(await one.get(path), 404)["models"] == ["accents", "us"]
        assert (await ends(other, path))["type"] == "/problems/unknown-model"
    for headers in ({}, TOKEN):
        listed = (await one.get("/models", headers=headers)).json()
        assert "elves" not in str(listed)
    assert problem(await one.delete(ELVES, headers=TOKEN), 404)["type"] == "/problems/unknown-model"


async def test_a_deleted_bundled_model_goes_back_to_version_0(one: httpx.AsyncClient, other: httpx.AsyncClient) -> None:
    answer = await one.delete("/models/us", headers=TOKEN)
    assert answer.json() == {"deleted": [1], "version": 0}
    assert (await get_json(one, "/sample"))["version"] == 0
    await eventually(lambda: get_json(other, "/sample"), lambda found: found["version"] == 0)
    assert (await one.delete("/models/us", headers=TOKEN)).json() == {"deleted": [], "version": 0}


async def test_a_model_that_is_trained_again_begins_after_the_deleted_numbers(
    one: httpx.AsyncClient, other: httpx.AsyncClient, store: Store
) -> None:
    await one.delete(ELVES, headers=TOKEN)
    assert publish(store, "elves", random_model("xyz", end=1.0)) == 3
    for client in (one, other):
        answer = await eventually(lambda: client.get(DRAWN[0]), lambda answer: answer.status_code == 200)  # noqa: B023
        assert answer.json()["version"] == 3
        assert set("".join(answer.json()["names"])) <= set("xyz")
        assert problem(await client.get("/sample?model=elves@2"), 404)["versions"] == [3]


async def test_a_model_is_not_deleted_while_a_training_of_it_waits_or_runs(
    one: httpx.AsyncClient, store: Store
) -> None:
    job, _ = store.jobs.submit(order("elves"), b"[]", {}, max_queued=10)
    for _ in range(2):
        refused = problem(await one.delete(ELVES, headers=TOKEN), 409)
        assert (refused["type"], refused["jobs"]) == ("/problems/training-unfinished", [job.id])
        assert f"/train/{job.id}/cancel" in refused["detail"]
        store.runs.begin(job.id, "worker", 3)
    assert (await get_json(one, DRAWN[0]))["version"] == 2
    assert (await one.post(f"/train/{job.id}/cancel", headers=TOKEN)).status_code == 200
    assert (await one.delete(ELVES, headers=TOKEN)).status_code == 200


async def test_a_model_of_which_the_first_training_waits_is_not_unknown(one: httpx.AsyncClient, store: Store) -> None:
    job, _ = store.jobs.submit(order("orcs"), b"[]", {}, max_queued=10)
    assert problem(await one.delete("/models/orcs", headers=TOKEN), 409)["jobs"] == [job.id]
    store.jobs.cancel(job.id)
    problem(await one.delete("/models/orcs", headers=TOKEN), 404)


async def test_a_model_out_of_service_answers_nobody_until_a_version_is_put_back(
    one: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    for client in (one, other):
        for path in DRAWN:
            await get_json(client, path)
    for _ in range(2):
        answer = await one.delete(ELVES + CHAMPION, headers=TOKEN)
        assert (answer.status_code, answer.content) == (204, b"")
    for path in (*DRAWN, ELVES, "/models/elves@1"):
        refused = problem(await one.get(path), 404)
        assert (refused["type"], refused["versions"]) == ("/problems/out-of-service", [1, 2])
        assert 'PUT /models/elves/alias/champion {"version": 2}' in refused["detail"]
        assert (await ends(other, path))["type"] == "/problems/out-of-service"
    asked = {"model": "elves", "names": ["abc"]}
    assert problem(await one.post("/score", json=asked), 404)["type"] == "/problems/out-of-service"
    listed = await get_json(one, "/models")
    assert (listed["withdrawn"], listed["not_in_service"]) == ({"elves": [1, 2]}, {})
    assert [model["name"] for model in listed["models"]] == ["accents", "us"]

    answer = await one.put(ELVES + CHAMPION, json={"version": 1}, headers=TOKEN)
    assert [change["version"] for change in answer.json()["history"]] == [1, None, 2, 1]
    assert (await get_json(one, DRAWN[0]))["version"] == 1
    await eventually(lambda: other.get(DRAWN[1]), lambda answer: answer.status_code == 200)


async def test_the_admin_sees_what_is_out_of_service(one: httpx.AsyncClient) -> None:
    await one.delete(ELVES + CHAMPION, headers=TOKEN)
    shown = (await one.get("/models/elves@2", headers=TOKEN)).json()
    assert (shown["version"], shown["champion"], shown["versions"]) == (2, None, [1, 2])
    change = shown["history"][0]
    assert (change["version"], change["previous"], change["cause"]) == (None, 2, "admin")
    assert (await one.delete("/models/elves/versions/2", headers=TOKEN)).status_code == 204


async def test_a_bundled_model_is_taken_out_of_service_and_put_back(
    one: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    path, asked = "/models/accents/alias/champion", "/sample?model=accents"
    await get_json(one, asked)
    assert (await one.delete(path, headers=TOKEN)).status_code == 204
    for reference in ("accents", "accents@0"):
        assert problem(await one.get(f"/sample?model={reference}"), 404)["versions"] == [0]
    assert (await ends(other, asked))["type"] == "/problems/out-of-service"
    assert (await one.put(path, json={"version": 0}, headers=TOKEN)).status_code == 200
    await get_json(one, asked)
    await eventually(lambda: other.get(asked), lambda answer: answer.status_code == 200)
    assert (await one.delete(path, headers=TOKEN)).status_code == 204
    assert (await one.delete("/models/accents", headers=TOKEN)).json() == {"deleted": [], "version": 0}
    await get_json(one, asked)


async def test_what_is_out_of_service_stays_so_through_a_training_and_a_restart(
    one: httpx.AsyncClient, shared: Settings, store: Store
) -> None:
    await one.delete(ELVES + CHAMPION, headers=TOKEN)
    assert publish(store, "elves", random_model("abc"), promote=False) == 3
    async with serving(shared) as restarted:
        found = await eventually(lambda: get_json(restarted, "/models"), lambda found: found["withdrawn"])
        assert found["withdrawn"] == {"elves": [1, 2, 3]}
        problem(await restarted.get(DRAWN[0]), 404)


async def test_the_default_model_stays_in_service(one: httpx.AsyncClient) -> None:
    refused = problem(await one.delete("/models/us/alias/champion", headers=TOKEN), 409)
    assert refused["type"] == "/problems/default-model"
    assert (await get_json(one, "/sample"))["version"] == 1


@pytest.mark.parametrize("path", ["/models/orcs", "/models/orcs/alias/champion", "/models/us@1", "/models/elves@2"])
async def test_what_there_is_not_is_neither_deleted_nor_taken_out_of_service(one: httpx.AsyncClient, path: str) -> None:
    assert problem(await one.delete(path, headers=TOKEN), 404)["type"] == "/problems/unknown-model"
    problem(await one.delete(f"{path}?version=1", headers=TOKEN), 422)


@pytest.mark.parametrize("path", [ELVES, ELVES + CHAMPION])
async def test_only_the_admin_withdraws_a_model(one: httpx.AsyncClient, client: httpx.AsyncClient, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        problem(await one.delete(path, headers=headers), 401)
    problem(await client.delete(path, headers=TOKEN), 403)
    assert (await get_json(one, DRAWN[0]))["version"] == 2


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("path", [ELVES, ELVES + CHAMPION])
async def test_nothing_of_a_withdrawn_model_stays_in_memory(shared: Settings, path: str) -> None:
    app = create_app(shared)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://service") as client,
    ):
        await ready(client)
        for request in DRAWN:
            for _ in range(3):  # a stock fills when it is asked more than once
                await get_json(client, request)
        registry = app.state.registry
        served = [await registry.resolve(reference) for reference in ("elves@1", "elves@2")]
        left = [weakref.ref(one.predictor) for one in served]
        del served
        assert all(reference() for reference in left)
        assert (await client.delete(path, headers=TOKEN)).status_code < 300

        async def collected() -> bool:
            gc.collect()
            return not any(reference() for reference in left)

        assert await eventually(collected, bool)
