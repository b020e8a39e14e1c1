import math

import httpx
import pytest

from app.settings import Settings
from model.artifact.model_file import load
from model.generation.scoring import score
from model.generation.served import predictor_of
from tests.support.services import problem, serving

pytestmark = pytest.mark.anyio


async def test_scores_agree_with_the_model(client: httpx.AsyncClient, settings: Settings) -> None:
    names = ["anna", "Ben", "x", "brzk"]
    reported = (await client.post("/score", json={"names": names})).json()
    assert (reported["model"], reported["version"]) == ("us", 0)
    for answer, scored in zip(
        reported["scores"], score(predictor_of(load(settings.weights / "us.npz")), names), strict=True
    ):
        assert answer["name"] == scored.name
        assert math.isclose(answer["log_probability"], scored.log_probability)
        assert math.isclose(answer["nats_per_letter"], scored.nats_per_letter)
        assert len(answer["letters"]) == len(scored.name)
        assert answer["unknown_letters"] == []
    assert [answer["in_training_list"] for answer in reported["scores"]] == [True, True, False, False]


async def test_a_name_with_unknown_letters_has_no_probability(client: httpx.AsyncClient) -> None:
    (answer,) = (await client.post("/score", json={"names": ["zoé\x00é"]})).json()["scores"]
    assert answer["unknown_letters"] == ["é", "\x00"]
    assert answer["log_probability"] is answer["nats_per_letter"] is answer["end"] is None
    assert answer["letters"] == []
    assert answer["in_training_list"] is False


async def test_letters_are_those_that_the_model_reads(client: httpx.AsyncClient) -> None:
    body = {"names": ["E\u0301a", " a  b "], "model": "accents"}
    scores = (await client.post("/score", json=body)).json()["scores"]
    assert [[letter["letter"] for letter in answer["letters"]] for answer in scores] == [["é", "a"], ["a", " ", "b"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "names"),
        ({"names": []}, "names"),
        ({"names": "anna"}, "names"),
        ({"names": [1]}, "names.0"),
        ({"names": ["anna", ""]}, "names.1"),
        ({"names": ["a" * 65]}, "names.0"),
        ({"names": ["a"] * 1001}, "names"),
        ({"names": ["a"], "more": 1}, "more"),
    ],
)
async def test_a_wrong_field_is_named(client: httpx.AsyncClient, body: dict[str, object], field: str) -> None:
    reported = problem(await client.post("/score", json=body), 422)
    assert [wrong["field"] for wrong in reported["errors"]] == [field]


async def test_the_bound_on_names_is_a_setting(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"max_score_names": 2})) as client:
        assert (await client.post("/score", json={"names": ["a", "b"]})).status_code == 200
        problem(await client.post("/score", json={"names": ["a", "b", "c"]}), 422)


async def test_an_unknown_model_is_refused(client: httpx.AsyncClient) -> None:
    assert problem(await client.post("/score", json={"names": ["a"], "model": "elves"}), 404)["models"]
