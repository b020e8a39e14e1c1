"""Whatever is asked, the answer is names, scores or a problem."""

import json
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.schemas.requests import SampleFields, ScoreFields
from tests.services import problem

pytestmark = pytest.mark.anyio

FIELDS = sorted({*SampleFields.model_fields, *ScoreFields.model_fields, "suffix"})
SENSE = ["", "1", "5", "0.5", "true", "us", "us@0", "a", "é", "json", "csv", "ndjson"]
QUERIES = st.lists(
    st.tuples(st.sampled_from(FIELDS) | st.text(), st.sampled_from(SENSE) | st.text() | st.integers().map(str)),
    max_size=5,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(SENSE),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
BODIES = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=9), VALUES, max_size=5) | VALUES
patient = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(answer: httpx.Response) -> None:
    if answer.status_code != 200:
        assert 400 <= answer.status_code < 500, answer.text
        problem(answer, answer.status_code)


@patient
@given(QUERIES)
async def test_any_query_is_answered(client: httpx.AsyncClient, query: list[tuple[str, str]]) -> None:
    asked = "&".join(
        f"{quote(name, safe='', errors='replace')}={quote(value, safe='', errors='replace')}" for name, value in query
    )
    check(await client.get(f"/sample?{asked}"))


@patient
@given(st.binary())
async def test_any_bytes_as_a_query_are_answered(client: httpx.AsyncClient, query: bytes) -> None:
    check(await client.get(f"/sample?{quote(query)}&start={quote(query)}"))


@patient
@given(st.sampled_from(["/sample", "/score"]), BODIES)
async def test_any_json_is_answered(client: httpx.AsyncClient, path: str, body: object) -> None:
    content = json.dumps(body).encode()
    check(await client.post(path, content=content, headers={"Content-Type": "application/json"}))


@patient
@given(st.sampled_from(["/sample", "/score"]), st.binary(), st.sampled_from(["application/json", "text/csv", ""]))
async def test_any_body_is_answered(client: httpx.AsyncClient, path: str, body: bytes, media_type: str) -> None:
    check(await client.post(path, content=body, headers={"Content-Type": media_type}))


@patient
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
async def test_any_accept_header_is_answered(client: httpx.AsyncClient, accept: str) -> None:
    check(await client.get("/sample", headers={"Accept": accept}))
