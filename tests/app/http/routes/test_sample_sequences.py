"""Seeds with pages, keys, names that are new, and names to be avoided, over HTTP."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from app.serving.sequences import CACHED_SEQUENCES, Asked, SequenceCache
from app.serving.source import Source
from app.settings import Settings
from model.generation.options import Options
from model.generation.served import predictor_of
from tests.support.random_models import random_model
from tests.support.services import problem, serving

pytestmark = pytest.mark.anyio


async def post(client: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await client.post("/sample", json=fields)
    assert answer.status_code == 200, answer.text
    reported: dict[str, Any] = answer.json()
    return reported


async def test_ten_names_of_a_seed_begin_with_the_first_five(client: httpx.AsyncClient) -> None:
    ten = (await post(client, seed="a world", count=10))["names"]
    assert (await post(client, seed="a world", count=5))["names"] == ten[:5]
    assert (await post(client, seed="a world", count=4, offset=3))["names"] == ten[3:7]


async def test_pages_of_a_seed_have_no_name_in_common_whatever_their_sizes(client: httpx.AsyncClient) -> None:
    whole = [
        name for page in range(5) for name in (await post(client, seed="w", offset=200 * page, count=200))["names"]
    ]
    assert len(set(whole)) == 1000
    assert (await post(client, seed="w", count=1000))["names"] == whole
    answer = await client.get("/sample?seed=w&offset=990&count=10&format=txt")
    assert answer.text.splitlines() == whole[990:]


async def test_numbers_and_texts_of_the_same_digits_are_one_seed(client: httpx.AsyncClient) -> None:
    assert await post(client, seed=7) == await post(client, seed="7")
    assert (await post(client, seed=7))["seed"] == "7"
    assert (await post(client, seed=""))["seed"] is None


async def test_an_offset_needs_a_seed_and_goes_as_far_as_the_sequence(client: httpx.AsyncClient) -> None:
    assert "needs a seed" in problem(await client.get("/sample?offset=5"), 422)["detail"]
    assert "100,000" in problem(await client.get("/sample?seed=s&offset=99999&count=2"), 422)["detail"]


async def test_a_key_has_one_name_whatever_is_asked_beside_it(client: httpx.AsyncClient) -> None:
    answer = await post(client, keys=["a", "b", "a", 7])
    first, second, again, seventh = answer["names"]
    assert first == again != second
    assert (answer["seed"], answer["shortfall"]) == (None, None)
    assert (await post(client, keys=["7"]))["names"] == [seventh]
    assert (await client.get("/sample?key=b")).json()["names"] == [second]
    assert (await client.get("/sample?key=b&start=q")).json()["names"][0][0] == "Q"


@pytest.mark.parametrize(
    ("fields", "wrong", "other"),
    [
        ({"key": "a", "seed": "b"}, "seed", "key"),
        ({"key": "a", "keys": ["b"]}, "keys", "key"),
        ({"keys": ["a"], "count": 3}, "count", "keys"),
        ({"keys": ["a"], "seed": "b", "offset": 3}, "seed", "keys"),
        ({"keys": ["a"], "avoid": ["b"]}, "avoid", "keys"),
        ({"key": "a", "reproducible": True}, "reproducible", "key"),
    ],
)
async def test_fields_that_exclude_each_other_are_named(
    client: httpx.AsyncClient, fields: dict[str, Any], wrong: str, other: str
) -> None:
    refused = problem(await client.post("/sample", json=fields), 422)
    assert [error["field"] for error in refused["errors"]] == [wrong]
    assert refused["detail"] == f"{wrong}: it can't be combined with {other}; give one of them"


@pytest.mark.parametrize("field", ["keys", "avoid"])
async def test_what_only_a_body_may_have_is_sent_there(client: httpx.AsyncClient, field: str) -> None:
    assert "send it by POST" in problem(await client.get(f"/sample?{field}=a"), 422)["detail"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"keys": []}, "keys"),
        ({"keys": ["x"] * 1001}, "keys"),
        ({"keys": [None]}, "keys.0"),
        ({"avoid": ["x" * 65]}, "avoid.names.0"),
        ({"avoid": 5}, "avoid.names"),
        ({"avoid": {"seed": "s"}}, "avoid.sequence.count"),
        ({"avoid": {"seed": "s", "count": 0}}, "avoid.sequence.count"),
        ({"seed": 2**53}, "seed"),
        ({"seed": True}, "seed"),
    ],
)
async def test_wrong_fields_of_a_body_are_named(client: httpx.AsyncClient, fields: dict[str, Any], wrong: str) -> None:
    assert problem(await client.post("/sample", json=fields), 422)["errors"][0]["field"] == wrong


async def test_names_to_be_avoided_are_a_list_or_those_of_a_seed(client: httpx.AsyncClient) -> None:
    earlier = (await post(client, seed="w", count=300, max_length=5))["names"]
    upper = [name.upper() for name in earlier]
    for avoid in (upper, {"seed": "w", "count": 300}):
        later = await post(client, seed="w", count=300, max_length=5, avoid=avoid)
        assert not set(later["names"]) & set(earlier)
        assert len(later["names"]) == 300
        assert later["left_out"]["avoid"] > 100
    by_csv = await client.post("/sample", json={"seed": "w", "count": 9, "avoid": upper, "format": "csv"})
    assert int(by_csv.headers["x-namewright-left-out-avoid"]) > 0
    assert len(list(csv.reader(io.StringIO(by_csv.text)))) == 10


@pytest.mark.no_cover
async def test_novel_names_stand_in_no_list() -> None:
    async with serving(Settings()) as client:
        fields: dict[str, Any] = {
            "model": "icelandic-girls",
            "start": "sig",
            "max_length": 8,
            "count": 30,
            "details": True,
        }
        known = await post(client, seed="s", temperature=0.3, **fields)
        assert any(detail["in_training_list"] for detail in known["details"])
        new = await post(client, seed="s", temperature=0.3, novel=True, **fields)
        assert not any(detail["in_training_list"] for detail in new["details"])
        assert new["left_out"]["novel"] > 0
        far = await post(client, seed="s", novel=True, novel_distance=2, **fields)
        assert not {"Sigrún", "Sigrúna", "Sigrid"} & set(far["names"])
        assert far["left_out"]["novel"] > 0
        alone = problem(await client.get("/sample?novel_distance=1"), 422)
        assert alone["detail"] == "novel_distance needs novel=true"
        many = problem(await client.get("/sample?novel=true&novel_distance=1&count=101"), 422)
        assert "at most 100" in many["detail"]


def test_sequences_make_room_for_others() -> None:
    source = Source("m", 0, predictor_of(random_model("abcdefgh", end=-1)), ())
    cache = SequenceCache()
    asked = Asked(source, Options(), novel=False, novel_distance=0)
    first = cache.page(asked, "0", 0, 5)
    for seed in range(CACHED_SEQUENCES):
        cache.page(asked, str(seed), 0, 1)
    assert len(cache) == CACHED_SEQUENCES
    assert cache.page(asked, "0", 0, 5) == first


def test_sequences_of_many_names_make_room_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.serving.sequences.CACHED_NAMES", 100)
    source = Source("m", 0, predictor_of(random_model("abcdefgh", end=-1)), ())
    cache = SequenceCache()
    asked = Asked(source, Options(), novel=False, novel_distance=0)
    for pages in ("ab", "bcc", "d"):
        for seed in pages:
            cache.page(asked, seed, 0, 30)
    assert [cache.drawn(asked, seed) > 0 for seed in "abcd"] == [False, True, True, True]
    cache.page(asked, "c", 30, 100)  # alone too many, but the last that was asked for
    assert [cache.drawn(asked, seed) > 0 for seed in "bcd"] == [False, True, False]
    cache.forget(source)
    for seed in "efg":
        cache.page(asked, seed, 0, 30)
    assert len(cache) == 3


@pytest.mark.parametrize("seed", ["a\nX-Evil: 1", "a\r", "a\0b", "a\x7f", "日本"])
async def test_headers_hold_any_seed_on_one_line(client: httpx.AsyncClient, seed: str) -> None:
    answer = await client.post("/sample", json={"seed": seed, "format": "txt"})
    header = answer.headers["X-Namewright-Seed"]
    assert header.isascii()
    assert header.isprintable()
    assert header.encode().decode("unicode_escape") == seed


@pytest.mark.parametrize(
    "body",
    [
        r'{"seed": "\ud800"}',
        r'{"key": "a\udfff"}',
        r'{"keys": ["\ud800"]}',
        r'{"avoid": {"seed": "\ud800", "count": 1}}',
    ],
)
async def test_half_surrogate_pairs_are_refused(client: httpx.AsyncClient, body: str) -> None:
    answer = await client.post("/sample", content=body, headers={"Content-Type": "application/json"})
    assert "half surrogate pairs" in problem(answer, 422)["detail"]
