from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from app.settings import Settings
from app.store.sync_store import Store
from tests.support.publishing import publish
from tests.support.random_models import random_model
from tests.support.services import LETTERS, eventually, get_json, problem, serving

pytestmark = pytest.mark.anyio

TOKEN = {"Authorization": "Bearer secret"}
CHAMPION = "/models/us/alias/champion"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'trained.db'}")
    store.migrate()
    yield store
    store.close()


@pytest.fixture
async def service(settings: Settings, store: Store, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """One of several processes, with two versions of `us`, the second in service."""
    for version in (1, 2):
        publish(store, "us", random_model("abc", seed=version))
    url = f"sqlite:///{tmp_path / 'trained.db'}"
    trained = {"database_url": url, "poll_seconds": 60, "admin_token": SecretStr("secret")}
    async with serving(settings.model_copy(update=trained)) as client:
        await eventually(lambda: get_json(client, "/health/ready"), lambda ready: ready["models"]["us"] == 2)
        yield client


async def test_the_models_in_service_are_listed(client: httpx.AsyncClient) -> None:
    models = (await client.get("/models")).json()["models"]
    assert {model["name"]: model["default"] for model in models} == {"accents": False, "us": True}


@pytest.mark.parametrize("reference", ["us", "us@0"])
async def test_a_model_tells_where_it_comes_from(client: httpx.AsyncClient, reference: str) -> None:
    model = (await client.get(f"/models/{reference}")).json()
    assert (model["name"], model["version"], model["names"]) == ("us", 0, 2)
    assert model["letters"] == list(LETTERS)
    assert model["card"]["preset"] == "random"


async def test_an_unknown_model_is_refused_with_those_that_there_are(client: httpx.AsyncClient) -> None:
    assert problem(await client.get("/models/elves"), 404)["models"] == ["accents", "us"]


async def test_a_name_beyond_reason_is_refused(client: httpx.AsyncClient) -> None:
    problem(await client.get(f"/models/{'x' * 201}"), 422)


async def test_a_model_tells_its_versions_and_which_was_in_service_when(service: httpx.AsyncClient) -> None:
    model = await get_json(service, "/models/us")
    assert (model["version"], model["champion"], model["versions"]) == (2, 2, [0, 1, 2])
    changes = [(change["version"], change["previous"]) for change in model["history"]]
    assert changes == [(2, 1), (1, None)]
    assert model["history"][0]["at"] >= model["history"][1]["at"]
    assert model["history"][0]["cause"].startswith("job ")


async def test_another_version_of_a_model_is_shown_by_its_number(service: httpx.AsyncClient) -> None:
    model = await get_json(service, "/models/us@1")
    assert (model["version"], model["champion"], model["letters"]) == (1, 2, ["a", "b", "c"])


@pytest.mark.parametrize("version", [1, 0])
async def test_a_model_is_rolled_back_before_the_answer_and_forward_again(
    service: httpx.AsyncClient, version: int
) -> None:
    for wanted in (version, 2):
        answer = await service.put(CHAMPION, json={"version": wanted}, headers=TOKEN)
        assert answer.status_code == 200
        assert (answer.json()["version"], answer.json()["champion"]) == (wanted, wanted)
        assert answer.json()["history"][0]["cause"] == "admin"
        assert (await get_json(service, "/sample"))["version"] == wanted


async def test_a_version_that_serves_already_may_be_put_into_service(service: httpx.AsyncClient) -> None:
    answer = await service.put(CHAMPION, json={"version": 2}, headers=TOKEN)
    assert len(answer.json()["history"]) == 2


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (CHAMPION, {"version": 3}, 404),
        (CHAMPION, {"version": 10**30}, 404),
        (CHAMPION, {"version": -1}, 422),
        (CHAMPION, {"version": "1"}, 422),
        (CHAMPION, {}, 422),
        (f"{CHAMPION}?version=1", {"version": 1}, 422),
        ("/models/us@1/alias/champion", {"version": 1}, 404),
        ("/models/elves/alias/champion", {"version": 1}, 404),
    ],
)
async def test_a_version_that_there_is_not_is_not_put_into_service(
    service: httpx.AsyncClient, path: str, body: object, status: int
) -> None:
    problem(await service.put(path, json=body, headers=TOKEN), status)
    assert (await get_json(service, "/models/us"))["champion"] == 2


