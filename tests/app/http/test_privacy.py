import csv
import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from app.settings import Settings
from app.store.sync_store import Store
from model.artifact.model_file import Artifact
from tests.support.publishing import publish
from tests.support.random_models import random_model
from tests.support.services import eventually, get_json, problem, serving
from tests.support.stores import with_tables

pytestmark = pytest.mark.anyio

LISTED = "abba"
TOKEN = {"Authorization": "Bearer secret"}
WITHOUT_TOKEN = [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic secret"}]


def trained_on_a_list() -> Artifact:
    return random_model(
        "ab", names=(LISTED, "baab"), end=1.0, mixed=True, hyperparameters={"steps": 600, "learning_rate": 0.003}
    )


@pytest.fixture(scope="module")
async def service(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """`elves` was made from a private list, `dwarves` from one that its admin made public."""
    url = with_tables(f"sqlite:///{tmp_path_factory.mktemp('trained') / 'trained.db'}")
    store = Store(url)
    store.migrate()
    publish(store, "elves", trained_on_a_list())
    publish(store, "dwarves", trained_on_a_list(), public=True)
    store.close()
    async with serving(settings.model_copy(update={"database_url": url, "admin_token": SecretStr("secret")})) as client:
        await eventually(lambda: get_json(client, "/health/ready"), lambda ready: "elves" in ready["models"])
        yield client


async def membership(service: httpx.AsyncClient, model: str, headers: dict[str, str]) -> list[bool | None]:
    asked = {"model": model, "names": [LISTED, "bbb"]}
    scores = (await service.post("/score", json=asked, headers=headers)).json()["scores"]
    return [score["in_training_list"] for score in scores]


@pytest.mark.parametrize("model", ["elves", "elves@1"])
@pytest.mark.parametrize("headers", WITHOUT_TOKEN)
async def test_nobody_is_told_what_stands_in_a_private_list(
    service: httpx.AsyncClient, model: str, headers: dict[str, str]
) -> None:
    assert await membership(service, model, headers) == [None, None]
    drawn = await service.get(f"/sample?model={model}&details=true&count=20", headers=headers)
    assert {detail["in_training_list"] for detail in drawn.json()["details"]} == {None}


async def test_the_admin_is(service: httpx.AsyncClient) -> None:
    assert await membership(service, "elves", TOKEN) == [True, False]
    drawn = await service.get("/sample?model=elves&details=true&count=20", headers=TOKEN)
    assert {detail["in_training_list"] for detail in drawn.json()["details"]} <= {True, False}


@pytest.mark.parametrize("headers", [*WITHOUT_TOKEN, TOKEN])
async def test_of_a_public_list_everybody_is(service: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert await membership(service, "dwarves", headers) == [True, False]
    assert await membership(service, "us", headers) == [False, False]


async def test_in_a_table_the_cell_is_empty(service: httpx.AsyncClient) -> None:
    table = (await service.get("/sample?model=elves&details=true&count=3&format=csv")).text
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["in_training_list"] for row in rows] == [""] * 3


async def test_no_name_of_a_list_stands_in_a_card_or_a_log(
    service: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in ("/models", "/models/elves", "/health/ready", "/metrics"):
        assert LISTED not in (await service.get(path)).text
    assert LISTED not in capsys.readouterr().err


NOVEL: dict[str, dict[str, Any]] = {
    "a model": {"model": "elves"},
    "a version": {"model": "elves@1"},
    "a blend": {"blend": {"dwarves": 0.9, "elves": 0.1}},
    "full names": {"parts": {"given": {"model": "dwarves"}, "surname": {"model": "elves"}}},
    "keys": {"model": "elves", "keys": ["a", "b"]},
    "a pattern": {"model": "elves", "pattern": LISTED},
    "a stream": {"model": "elves", "count": 2000, "format": "txt", "unique": False},
}


@pytest.mark.parametrize("asked", NOVEL)
@pytest.mark.parametrize("headers", WITHOUT_TOKEN)
async def test_what_is_novel_to_a_private_list_is_the_admins_to_ask(
    service: httpx.AsyncClient, asked: str, headers: dict[str, str]
) -> None:
    body = NOVEL[asked] | {"novel": True}
    refused = problem(await service.post("/sample", json=body, headers=headers), 403)
    assert refused["type"] == "/problems/private-list"
    assert (await service.post("/sample", json=body, headers=TOKEN)).status_code == 200
    assert (await service.post("/sample", json=NOVEL[asked], headers=headers)).status_code == 200


async def test_details_of_a_blend_with_a_private_list_say_nothing_of_it(service: httpx.AsyncClient) -> None:
    body = NOVEL["a blend"] | {"details": True, "count": 20}
    for headers, disclosed in ((WITHOUT_TOKEN[0], {None}), (TOKEN, {True, False})):
        details = (await service.post("/sample", json=body, headers=headers)).json()["details"]
        assert {detail["in_training_list"] for detail in details} <= disclosed


@pytest.mark.parametrize(("model", "told_to_all"), [("elves", False), ("dwarves", True), ("us", True)])
async def test_the_hash_and_the_numbers_of_a_private_list_stand_in_no_public_card(
    service: httpx.AsyncClient, model: str, told_to_all: bool
) -> None:
    corpus = (await get_json(service, f"/models/{model}"))["card"]["corpus"]
    assert (corpus["sha256"] is not None) is told_to_all
    assert (corpus["names"] is not None) is told_to_all


async def test_how_a_model_of_a_private_list_was_trained_is_the_admins_to_see(service: httpx.AsyncClient) -> None:
    for model, headers, is_shown in (("elves", {}, False), ("elves", TOKEN, True), ("dwarves", {}, True)):
        shown = (await service.get(f"/models/{model}", headers=headers)).json()
        card = shown["card"]
        chosen = [card["preset"], card["seed"], *card["hyperparameters"].values(), *card["architecture"].values()]
        numbers = [card["ngram"]["order"], card["ngram"]["contexts"], card["memorisation"]["draws"], shown["names"]]
        assert card["hyperparameters"]
        known = {value is not None for value in [*chosen[:-1], *numbers]}  # the last, `first_letter`, is no number
        assert known == {is_shown}


async def test_the_id_of_a_training_is_the_admins_to_see(service: httpx.AsyncClient) -> None:
    history = (await service.get("/models/elves", headers=TOKEN)).json()["history"]
    job = history[0]["cause"].removeprefix("job ")
    assert (await service.get(f"/train/{job}", headers=TOKEN)).status_code == 200
    paths = ("/models", "/models/elves", "/models/elves@1", "/sample?model=elves", "/health/ready", "/metrics", "/")
    for path in (*paths, "/models/elves@7", "/sample?model=elves&start=z", "/openapi.json", f"/train/{job[:-1]}"):
        answer = await service.get(path)
        assert job not in answer.text
        assert job not in str(answer.headers)


@pytest.mark.parametrize("headers", WITHOUT_TOKEN)
async def test_what_the_model_of_a_private_list_consists_of_is_told_to_the_admin_alone(
    service: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    async def told(model: str, headers: dict[str, str]) -> set[tuple[bool, ...]]:
        read = (await service.post("/explain", json={"model": model, "prefix": "ab"}, headers=headers)).json()
        return {
            (step["hidden"] is None, each["network"] is None, each["ngram"] is None, each["mixture"] is None)
            for step in read["steps"]
            for each in step["next"].values()
        }

    assert await told("elves", headers) == {(True, True, True, False)}
    assert await told("elves", TOKEN) == await told("dwarves", headers) == {(False, False, False, False)}
