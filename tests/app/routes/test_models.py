import httpx
import pytest

from tests.services import LETTERS, problem

pytestmark = pytest.mark.anyio


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
