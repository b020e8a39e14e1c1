"""Pages far from the beginning of a seed take turns with other requests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
import pytest

from app.settings import Settings
from tests.support.services import problem, serving

pytestmark = pytest.mark.anyio

FAR = 2500


@pytest.fixture(scope="module")
async def bundled() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service with the bundled models."""
    async with serving(Settings()) as client:
        yield client


@pytest.mark.no_cover
@pytest.mark.parametrize("source", ["model=us-seed", "parts=german-boys,german-surnames"])
async def test_a_far_page_of_a_seed_that_is_drawn_for_it_comes_and_can_be_had_again(
    bundled: httpx.AsyncClient, source: str
) -> None:
    path = f"/sample?{source}&offset={FAR}&count=3"
    with anyio.fail_after(60):
        answer = (await bundled.get(f"{path}&reproducible=true")).json()
    assert len(answer["names"]) == 3
    assert (await bundled.get(f"{path}&seed={answer['seed']}")).json() == answer


async def test_a_far_page_has_the_names_of_the_sequence(client: httpx.AsyncClient) -> None:
    far = (await client.get(f"/sample?seed=s&offset={FAR}&count=20")).json()["names"]
    near = [
        (await client.get(f"/sample?seed=s&offset={n}&count=500")).json()["names"] for n in range(0, FAR + 500, 500)
    ]
    assert [name for page in near for name in page][FAR : FAR + 20] == far


async def test_names_of_a_seed_to_be_avoided_may_be_many(client: httpx.AsyncClient) -> None:
    body = {"seed": "t", "count": 20, "avoid": {"seed": "s", "count": FAR}}
    answer = await client.post("/sample", json=body)
    assert len(answer.json()["names"]) == 20
    streamed = await client.post("/sample", json=body | {"count": 1500, "format": "txt"})
    assert streamed.text.splitlines()[:20] == answer.json()["names"]


@pytest.mark.parametrize(
    "body",
    [
        {"seed": "s", "offset": FAR, "count": 5},
        {"seed": "t", "count": 5, "avoid": {"seed": "s", "count": FAR}},
        {"count": 5, "avoid": {"seed": "s", "count": FAR}, "format": "txt"},
        {"seed": "s", "offset": FAR, "count": 5, "parts": {"given": {"model": "us"}, "surname": {"model": "us"}}},
    ],
    ids=["page", "avoid", "avoid without a seed", "full names"],
)
async def test_what_takes_too_long_before_an_answer_goes_on_with_the_next_request(body: dict[str, Any]) -> None:
    async with serving(Settings(max_seconds_ahead=0.02)) as client:
        drawn = [0]
        while (answer := await client.post("/sample", json=body)).status_code == 503:
            refusal = problem(answer, 503)
            assert refusal["type"] == "/problems/not-drawn-yet"
            assert answer.headers["retry-after"] == "1"
            assert refusal["needed"] == FAR
            assert f"{refusal['drawn']:,} are there now: send the request again" in refusal["detail"]
            drawn.append(refusal["drawn"])
    assert answer.status_code == 200
    assert drawn == sorted(drawn)
    assert len(drawn) > 2
    if "seed" in body:
        async with serving(Settings()) as client:
            assert (await client.post("/sample", json=body)).json() == answer.json()


@pytest.mark.no_cover
async def test_full_names_have_far_pages_too(bundled: httpx.AsyncClient) -> None:
    far = (await bundled.get(f"/sample?parts=german-boys,german-surnames&seed=s&offset={FAR}&count=2")).json()
    assert len(far["names"]) == 2


@pytest.mark.no_cover
async def test_others_are_answered_while_a_far_page_is_drawn() -> None:
    async with serving(Settings(sampling_threads=1)) as client, anyio.create_task_group() as group:
        done: list[str] = []

        async def ask(path: str, name: str) -> None:
            assert (await client.get(path)).status_code == 200
            done.append(name)

        group.start_soon(ask, "/sample?seed=s&offset=3500&count=1", "far")
        await anyio.sleep(0.1)
        for number, which in enumerate(("count=1", "count=3&seed=s", "count=3&seed=t")):
            await ask(f"/sample?{which}", str(number))
        assert done == ["0", "1", "2"]
