import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from app.settings import Settings
from app.store.sync_store import Store
from model.artifact.card import Comparison, Description, Memorisation
from model.artifact.model_file import Artifact, save
from tests.support.publishing import publish
from tests.support.random_models import random_model
from tests.support.services import LETTERS, eventually, get_json, problem, serving
from tests.support.stores import with_tables

pytestmark = pytest.mark.anyio

TOKEN = {"Authorization": "Bearer secret"}
CHAMPION = "/models/us/alias/champion"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(with_tables(f"sqlite:///{tmp_path / 'trained.db'}"))
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


def described(language: str, kind: str, script: str = "Latin", **more: Any) -> Artifact:
    description = Description(language, kind, script, "a book", "CC BY 4.0")
    return random_model("abc", description=description, names=("abc", "cab", "bac"), **more)


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Models of three languages, one of them trained on a private list, and one of which nothing is known."""
    examples = ("Dísa", "Anna", "Og", "Guðbjörg", "Eyja", "Ha", "Birna")
    figures = Comparison(network=2.1, ngram=2.3, served=2.0, names=1)
    save(random_model(LETTERS), tmp_path / "us.npz")
    save(described("Icelandic", "surnames"), tmp_path / "iceland.npz")
    save(
        described("Icelandic", "girls", examples=examples, comparison=figures, nats_per_letter=2.0),
        tmp_path / "icelandic-girls.npz",
    )
    save(described("Greek", "places", "Greek"), tmp_path / "greece.npz")
    store = Store(url := with_tables(f"sqlite:///{tmp_path / 'trained.db'}"))
    store.migrate()
    facts: dict[str, Any] = {"comparison": figures, "memorisation": Memorisation(10_000, 0.07, 0.0004095)}
    facts |= {"hyperparameters": {"hidden": 8, "steps": 520}}
    publish(store, "elves", described("Sindarin", "invented", **facts))
    publish(store, "orcs", described("Orcish", "invented"), promote=False)
    store.close()
    settings = Settings(weights=tmp_path, database_url=url, admin_token=SecretStr("secret"))
    async with serving(settings) as client:
        await eventually(lambda: get_json(client, "/health/ready"), lambda ready: "elves" in ready["models"])
        yield client


async def test_a_person_who_chooses_finds_what_helps_and_in_order(library: httpx.AsyncClient) -> None:
    answer = await get_json(library, "/models")
    assert [model["name"] for model in answer["models"]] == ["greece", "icelandic-girls", "iceland", "elves", "us"]
    assert (answer["languages"], answer["kinds"], answer["scripts"]) == (
        ["Greek", "Icelandic", "Sindarin"],
        ["girls", "surnames", "places", "invented"],
        ["Greek", "Latin"],
    )
    assert answer["not_in_service"] == {"orcs": [1]}
    girls = answer["models"][1]
    assert girls | {
        "version": 0, "language": "Icelandic", "kind": "girls", "script": "Latin", "source": "a book",
        "licence": "CC BY 4.0", "examples": ["Dísa", "Anna", "Guðbjörg"], "names": 3, "nats_per_letter": 2.0,
        "ngram_nats_per_letter": 2.3, "default": False,
    } == girls  # fmt: skip
    us = answer["models"][-1]
    assert [us[field] for field in ("language", "kind", "script", "source", "licence", "ngram_nats_per_letter")] == (
        [None] * 6
    )
    assert us["examples"] == []
    shown = await get_json(library, "/models/icelandic-girls")
    assert {field: shown[field] for field in girls} == girls


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("language=Icelandic", ["icelandic-girls", "iceland"]),
        ("language=ICELANDIC&kind=Surnames", ["iceland"]),
        ("script=greek", ["greece"]),
        ("kind=invented", ["elves"]),
        ("kind=girls&language=greek", []),
    ],
)
async def test_models_are_found_by_what_they_are_of(library: httpx.AsyncClient, query: str, names: list[str]) -> None:
    answer = await get_json(library, f"/models?{query}")
    assert [model["name"] for model in answer["models"]] == names
    assert (len(answer["languages"]), answer["not_in_service"]) == (3, {})
    assert (await library.head(f"/models?{query}")).status_code == 200


@pytest.mark.parametrize(
    ("field", "known"),
    [
        ("language", ["Greek", "Icelandic", "Sindarin"]),
        ("kind", ["girls", "surnames", "places", "invented"]),
        ("script", ["Greek", "Latin"]),
    ],
)
async def test_a_value_that_no_model_has_is_refused_with_those_that_there_are(
    library: httpx.AsyncClient, field: str, known: list[str]
) -> None:
    reported = problem(await library.get("/models", params={field: "Orcish"}), 422)
    (wrong,) = reported["errors"]
    assert (reported["type"], reported["known"]) == ("/problems/invalid-request", known)
    assert (wrong["field"], wrong["message"]) == (field, f"there is no {field} 'Orcish'; there are: {', '.join(known)}")


@pytest.mark.parametrize("path", ["/models?lang=Greek", "/models/us?language=Greek", "/models?kind=girls&kind=boys"])
async def test_a_field_that_means_nothing_is_refused(library: httpx.AsyncClient, path: str) -> None:
    problem(await library.get(path), 422)


async def test_where_nothing_is_described_no_value_is_known(client: httpx.AsyncClient) -> None:
    reported = problem(await client.get("/models?language=English"), 422)
    assert reported["known"] == []
    assert "no model has a language" in reported["detail"]
    assert (await get_json(client, "/models"))["languages"] == []


async def test_how_many_names_a_private_list_has_is_told_to_the_admin_only(library: httpx.AsyncClient) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        listed = (await library.get("/models?kind=invented", headers=headers)).json()["models"][0]
        shown = (await library.get("/models/elves", headers=headers)).json()
        assert (listed["names"], shown["names"]) == (None, None)
        counts = {name: shown["card"]["corpus"][name] for name in ("names", "train", "validation", "test")}
        assert set(counts.values()) == {None}
        assert shown["card"]["comparison"]["names"] is None
        assert shown["card"]["hyperparameters"] == {"hidden": None, "steps": None}
        memorisation = shown["card"]["memorisation"]
        assert (memorisation["in_training"], memorisation["in_held_out"]) == (0.07, 0.01)  # rounded up
        assert shown["ngram_nats_per_letter"] == 2.3
    listed = (await library.get("/models?kind=invented", headers=TOKEN)).json()["models"][0]
    shown = (await library.get("/models/elves", headers=TOKEN)).json()
    assert (listed["names"], shown["names"], shown["card"]["corpus"]["train"]) == (3, 3, 3)
    assert shown["card"]["corpus"]["sha256"] is None
    assert shown["card"]["comparison"]["names"] == 1
    assert shown["card"]["hyperparameters"] == {"hidden": 8, "steps": 520}
    assert shown["card"]["memorisation"]["in_held_out"] == 0.0004095


@pytest.mark.parametrize("reference", ["us", "us@0"])
async def test_a_model_tells_where_it_comes_from(client: httpx.AsyncClient, reference: str) -> None:
    model = (await client.get(f"/models/{reference}")).json()
    assert (model["name"], model["version"], model["names"]) == ("us", 0, 2)
    assert model["letters"] == list(LETTERS)
    assert model["default_top_p"] == 0.9  # of two names
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
    assert model["history"][0]["cause"] == "job"
    shown = (await service.get("/models/us", headers=TOKEN)).json()
    assert re.fullmatch("job [0-9a-f]{32}", shown["history"][0]["cause"])


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
