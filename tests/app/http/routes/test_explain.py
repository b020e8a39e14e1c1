import math
import string
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.settings import Settings
from model.artifact.model_file import load, save
from model.generation.explanation import explain
from model.generation.served import predictor_of
from tests.support.random_models import random_model
from tests.support.services import problem, serving

pytestmark = pytest.mark.anyio


async def explained(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post("/explain", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    found: dict[str, Any] = answer.json()
    return found


async def test_there_is_a_step_before_the_first_letter_and_one_after_each(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    reported = await explained(client, prefix="ANN", temperature=0.5)
    assert (reported["model"], reported["version"], reported["temperature"]) == ("us", 0, 0.5)
    assert [step["letter"] for step in reported["steps"]] == [None, "a", "n", "n"]
    steps = explain(predictor_of(load(settings.weights / "us.npz")), "ann", 0.5)
    for shown, step in zip(reported["steps"], steps, strict=True):
        assert list(shown["next"]) == ["", *string.ascii_lowercase]
        assert shown["hidden"] == [pytest.approx(step.hidden[0].tolist(), rel=5e-4)]
        assert step.ngram is not None
        for part, expected in (("network", step.network), ("ngram", step.ngram), ("mixture", step.mixture)):
            found = [each[part] for each in shown["next"].values()]
            assert found == pytest.approx(expected.tolist(), rel=5.1e-4)
            assert sum(found) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("model", ["us", "us@0"])
async def test_the_mixture_has_the_probabilities_that_scores_have(client: httpx.AsyncClient, model: str) -> None:
    reported = await explained(client, model=model, prefix="anna")
    (scored,) = (await client.post("/score", json={"model": model, "names": ["anna"]})).json()["scores"]
    expected = [letter["log_probability"] for letter in scored["letters"]] + [scored["end"]]
    following = [step["next"][letter] for step, letter in zip(reported["steps"], [*"anna", ""], strict=True)]
    assert [math.log(each["mixture"]) for each in following] == pytest.approx(expected, abs=1e-3)


async def test_without_an_n_gram_there_is_only_the_network(client: httpx.AsyncClient) -> None:
    reported = await explained(client, model="accents", prefix="e\u0301 a")
    assert [step["letter"] for step in reported["steps"]] == [None, "é", " ", "a"]
    for step in reported["steps"]:
        for each in step["next"].values():
            assert each["ngram"] is None
            assert each["mixture"] == each["network"]


async def test_without_a_body_the_start_of_a_name_is_explained(client: httpx.AsyncClient) -> None:
    answer = await client.post("/explain")
    assert [step["letter"] for step in answer.json()["steps"]] == [None]


async def test_numbers_have_four_digits(client: httpx.AsyncClient) -> None:
    text = (await client.post("/explain", json={"prefix": "anna"})).text
    assert max(len(number.strip("-0.").partition("e")[0].replace(".", "")) for number in _numbers(text)) == 4


def _numbers(text: str) -> list[str]:
    hidden = text.partition('"hidden":[[')[2].partition("]")[0].split(",")
    return hidden + [each.partition(",")[0] for each in text.split('"network":')[1:]]


@pytest.mark.parametrize(
    ("body", "status", "kind", "names"),
    [
        ({"prefix": "é"}, 422, "unknown-letter", "prefix"),
        ({"prefix": "-", "model": "hyphens"}, 422, "unsatisfiable", "prefix"),
        ({"prefix": "a" * 65}, 422, "invalid-request", "prefix"),
        ({"prefix": 1}, 422, "invalid-request", "prefix"),
        ({"temperature": 0}, 422, "invalid-request", "temperature"),
        ({"temperature": "1"}, 422, "invalid-request", "temperature"),
        ({"start": "a"}, 422, "invalid-request", "start"),
        ({"model": "elves"}, 404, "unknown-model", "us"),
        ({"model": "us@7"}, 404, "unknown-version", "7"),
        ({"model": "style:00"}, 404, "unknown-style", "style:00"),
    ],
)
async def test_a_wrong_request_is_told_what_is_wrong(
    settings: Settings, tmp_path: Path, body: dict[str, Any], status: int, kind: str, names: str
) -> None:
    for path in settings.weights.glob("*.npz"):
        (tmp_path / path.name).symlink_to(path)
    save(random_model("ab-"), tmp_path / "hyphens.npz")
    async with serving(settings.model_copy(update={"weights": tmp_path})) as client:
        reported = problem(await client.post("/explain", json=body), status)
    assert reported["type"] == f"/problems/{kind}"
    assert names in str(reported)


@pytest.fixture(scope="module")
async def large(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A service of a model of two thousand letters."""
    folder = tmp_path_factory.mktemp("large")
    letters = "".join(chr(ord("一") + place) for place in range(2000))
    save(random_model(letters, names=(letters[:9],), mixed=True), folder / "us.npz")
    async with serving(Settings(weights=folder)) as client:
        yield client


async def test_a_prefix_whose_answer_would_be_too_long_is_refused_with_how_much_is_not(
    large: httpx.AsyncClient,
) -> None:
    reported = problem(await large.post("/explain", json={"prefix": "一" * 64}), 422)
    assert reported["errors"] == [
        {"field": "prefix", "message": "is too long for this model, which is large; send at most 40 letters"}
    ]
    answer = await large.post("/explain", json={"prefix": "一" * 40})
    assert len(answer.json()["steps"]) == 41
    assert len(answer.content) < 20 * 2**20


async def test_a_prefix_that_takes_too_long_to_read_is_refused(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"max_seconds": 0.001})) as client:
        problem(await client.post("/explain", json={"prefix": "a" * 64}), 422)
        await explained(client, prefix="")
