"""The direct way to a route, and the framework's way to it, answer the same."""

import json

import httpx
import pytest

from app.http.middleware.security_headers import ALWAYS
from app.settings import Settings
from tests.support.services import problem, serving

pytestmark = pytest.mark.anyio

AS_FORM = {"Content-Length": "0"}
"""A request that may have a body goes through the framework."""

QUERIES = [
    "seed=7",
    "seed=7&count=3&start=a&max_length=9",
    "seed=7&exclude=x&exclude=q,z",
    "seed=7&forms=latin&forms=initials",
    "seed=7&format=csv",
    "seed=%C3%A9&start=%41",
    "seed=7&count=0",
    "count=x&temperature=hot",
    "seed=7&seed=8",
    "like=anna",
    "cout=3",
    "model=elves",
    "key=a&seed=7",
    "start=%00",
    "&&&",
    "count",
    "model=us&start=" + "a" * 9000,
]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[:40])
async def test_both_ways_answer_the_same(client: httpx.AsyncClient, query: str) -> None:
    direct = await client.get(f"/sample?{query}", headers={"X-Request-Id": "one"})
    framed = await client.get(f"/sample?{query}", headers={"X-Request-Id": "one", **AS_FORM})
    assert direct.status_code == framed.status_code
    if direct.status_code == 200 and "seed" not in query:
        assert direct.json().keys() == framed.json().keys()
    else:
        assert direct.content == framed.content
    assert set(direct.headers.raw) == set(framed.headers.raw) or "seed" not in query
    assert set(ALWAYS) <= set(direct.headers.raw)


async def test_what_is_wrong_with_a_query_is_found_as_in_a_body(client: httpx.AsyncClient) -> None:
    wrong = problem(await client.get("/sample?count=0&temperature=hot"), 422)
    assert {one["field"] for one in wrong["errors"]} == {"count", "temperature"}


async def test_the_documentation_has_the_fields_that_are_checked(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    parameters = {one["name"]: one for one in document["paths"]["/sample"]["get"]["parameters"]}
    assert {"model", "start", "count", "seed", "exclude", "format"} <= parameters.keys()
    assert parameters["count"]["schema"]["minimum"] == 1
    assert list(json.loads(json.dumps(document))["paths"]["/sample"]) == ["get", "post"]


async def test_pages_of_other_origins_may_read_direct_answers_and_refusals(settings: Settings) -> None:
    allowed = settings.model_copy(update={"cors_origins": ["https://names.example"]})
    async with serving(allowed) as client:
        for query in ("count=1", "count=0"):
            answer = await client.get(f"/sample?{query}", headers={"Origin": "https://names.example"})
            assert answer.headers["access-control-allow-origin"] == "https://names.example"
            assert "X-Request-Id" in answer.headers["access-control-expose-headers"]
