import csv
import io
import math
from typing import Any

import anyio
import httpx
import pytest

from app.settings import Settings
from model.artifact.model_file import load
from model.generation.scoring import score
from model.generation.served import predictor_of
from tests.support.services import LETTERS, problem, serving

pytestmark = pytest.mark.anyio


async def drawn(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await client.get("/sample", params=query)
    assert answer.status_code == 200, answer.text
    reported: dict[str, Any] = answer.json()
    return reported


async def test_the_defaults_draw_five_distinct_names_of_the_default_model(client: httpx.AsyncClient) -> None:
    reported = await drawn(client)
    assert set(reported) == {
        "names", "model", "version", "seed", "shortfall", "exact", "effective_sample_size", "top_p", "left_out",
    }  # fmt: skip
    assert (reported["exact"], reported["effective_sample_size"]) == (True, None)
    assert len(set(reported["names"])) == 5
    assert all(name.istitle() and len(name) <= 20 for name in reported["names"])
    assert (reported["model"], reported["version"], reported["shortfall"]) == ("us", 0, None)
    assert reported["seed"] is None


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_names_are_not_kept_by_caches(client: httpx.AsyncClient, method: str) -> None:
    assert (await client.request(method, "/sample")).headers["cache-control"] == "no-store"


async def test_a_seed_is_drawn_and_told_where_it_is_asked_for_and_gives_the_same_names_again(
    client: httpx.AsyncClient,
) -> None:
    first, second = await drawn(client, reproducible=True), await drawn(client, reproducible=True)
    assert first["seed"] != second["seed"]
    assert await drawn(client, seed=first["seed"]) == first
    assert await drawn(client, seed="7", reproducible=True) == await drawn(client, seed=7)


async def test_get_and_post_draw_the_same_names(client: httpx.AsyncClient) -> None:
    asked = {"start": "b", "max_length": 9, "count": 4, "temperature": 0.5, "top_k": 9, "top_p": 0.9, "seed": 1}
    posted = await client.post("/sample", json=asked)
    assert posted.json() == await drawn(client, **asked)


@pytest.mark.parametrize("body", [b"", b"{}"])
async def test_an_empty_body_means_the_defaults(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/sample", content=body, headers={"Content-Type": "application/json"})
    assert len(answer.json()["names"]) == 5


@pytest.mark.parametrize("count", [1, 1000])
async def test_count_goes_up_to_the_setting(client: httpx.AsyncClient, count: int) -> None:
    assert len((await drawn(client, count=count, unique=False))["names"]) == count


async def test_a_count_past_the_setting_is_refused_with_the_bound(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"max_count": 3, "max_length": 10})) as client:
        assert len((await drawn(client))["names"]) == 3
        assert "3" in problem(await client.get("/sample?count=4"), 422)["detail"]
        assert "3" in problem(await client.post("/sample", json={"count": 4}), 422)["detail"]
        assert "10" in problem(await client.get("/sample?max_length=11"), 422)["detail"]


@pytest.mark.parametrize("start", ["a", "A", "bEn", "q"])
async def test_names_begin_with_the_start_whatever_its_case(client: httpx.AsyncClient, start: str) -> None:
    reported = await drawn(client, start=start)
    assert all(name.lower().startswith(start.lower()) for name in reported["names"])


async def test_an_empty_start_is_none(client: httpx.AsyncClient) -> None:
    assert (await drawn(client, start="", seed=3)) == await drawn(client, seed=3)


@pytest.mark.parametrize("start", ["é", "\x00", "a1", "?", "\ufffd", "🙂"])
async def test_a_start_that_the_model_cannot_spell_is_told_its_letters(client: httpx.AsyncClient, start: str) -> None:
    reported = problem(await client.get("/sample", params={"start": start}), 422)
    assert reported["type"] == "/problems/unknown-letter"
    assert reported["letters"] == list(LETTERS)


async def test_the_same_start_is_fine_for_a_model_that_knows_it(client: httpx.AsyncClient) -> None:
    reported = await drawn(client, start="É", model="accents")
    assert all(name.startswith("é") for name in reported["names"])


async def test_lengths_are_met_by_names_that_end_by_themselves(client: httpx.AsyncClient) -> None:
    reported = await drawn(client, min_length=4, max_length=6, count=50)
    assert {len(name) for name in reported["names"]} <= {4, 5, 6}


async def test_a_greatest_length_of_one_draws_single_letters(client: httpx.AsyncClient) -> None:
    assert all(len(name) == 1 for name in (await drawn(client, max_length=1, count=3))["names"])


async def test_truncate_cuts_names(client: httpx.AsyncClient) -> None:
    reported = await drawn(client, truncate=True, max_length=3, count=50, min_length=3)
    assert {len(name) for name in reported["names"]} == {3}


async def test_a_shortfall_is_told_and_is_no_error(client: httpx.AsyncClient) -> None:
    reported = await drawn(client, max_length=1, count=200)
    assert len(reported["names"]) <= 26
    assert "distinct" in reported["shortfall"]


async def test_names_repeat_only_when_they_may(client: httpx.AsyncClient) -> None:
    reported = await drawn(client, max_length=1, count=200, unique=False)
    assert len(reported["names"]) == 200
    assert len(set(reported["names"])) < 200


