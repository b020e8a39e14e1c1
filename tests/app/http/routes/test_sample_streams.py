"""More names than an answer holds: streamed, in turns with other requests."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
import pytest

from app.main import create_app
from app.serving.scored import MAX_EXPLAINED
from app.settings import Settings
from tests.support.services import eventually, listening_on_socket, problem, serving

pytestmark = pytest.mark.anyio

SMALL = {"max_count": 20, "max_stream_count": 900, "max_streams": 2}


@pytest.fixture(scope="module")
async def small(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A service whose answers hold twenty names."""
    async with serving(settings.model_copy(update=SMALL)) as client:
        yield client


async def get(client: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    answer = await client.get("/sample", params=fields)
    assert answer.status_code == 200, answer.text
    return answer


def end_of(answer: httpx.Response) -> tuple[list[str], dict[str, Any]]:
    """The names of NDJSON, and what its last line says."""
    *rows, last = map(json.loads, answer.text.splitlines())
    return [row["name"] for row in rows], last["end"]


@pytest.mark.parametrize("offset", [0, 1, 37])
async def test_streamed_names_are_those_of_the_pages_of_their_seed(small: httpx.AsyncClient, offset: int) -> None:
    streamed = (await get(small, seed="w", offset=offset, count=300, format="txt")).text.splitlines()
    paged = [
        name
        for page in range(15)
        for name in (await get(small, seed="w", offset=offset + 20 * page, count=20)).json()["names"]
    ]
    assert streamed == paged
    assert len(set(streamed)) == 300


async def test_the_last_line_of_ndjson_says_what_is_known_only_then(small: httpx.AsyncClient) -> None:
    answer = await get(small, seed=5, count=400, format="ndjson")
    names, end = end_of(answer)
    assert len(names) == len(set(names)) == 400
    assert end.pop("left_out").keys() == {"decent"}
    assert end == {"names": 400, "shortfall": None, "exact": True, "effective_sample_size": None}
    sent = {name: value for name, value in answer.headers.items() if name.startswith("x-namewright")}
    assert float(sent.pop("x-namewright-top-p")) == 0.9  # the model is of two names
    assert sent == {"x-namewright-model": "us", "x-namewright-version": "0", "x-namewright-seed": "5"}
    assert "content-length" not in answer.headers
    assert (answer.headers["cache-control"], answer.headers["vary"]) == ("no-store", "Accept")


async def test_a_stream_that_falls_short_says_why(small: httpx.AsyncClient) -> None:
    names, end = end_of(await get(small, count=900, max_length=2, format="ndjson"))
    assert len(names) == len(set(names)) == end["names"] < 900
    assert "came up" in end["shortfall"]


async def test_constraints_hold_in_streams_too(small: httpx.AsyncClient) -> None:
    names, end = end_of(await get(small, count=200, suffix="a", exclude="x", seed=1, format="ndjson"))
    assert len(set(names)) == 200
    assert all(name.lower().endswith("a") and "x" not in name.lower() for name in names)
    assert end["exact"] is (end["effective_sample_size"] is None)


async def test_details_are_streamed(small: httpx.AsyncClient) -> None:
    answer = await get(small, count=100, seed=2, details=True, format="csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["name"] for row in rows] == (await get(small, count=100, seed=2, format="txt")).text.splitlines()
    assert all(float(row["log_probability"]) < 0 for row in rows)
    *lines, end = (await get(small, count=100, seed=2, details=True, format="ndjson")).text.splitlines()
    assert [json.loads(line)["name"] for line in lines] == [row["name"] for row in rows]
    assert json.loads(end)["end"]["names"] == 100


async def test_as_many_details_are_explained_as_in_an_answer_that_is_held(small: httpx.AsyncClient) -> None:
    *lines, _ = (await get(small, count=150, seed=2, details=True, format="ndjson")).text.splitlines()
    explained = [json.loads(line)["end_others"] is not None for line in lines]
    assert explained == [True] * MAX_EXPLAINED + [False] * (150 - MAX_EXPLAINED)


async def test_the_accept_header_and_a_body_stream_too(small: httpx.AsyncClient) -> None:
    answer = await small.post("/sample", json={"count": 50, "avoid": ["Anna"]}, headers={"Accept": "text/csv"})
    assert len(answer.text.splitlines()) == 51
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("count", [20, 21])
async def test_a_byte_order_mark_begins_csv_once_where_it_is_asked_for(small: httpx.AsyncClient, count: int) -> None:
    plain, marked = [await get(small, count=count, seed=3, format="csv", bom=bom) for bom in (False, True)]
    assert marked.content == b"\xef\xbb\xbf" + plain.content
    assert plain.content.startswith(b"name\r\n")
    posted = await small.post("/sample", json={"count": count, "seed": 3, "format": "csv", "bom": True})
    assert posted.content == marked.content


@pytest.mark.parametrize("form", ["json", "txt", "ndjson"])
async def test_a_byte_order_mark_elsewhere_is_refused(small: httpx.AsyncClient, form: str) -> None:
    refused = problem(await small.get(f"/sample?bom=true&format={form}"), 422)
    assert refused["errors"] == [{"field": "bom", "message": "goes with format=csv only"}]


async def test_json_beyond_its_bound_is_refused_with_the_formats_that_stream(small: httpx.AsyncClient) -> None:
    assert len((await get(small, count=20)).json()["names"]) == 20
    for answer in (await small.get("/sample?count=21"), await small.post("/sample", json={"count": 21})):
        [wrong] = problem(answer, 422)["errors"]
        assert wrong["field"] == "count"
        assert all(form in wrong["message"] for form in ("at most 20", "ndjson", "csv", "txt", "up to 900"))
    refused = problem(await small.get("/sample?count=901&format=csv"), 422)
    assert refused["errors"][0]["field"] == "count"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("start=é", 422),
        ("suffix=ab&contains=zz&max_length=3", 422),
        ("novel_distance=1&novel=true", 422),
        ("offset=3", 422),
        ("model=elves", 404),
    ],
)
async def test_what_can_be_refused_before_the_first_name_is(small: httpx.AsyncClient, query: str, status: int) -> None:
    problem(await small.get(f"/sample?count=100&format=csv&{query}"), status)