async def test_version_0_is_only_where_it_came_with_the_software(service: httpx.AsyncClient, store: Store) -> None:
    publish(store, "elves", random_model("abc"))
    answer = await service.put("/models/elves/alias/champion", json={"version": 0}, headers=TOKEN)
    assert problem(answer, 404)["versions"] == [1]


async def test_a_damaged_version_is_not_put_into_service(service: httpx.AsyncClient, store: Store) -> None:
    publish(store, "us", random_model("abc"), promote=False, content=b"no model")
    problem(await service.put(CHAMPION, json={"version": 3}, headers=TOKEN), 500)
    assert (await get_json(service, "/models/us"))["champion"] == 2


async def test_a_version_is_deleted_for_good(service: httpx.AsyncClient, store: Store) -> None:
    assert (await get_json(service, "/sample?model=us@1"))["version"] == 1
    answer = await service.delete("/models/us/versions/1", headers=TOKEN)
    assert (answer.status_code, answer.content) == (204, b"")
    assert problem(await service.get("/sample?model=us@1"), 404)["versions"] == [0, 2]
    assert problem(await service.delete("/models/us/versions/1", headers=TOKEN), 404)["versions"] == [0, 2]
    assert publish(store, "us", random_model("abc")) == 3


@pytest.mark.parametrize("version", [0, 2])
async def test_what_is_in_service_or_came_with_the_software_is_not_deleted(
    service: httpx.AsyncClient, version: int
) -> None:
    problem(await service.delete(f"/models/us/versions/{version}", headers=TOKEN), 409)
    assert (await get_json(service, "/models/us"))["versions"] == [0, 1, 2]


@pytest.mark.parametrize("version", ["-1", "x", "9" * 5000])
async def test_a_version_that_is_no_number_is_refused(service: httpx.AsyncClient, version: str) -> None:
    problem(await service.delete(f"/models/us/versions/{version}", headers=TOKEN), 422)


async def test_a_version_beyond_reason_is_not_repeated_at_length(service: httpx.AsyncClient) -> None:
    version = 10**4000
    for answer in (
        await service.delete(f"/models/us/versions/{version}", headers=TOKEN),
        await service.put(CHAMPION, json={"version": version}, headers=TOKEN),
    ):
        assert len(problem(answer, 404)["detail"]) < 200


async def test_a_name_is_found_whichever_way_its_accents_are_typed(service: httpx.AsyncClient, store: Store) -> None:
    publish(store, "Zo\u00eb", random_model("abc"))
    for typed in ("Zo\u00eb", "Zoe\u0308"):
        assert (await get_json(service, f"/models/{typed}"))["name"] == "Zo\u00eb"
        assert (await get_json(service, f"/sample?model={typed}@1"))["model"] == "Zo\u00eb"
        assert (await service.put(f"/models/{typed}/alias/champion", json={"version": 1}, headers=TOKEN)).is_success


async def test_only_the_admin_changes_what_is_in_service(service: httpx.AsyncClient) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        assert "www-authenticate" in (await service.put(CHAMPION, json={"version": 1}, headers=headers)).headers
        problem(await service.put(CHAMPION, json={"version": 1}, headers=headers), 401)
        problem(await service.delete("/models/us/versions/1", headers=headers), 401)


async def test_without_an_admin_token_nobody_does(client: httpx.AsyncClient) -> None:
    problem(await client.put(CHAMPION, json={"version": 0}, headers=TOKEN), 403)
