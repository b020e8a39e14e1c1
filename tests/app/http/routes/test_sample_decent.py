"""What `/sample` makes of `decent`; which names are decent is tested with the model."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.http.formats import LEFT_OUT
from app.schemas.answers import LeftOut
from app.settings import Settings
from model.artifact.model_file import save
from tests.support.random_models import random_model
from tests.support.services import serving, write_models

pytestmark = pytest.mark.anyio

LISTED = re.compile("a+s{2,}", re.IGNORECASE)
"""In letters a and s, the only entry of the lists."""

OWN = re.compile(".*n+a+.*|b+", re.IGNORECASE)
"""What `*na*` and `b` leave out, in spellings of a to z."""


@pytest.fixture(scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    folder = tmp_path_factory.mktemp("weights")
    write_models(folder)
    save(random_model("as", end=1.0), folder / "as.npz")
    save(random_model("nab", end=1.0), folder / "nab.npz")
    async with serving(Settings(weights=folder, words_left_out=("*na*", "b"))) as client:
        yield client


async def sample(client: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:
    """What GET answers, and POST likewise."""
    got, posted = await client.get("/sample", params=asked), await client.post("/sample", json=asked)
    assert got.status_code == 200, got.text
    assert got.json() == posted.json()
    answer: dict[str, Any] = got.json()
    return answer


async def test_listed_words_are_left_out_and_counted_unless_they_are_asked_for(client: httpx.AsyncClient) -> None:
    asked = {"model": "as", "count": 500, "unique": False, "seed": 1}
    kept, free = await sample(client, **asked), await sample(client, **asked, decent=False)
    assert not any(map(LISTED.fullmatch, kept["names"]))
    assert any(map(LISTED.fullmatch, free["names"]))
    assert kept == await sample(client, **asked, decent=True)
    assert len(kept["names"]) == len(free["names"]) == 500
    assert kept["left_out"]["decent"] > 0
    assert free["left_out"] == {"decent": 0}


@pytest.mark.parametrize("model", ["us", "nab"])
async def test_words_of_the_operator_are_left_out_of_every_model(client: httpx.AsyncClient, model: str) -> None:
    asked = {"model": model, "count": 300, "unique": False, "seed": 1}
    kept, free = await sample(client, **asked), await sample(client, **asked, decent=False)
    assert not any(map(OWN.fullmatch, kept["names"]))
    assert any(map(OWN.fullmatch, free["names"]))
    assert kept["left_out"]["decent"] > 0


@pytest.mark.parametrize("constraint", [{"contains": "a"}, {"regex": "(n|b)[nab]+"}, {"suffix": "a", "max_length": 6}])
async def test_constrained_and_distinct_names_are_decent_too(
    client: httpx.AsyncClient, constraint: dict[str, Any]
) -> None:
    asked = {"model": "nab", "count": 20, "seed": 2, **constraint}
    kept, free = await sample(client, **asked), await sample(client, **asked, decent=False)
    assert not any(map(OWN.fullmatch, kept["names"]))
    assert any(map(OWN.fullmatch, free["names"]))
    assert len(set(kept["names"])) == len(kept["names"]) > 0
    assert kept["left_out"]["decent"] > 0


async def test_a_shortfall_says_how_to_keep_what_was_left_out(client: httpx.AsyncClient) -> None:
    answer = await sample(client, model="nab", regex="nana|b", seed=1)
    assert answer["names"] == []
    assert "decent=false" in answer["shortfall"]
    assert answer["left_out"]["decent"] > 0
    assert sorted((await sample(client, model="nab", regex="nana|b", decent=False, seed=1))["names"]) == ["b", "nana"]


@pytest.mark.parametrize("form", ["csv", "txt", "ndjson"])
async def test_other_formats_have_the_number_in_a_header(client: httpx.AsyncClient, form: str) -> None:
    asked: dict[str, Any] = {"model": "nab", "count": 30, "seed": 3}
    answered = await sample(client, **asked)
    answer = await client.get("/sample", params={**asked, "format": form})
    assert answer.headers["x-namewright-left-out-decent"] == str(answered["left_out"]["decent"])
    free = await client.get("/sample", params={**asked, "format": form, "decent": False})
    assert free.headers["x-namewright-left-out-decent"] == "0"


async def test_names_that_are_given_are_scored_whatever_they_are(client: httpx.AsyncClient) -> None:
    answer = await client.post("/score", json={"model": "nab", "names": ["nana"]})
    assert answer.json()["scores"][0]["log_probability"] < 0


def test_every_number_has_a_header() -> None:
    assert LEFT_OUT.keys() == LeftOut.model_fields.keys()


async def test_the_documentation_credits_the_lists(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    assert "Shutterstock" in document["info"]["description"]
    assert "CC BY 4.0" in document["info"]["description"]
    parameters = document["paths"]["/sample"]["get"]["parameters"]
    (field,) = (entry for entry in parameters if entry["name"] == "decent")
    assert field["schema"]["default"] is True
    assert "left_out" in field["description"]
    assert json.dumps({"decent": 0}) in json.dumps(document["components"]["schemas"]["SampleAnswer"])