async def test_one_stream_too_many_is_refused_and_room_is_given_back(settings: Settings) -> None:
    app = create_app(settings.model_copy(update=SMALL | {"max_stream_count": 50_000}))
    query: dict[str, str | int] = {"count": 50_000, "format": "ndjson", "unique": False, "details": True}
    async with app.router.lifespan_context(app), listening_on_socket(app) as client:
        async with client.stream("GET", "/sample", params=query) as first:
            one = first.aiter_raw()
            await anext(one)
            async with client.stream("GET", "/sample", params=query) as second:
                other = second.aiter_raw()
                await anext(other)
                refused = await client.get("/sample", params=query)
                assert problem(refused, 503)["detail"].startswith("too many answers are being streamed")
                assert refused.headers["retry-after"] == "1"
                assert len((await get(client, count=20)).json()["names"]) == 20  # others are answered

        async def ask() -> int:
            return (await client.get("/sample", params=query | {"count": 30})).status_code

        assert await eventually(ask, lambda status: status == 200)  # the clients have left


@pytest.mark.no_cover
async def test_streams_take_turns(settings: Settings) -> None:
    """With one thread, a stream that begins last and asks for least ends first."""
    app = create_app(settings.model_copy(update={"sampling_threads": 1}))
    ended: list[int] = []

    async def read(client: httpx.AsyncClient, count: int) -> None:
        answer = await get(client, count=count, format="txt", unique=False)
        assert len(answer.text.splitlines()) == count
        ended.append(count)

    async with (
        app.router.lifespan_context(app),
        listening_on_socket(app) as client,
        anyio.create_task_group() as group,
        client.stream("GET", "/sample?count=40000&format=txt&unique=false") as long,
    ):
        lines = long.aiter_lines()
        await anext(lines)
        group.start_soon(read, client, 1_500)
        assert len([line async for line in lines]) == 39_999
        assert ended == [1_500]
