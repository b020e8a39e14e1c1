"""Laws of what reads queries and headers, whatever comes."""

from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.http.errors import NotAcceptable
from app.http.formats import MAX_ACCEPT, MEDIA_TYPES, negotiate
from app.schemas.sample import SampleFields
from tests.support.services import problem

pytestmark = [pytest.mark.anyio, pytest.mark.no_cover]

patient = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

SENSE = ["", "1", "5", "0.5", "1e3", "nan", "true", "off", "us", "us@0", "a", "é", "csv", "2-3", "a*", "[ab]+c?", "a,b"]
VALUES = st.sampled_from(SENSE) | st.text(max_size=9) | st.integers().map(str) | st.floats().map(str)
FIELDS = st.sampled_from(sorted(SampleFields.model_fields)) | st.sampled_from(["seed ", "Seed", "cout", "like", ""])
AS_FORM = {"Content-Length": "0"}
"""A request that may have a body goes through the framework."""

RANGES = ["text/csv", "text/*", "*/*", "application/json", "text/plain", "image/png", "text/html", ""]
QUALITIES = st.sampled_from(["1", "0", "0.5", "nan", "inf", "-1", "1e400", "x", ""]) | st.floats().map(str)
FILE = "/favicon.ico"


@patient
@given(st.lists(st.tuples(FIELDS, VALUES), max_size=5))
async def test_a_query_means_the_same_by_the_direct_way_and_through_the_framework(
    client: httpx.AsyncClient, query: list[tuple[str, str]]
) -> None:
    asked = urlencode([*query, ("seed", "7")] if "seed" not in dict(query) else query, errors="replace")
    direct = await client.get(f"/sample?{asked}")
    framed = await client.get(f"/sample?{asked}", headers=AS_FORM)
    assert (direct.status_code, direct.headers["content-type"]) == (framed.status_code, framed.headers["content-type"])
    assert direct.content == framed.content
    if direct.status_code != 200:
        problem(direct, direct.status_code)


@patient
@given(st.text(min_size=1, max_size=210))
async def test_a_seed_is_any_text_of_200_letters_and_each_draws_the_same_again(
    client: httpx.AsyncClient, seed: str
) -> None:
    path = f"/sample?reproducible=true&count=2&seed={quote(seed, safe='', errors='surrogatepass')}"
    answer = await client.get(path)
    if len(seed) > 200:
        assert problem(answer, 422)["errors"][0]["field"] == "seed"
    elif answer.status_code == 200:
        assert (await client.get(path)).content == answer.content
        by_body = await client.post("/sample", json={"seed": seed, "count": 2, "reproducible": True})
        assert by_body.json()["names"] == answer.json()["names"]


@patient
@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=4))
async def test_a_key_has_one_name_alone_and_among_others(client: httpx.AsyncClient, keys: list[str]) -> None:
    together = (await client.post("/sample", json={"keys": [*keys, keys[0]]})).json()["names"]
    assert together[-1] == together[0]
    for key, name in zip(keys, together, strict=False):
        alone = await client.post("/sample", json={"key": key})
        assert alone.json()["names"] == [name]


@given(st.lists(st.tuples(st.sampled_from(RANGES) | st.text(max_size=9), QUALITIES), max_size=5))
def test_any_accept_header_chooses_a_format_that_is_liked_or_none(ranges: list[tuple[str, str]]) -> None:
    header = ",".join(f"{name};q={quality}" for name, quality in ranges).encode(errors="replace")
    try:
        form = negotiate({"headers": [(b"accept", header)]})
    except NotAcceptable:
        liked = {quality for name, quality in ranges if name == "*/*"}
        assert "1" not in liked
        return
    assert form in MEDIA_TYPES
    if header and "," not in "".join(name for name, _ in ranges):
        media_type = MEDIA_TYPES[form].partition(";")[0]
        may_be = (media_type, media_type.partition("/")[0] + "/*", "*/*", *["text/html"] * (form == "json"), "")
        assert any(name.strip().lower().partition(";")[0].strip() in may_be for name, _ in ranges)


def test_of_an_endless_accept_header_the_beginning_counts() -> None:
    header = b"text/csv;q=0.5," + b"image/png," * MAX_ACCEPT
    assert negotiate({"headers": [(b"accept", header + b"text/plain")]}) == "csv"
    for unfinished in (b"text/csv," + b"x" * 10**6, b"text/csv;q=1, application/json;q=0.9" + b"0" * 10**6):
        assert negotiate({"headers": [(b"accept", unfinished)]}) == "csv"
    assert negotiate({"headers": [(b"accept", b"x" * 10**6)]}) == "json"  # nothing in it was read


@patient
@given(
    st.text("0123456789-,=byte ", max_size=20).map("bytes={}".format)
    | st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=40).map(
        lambda pairs: "bytes=" + ",".join(f"{begin}-{end}" for begin, end in pairs)
    )
)
async def test_any_range_of_a_file_is_a_part_of_it_or_refused(client: httpx.AsyncClient, asked: str) -> None:
    whole = await client.get(FILE)
    assert whole.status_code == 200
    answer = await client.get(FILE, headers={"Range": asked})
    assert answer.status_code in (200, 206, 400, 416)
    if answer.status_code == 206 and "multipart" not in answer.headers["content-type"]:
        begin, end = answer.headers["content-range"].removeprefix("bytes ").partition("/")[0].split("-")
        assert answer.content == whole.content[int(begin) : int(end) + 1]
    assert len(answer.content) < 50 * len(whole.content)