async def test_top_k_and_temperature_and_top_p_narrow_the_draws(client: httpx.AsyncClient) -> None:
    for narrow in ({"top_k": 1}, {"temperature": 0.01}, {"top_p": 1e-9}):
        reported = await drawn(client, count=20, seed="1", unique=False, truncate=True, start="a", **narrow)
        assert len(set(reported["names"])) == 1, narrow


@pytest.mark.parametrize("query", ["min_length=9&max_length=3", "start=abcd&max_length=3"])
async def test_options_that_no_name_can_meet_are_refused(client: httpx.AsyncClient, query: str) -> None:
    assert problem(await client.get(f"/sample?{query}"), 422)["type"] == "/problems/unsatisfiable"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("count", "0"),
        ("count", "-1"),
        ("count", "1000000000"),
        ("count", "9" * 5000),
        ("count", "5.5"),
        ("count", ""),
        ("max_length", "0"),
        ("max_length", "65"),
        ("min_length", "65"),
        ("start", "a" * 65),
        ("temperature", "0"),
        ("temperature", "warm"),
        ("seed", "x" * 201),
        ("offset", "-1"),
        ("offset", "100000"),
        ("novel_distance", "3"),
        ("keys", "a"),
        ("avoid", "a"),
        ("unique", "perhaps"),
        ("format", "xml"),
        ("model", "x" * 1000),
        ("sufix", "a"),
        ("Count", "5"),
    ],
)
async def test_a_wrong_field_is_named(client: httpx.AsyncClient, field: str, value: str) -> None:
    reported = problem(await client.get("/sample", params={field: value}), 422)
    assert [wrong["field"] for wrong in reported["errors"]] == [field]


@pytest.mark.parametrize("query", ["start=a&start=b", "start=a&count=2&start=a", "start=&start=", "nope=1&nope=1"])
async def test_a_field_that_is_given_twice_is_refused(client: httpx.AsyncClient, query: str) -> None:
    reported = problem(await client.get(f"/sample?{query}"), 422)
    assert [(wrong["field"], wrong["message"]) for wrong in reported["errors"]] == [
        (query[: query.index("=")], "give it once")
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("count", "5"),
        ("count", True),
        ("count", 5.0),
        ("unique", 1),
        ("start", 1),
        ("temperature", "1"),
        ("nope", None),
    ],
)
async def test_json_has_types_of_its_own(client: httpx.AsyncClient, field: str, value: object) -> None:
    reported = problem(await client.post("/sample", json={field: value}), 422)
    assert [wrong["field"] for wrong in reported["errors"]] == [field]


async def test_a_query_beside_a_body_is_refused_not_ignored(client: httpx.AsyncClient) -> None:
    problem(await client.post("/sample?count=3"), 422)


async def test_an_unknown_model_is_refused_with_those_that_there_are(client: httpx.AsyncClient) -> None:
    assert problem(await client.get("/sample?model=elves"), 404)["models"] == ["accents", "us"]
    assert problem(await client.get("/sample?model=us@9"), 404)["versions"] == [0]


async def test_a_version_may_be_pinned(client: httpx.AsyncClient) -> None:
    assert await drawn(client, model="us@0", seed=5) == await drawn(client, model="us", seed=5)


async def test_details_agree_with_the_model(client: httpx.AsyncClient, settings: Settings) -> None:
    for model in ("us", "accents"):
        reported = await drawn(client, details=True, model=model, temperature=2)
        expected = score(predictor_of(load(settings.weights / f"{model}.npz")), reported["names"])
        assert [detail["name"] for detail in reported["details"]] == reported["names"]
        for detail, scored in zip(reported["details"], expected, strict=True):
            assert "".join(letter["letter"] for letter in detail["letters"]) == detail["name"].lower()
            parts = [letter["log_probability"] for letter in detail["letters"]] + [detail["end"]]
            assert math.isclose(detail["log_probability"], scored.log_probability)
            assert math.isclose(sum(parts), detail["log_probability"])


async def test_the_format_goes_before_the_accept_header(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sample?format=txt&seed=4", headers={"Accept": "text/csv"})
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == (await drawn(client, seed=4))["names"]
    assert answer.headers["x-namewright-seed"] == "4"


async def test_the_accept_header_alone_is_enough(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sample?details=true&count=2&seed=4", headers={"Accept": "text/csv"})
    header, *rows = csv.reader(io.StringIO(answer.text))
    assert header[:3] == ["name", "log_probability", "in_training_list"]
    assert [row[0] for row in rows] == (await drawn(client, seed=4, count=2))["names"]
    problem(await client.get("/sample", headers={"Accept": "image/png"}), 406)
    two_lines = await client.get("/sample", headers=[("Accept", "image/png"), ("Accept", "text/plain")])
    assert two_lines.headers["content-type"].startswith("text/plain")


async def test_a_seed_means_the_same_whatever_else_is_drawn(client: httpx.AsyncClient) -> None:
    alone = [await drawn(client, seed=seed, count=20) for seed in range(20)]
    together: dict[int, dict[str, Any]] = {}

    async def ask(seed: int) -> None:
        together[seed] = await drawn(client, seed=seed, count=20)

    async with anyio.create_task_group() as group:
        for seed in range(20):
            group.start_soon(ask, seed)
    assert [together[seed] for seed in range(20)] == alone
