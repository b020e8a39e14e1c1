"""`blend` of `/sample`, with the bundled models; how letters are drawn is tested with the model."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.serving.blends import CACHED_BLENDS
from app.settings import Settings
from model.artifact.bundled_models import bundled_folder
from tests.support.bundled_lists import read_bundled
from tests.support.services import problem, serving

pytestmark = pytest.mark.anyio

GIRLS = {"icelandic-girls": 0.7, "anglo-irish-girls": 0.3}


@pytest.fixture(scope="module")
async def bundled() -> AsyncIterator[httpx.AsyncClient]:
    async with serving(Settings(weights=bundled_folder())) as client:
        yield client


async def post(client: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:
    answer = await client.post("/sample", json=asked)
    assert answer.status_code == 200, answer.text
    drawn: dict[str, Any] = answer.json()
    return drawn


async def test_a_blend_answers_with_its_models_and_their_versions_and_has_none_itself(
    bundled: httpx.AsyncClient,
) -> None:
    drawn = await post(bundled, blend=GIRLS, count=20, seed=7)
    assert drawn["model"] == "icelandic-girls@0:0.7,anglo-irish-girls@0:0.3"
    assert drawn["version"] is None
    assert len(set(drawn["names"])) == 20
    assert all(name.istitle() for name in drawn["names"])


async def test_the_short_form_of_a_query_and_the_answers_own_mean_the_same(bundled: httpx.AsyncClient) -> None:
    drawn = await post(bundled, blend=GIRLS, count=20, seed=7)
    for text in ("icelandic-girls:7,anglo-irish-girls:3", drawn["model"]):
        got = await bundled.get("/sample", params={"blend": text, "count": 20, "seed": 7})
        assert got.json() == drawn
    other = await post(bundled, blend=dict.fromkeys(GIRLS, 1), count=20, seed=7)
    assert other["names"] != drawn["names"]


async def test_a_seed_of_a_blend_has_pages_also_when_the_blend_was_forgotten(bundled: httpx.AsyncClient) -> None:
    drawn = await post(bundled, blend=GIRLS, count=20, seed="world")
    for weight in range(1, CACHED_BLENDS + 2):
        await post(bundled, blend={"icelandic-girls": weight, "zulu-given": 1}, count=1)
    second = await post(bundled, blend=GIRLS, count=10, offset=10, seed="world")
    assert second["names"] == drawn["names"][10:]


@pytest.mark.no_cover
async def test_constraints_novelty_and_decency_hold_for_blends(bundled: httpx.AsyncClient) -> None:
    drawn = await post(bundled, blend=GIRLS, count=20, start="s", suffix="a", max_length=8, novel=True, details=True)
    assert len(drawn["names"]) == 20
    assert all(name.startswith("S") and name.endswith("a") and len(name) <= 8 for name in drawn["names"])
    assert not any(detail["in_training_list"] for detail in drawn["details"])
    assert drawn["left_out"].keys() >= {"decent", "novel"}


@pytest.mark.no_cover
async def test_the_lists_of_all_parts_count_for_details(bundled: httpx.AsyncClient) -> None:
    drawn = await post(bundled, blend={"icelandic-boys": 1, "anglo-irish-girls": 1}, count=100, seed=3, details=True)
    listed = [detail["name"] for detail in drawn["details"] if detail["in_training_list"]]
    assert listed
    near = {one["name"].lower() for detail in drawn["details"] for one in detail["nearest"]}
    for part in ("icelandic-boys", "anglo-irish-girls"):
        assert near.intersection(read_bundled(part).names)


async def test_a_table_of_a_blend_has_its_facts_in_headers(bundled: httpx.AsyncClient) -> None:
    query = "blend=icelandic-girls,anglo-irish-girls&format=csv&details=true&seed=1"
    answer = await bundled.get(f"/sample?{query}")
    assert answer.headers["x-namewright-model"] == "icelandic-girls@0:0.5,anglo-irish-girls@0:0.5"
    assert "x-namewright-version" not in answer.headers
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 5
    assert all(0 <= float(row["percentile"]) <= 100 and float(row["nats_per_letter"]) > 0 for row in rows)


@pytest.mark.parametrize(
    ("blend", "reason"),
    [
        ({"us": 1, "greek-girls": 1}, "us@0 and greek-girls@0: they have no letters in common"),
        ({"us": 1, "us@0": 1}, "twice"),
        ({"us": 1}, "2"),
        ({f"m{place}": 1 for place in range(6)}, "5"),
        ({"us": 0, "us-girls": 1}, "greater than 0"),
        ({"us": "1", "us-girls": 1}, "number"),
        ("us:1,us-girls:1", "dictionary"),
    ],
)
async def test_what_is_no_blend_is_refused(bundled: httpx.AsyncClient, blend: Any, reason: str) -> None:
    refused = problem(await bundled.post("/sample", json={"blend": blend}), 422)
    assert refused["type"] == "/problems/invalid-request"
    assert all(wrong["field"].startswith("blend") for wrong in refused["errors"])
    assert reason in refused["detail"]


@pytest.mark.parametrize("blend", ["us", "us:x,us-girls:1", "us:0,us-girls:1", "us:1e400,us-girls:1", ":1,us:1"])
async def test_a_short_form_that_is_none_is_refused(bundled: httpx.AsyncClient, blend: str) -> None:
    refused = problem(await bundled.get("/sample", params={"blend": blend}), 422)
    assert [wrong["field"] for wrong in refused["errors"]] == ["blend"]


async def test_an_unknown_part_is_named(bundled: httpx.AsyncClient) -> None:
    refused = problem(await bundled.post("/sample", json={"blend": {"us": 1, "icelandic-girl": 1}}), 404)
    assert refused["detail"].startswith("blend: there is no model 'icelandic-girl'")
    problem(await bundled.post("/sample", json={"blend": {"us": 1, "us-girls@9": 1}}), 404)


async def test_a_blend_goes_in_place_of_a_model(bundled: httpx.AsyncClient) -> None:
    refused = problem(await bundled.post("/sample", json={"blend": GIRLS, "model": "us-seed"}), 422)
    assert "can't be combined" in refused["detail"]


async def test_names_of_blends_are_counted_together(bundled: httpx.AsyncClient) -> None:
    async def counted() -> float:
        text = (await bundled.get("/metrics")).text
        line = next(
            line for line in text.splitlines() if line.startswith('namewright_names_drawn_total{model="blend"}')
        )
        return float(line.rpartition(" ")[2])

    before = await counted()
    await post(bundled, blend=GIRLS, count=3)
    assert await counted() == before + 3
