import math
from collections.abc import AsyncIterator

import httpx
import pytest

from app.settings import Settings
from model.artifact.bundled_models import bundled_folder
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


@pytest.fixture(scope="module")
async def bundled() -> AsyncIterator[httpx.AsyncClient]:
    async with serving(Settings(weights=bundled_folder())) as client:
        yield client


async def test_a_name_comes_with_what_could_stand_instead_how_usual_it_is_and_listed_names_near_to_it(
    bundled: httpx.AsyncClient,
) -> None:
    body = {"model": "icelandic-girls", "names": ["Guðrún", "Gvuðxún", "Ωμέγα"]}
    usual, odd, unknown = (await bundled.post("/score", json=body)).json()["scores"]
    assert usual["nearest"][0] == {"name": "Guðrún", "distance": 0}
    assert odd["nearest"][0] == {"name": "Guðrún", "distance": 2}
    assert usual["percentile"] > 80
    assert odd["percentile"] < 5
    assert len(usual["letters"]) == 6
    for letter in [*usual["letters"], {"letter": "", "others": usual["end_others"]}]:
        probabilities = [other["probability"] for other in letter["others"]]
        assert probabilities == sorted(probabilities, reverse=True)
        assert len(probabilities) == 3
        assert letter["letter"] not in [other["letter"] for other in letter["others"]]
    assert (unknown["percentile"], unknown["end_others"], unknown["letters"]) == (None, None, [])
    assert "sounds_like" not in usual


async def test_after_the_hundredth_name_letters_and_near_names_are_left_away(bundled: httpx.AsyncClient) -> None:
    scores = (await bundled.post("/score", json={"names": ["anna"] * 101})).json()["scores"]
    assert scores[99]["nearest"][0]["name"] == "Anna"
    assert scores[99]["letters"][0]["others"]
    assert scores[100]["nearest"] is scores[100]["end_others"] is scores[100]["letters"][0]["others"] is None
    assert scores[100]["percentile"] == scores[99]["percentile"]


async def test_a_list_of_no_known_kind_has_no_near_names(client: httpx.AsyncClient) -> None:
    body = {"names": ["abc"], "model": "accents"}
    (answer,) = (await client.post("/score", json=body)).json()["scores"]
    assert answer["nearest"] is None
    assert answer["percentile"] is not None


async def test_names_are_compared_with_all_bundled_models(bundled: httpx.AsyncClient) -> None:
    body = {"model": "icelandic-girls", "names": ["Ragnhildur", "Marchettini", "日本"], "compare": True}
    first, second, nowhere = (await bundled.post("/score", json=body)).json()["scores"]
    assert first["sounds_like"][0]["model"] == "icelandic-girls"
    assert first["sounds_like"][0]["nats_per_letter"] == pytest.approx(first["nats_per_letter"], rel=1e-4)
    assert len(first["sounds_like"]) == len(second["sounds_like"]) == 5
    assert second["sounds_like"][0]["model"] == "italian-surnames"
    assert nowhere["sounds_like"] == []


async def test_twenty_names_are_compared_at_most(bundled: httpx.AsyncClient) -> None:
    refused = problem(await bundled.post("/score", json={"names": ["anna"] * 21, "compare": True}), 422)
    assert refused["errors"] == [{"field": "names", "message": "should be at most 20 with compare, not 21"}]
    problem(await bundled.post("/score", json={"names": ["anna"], "compare": "yes"}), 422)
