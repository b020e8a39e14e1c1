"""What `/sample` makes of constraints; how names are drawn that meet them is tested with the model."""

import re
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.settings import Settings
from model.constraints.syllables import count_syllables
from tests.support.services import LETTERS, problem, serving

pytestmark = pytest.mark.anyio

ALONE: dict[str, tuple[Any, str]] = {
    "suffix": ("Na", r".*na"),
    "contains": ("aN", r".*an.*"),
    "pattern": ("B?*a", r"b.+a"),
    "regex": ("[M-S]{2}.*|a", r"[m-s]{2}.*|a"),
    "exclude": (["A", "en"], r"((?!a|en).)+"),
}
"""A value of each field, and what the names are then like."""


def matches(names: list[str], expression: str) -> bool:
    return bool(names) and all(re.fullmatch(expression, name.lower()) for name in names)


@pytest.mark.parametrize(("field", "value", "expression"), [(field, *rest) for field, rest in ALONE.items()])
async def test_a_constraint_holds_for_every_name_in_get_and_post(
    client: httpx.AsyncClient, field: str, value: Any, expression: str
) -> None:
    asked = {field: value, "count": 20, "seed": 3}
    got, posted = await client.get("/sample", params=asked), await client.post("/sample", json=asked)
    assert got.json() == posted.json()
    assert matches(got.json()["names"], expression)
    assert len(got.json()["names"]) == 20


@pytest.mark.parametrize("value", [2, "3", "1-2", "0-1"])
async def test_syllables_are_a_number_or_two(client: httpx.AsyncClient, value: int | str) -> None:
    asked = {"syllables": value, "seed": 3, "max_length": 8}
    got, posted = await client.get("/sample", params=asked), await client.post("/sample", json=asked)
    assert got.json() == posted.json()
    allowed = {int(number) for number in str(value).split("-")}
    assert {count_syllables(name.lower()) for name in got.json()["names"]} <= allowed


async def test_pieces_to_exclude_are_given_again_or_parted_by_commas(client: httpx.AsyncClient) -> None:
    first, *others = [
        (await client.get(f"/sample?seed=5&count=30&{query}")).json()
        for query in ("exclude=a,b,en", "exclude=a&exclude=b&exclude=en", "exclude=a,b&exclude=en,", "exclude=A,,B,En")
    ]
    assert all(other == first for other in others)
    assert matches(first["names"], "((?!en)[^ab])+")


async def test_any_of_them_go_together_with_the_other_fields(client: httpx.AsyncClient) -> None:
    asked: dict[str, Any] = {
        "start": "b", "suffix": "a", "contains": "n", "pattern": "*n*", "regex": "b.*[aeiou]", "exclude": ["x", "nn"],
        "syllables": "1-4", "min_length": 3, "max_length": 9, "temperature": 1.2, "top_k": 20, "top_p": 0.95, "seed": 2,
    }  # fmt: skip
    posted = (await client.post("/sample", json=asked)).json()
    assert (await client.get("/sample", params=asked)).json() == posted
    assert matches(posted["names"], r"b(?!.*nn)(?!.*x).*n.*a")
    assert all(3 <= len(name) <= 9 and 1 <= count_syllables(name.lower()) <= 4 for name in posted["names"])


@pytest.mark.parametrize("field", ALONE)
async def test_an_empty_constraint_is_none(client: httpx.AsyncClient, field: str) -> None:
    free = (await client.get("/sample?seed=3")).json()
    assert (await client.get(f"/sample?seed=3&{field}=")).json() == free
    empty: Any = [] if field == "exclude" else ""
    for value in (None, empty):
        assert (await client.post("/sample", json={"seed": 3, field: value})).json() == free


async def test_an_answer_says_how_exact_it_is(client: httpx.AsyncClient) -> None:
    often = (await client.get("/sample?contains=a")).json()
    assert (often["exact"], often["effective_sample_size"]) == (True, None)
    rare = (await client.get("/sample?contains=qxz&seed=1")).json()
    assert not rare["exact"]
    assert rare["effective_sample_size"] > 1
    assert matches(rare["names"], ".*qxz.*")


@pytest.mark.parametrize("form", ["csv", "txt", "ndjson"])
async def test_other_formats_say_it_in_headers(client: httpx.AsyncClient, form: str) -> None:
    free = await client.get(f"/sample?format={form}&contains=a")
    assert free.headers["x-namewright-exact"] == "true"
    assert "x-namewright-effective-sample-size" not in free.headers
    answered = (await client.get("/sample?contains=qxz&seed=1")).json()
    rare = await client.get(f"/sample?contains=qxz&seed=1&format={form}")
    assert rare.headers["x-namewright-exact"] == "false"
    assert rare.headers["x-namewright-effective-sample-size"] == str(answered["effective_sample_size"])
    assert all(name in rare.text for name in answered["names"])


async def test_a_shortfall_says_that_there_are_no_more(client: httpx.AsyncClient) -> None:
    reported = (await client.get("/sample?regex=anna|ben|zoe&count=9")).json()
    assert sorted(reported["names"]) == ["Anna", "Ben", "Zoe"]
    assert reported["shortfall"] == "only 3 names satisfy this; ask for fewer"
    assert reported["exact"]


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("suffix=iel&max_length=2", ["max_length", "suffix"]),
        ("start=b&regex=a.*", ["regex", "start"]),
        ("contains=an&exclude=n", ["contains", "exclude"]),
        ("pattern=??&min_length=5", ["min_length", "pattern"]),
        ("min_length=9&max_length=3", ["max_length", "min_length"]),
        ("start=abcd&max_length=3", ["max_length", "start"]),
    ],
)
async def test_what_no_name_can_meet_is_named(client: httpx.AsyncClient, query: str, options: list[str]) -> None:
    reported = problem(await client.get(f"/sample?{query}"), 422)
    assert reported["type"] == "/problems/unsatisfiable"
    assert sorted(reported["options"]) == options
    assert all(option in reported["detail"] for option in options)


@pytest.mark.parametrize("field", ["suffix", "contains", "pattern", "regex"])
async def test_an_unknown_letter_comes_with_the_constraint_that_has_it(client: httpx.AsyncClient, field: str) -> None:
    reported = problem(await client.post("/sample", json={field: "é"}), 422)
    assert (reported["type"], reported["option"]) == ("/problems/unknown-letter", field)
    assert reported["letters"] == list(LETTERS)


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("regex=((a", ["regex"]),
        ("regex=.*a.{20}", ["regex"]),
        ("regex=.*a.{8}&pattern=*y?????????", ["pattern", "regex"]),
        ("syllables=many", ["syllables"]),
        ("syllables=33", ["syllables"]),
        ("syllables=3-2", ["syllables"]),
        ("suffix=%20", ["suffix"]),
        ("suffix=a&suffix=b", ["suffix"]),
        (f"suffix={'a' * 65}", ["suffix"]),
        (f"pattern={'a' * 65}", ["pattern"]),
        (f"regex={'a' * 201}", ["regex"]),
        (f"exclude={','.join(['a'] * 101)}", ["exclude"]),
        ("truncate=true&suffix=a", ["truncate"]),
    ],
)
async def test_a_constraint_that_cannot_be_used_is_named(
    client: httpx.AsyncClient, query: str, fields: list[str]
) -> None:
    reported = problem(await client.get("/sample?" + query), 422)
    assert reported["type"] == "/problems/invalid-request"
    assert [wrong["field"] for wrong in reported["errors"]] == fields


async def test_truncate_names_what_it_cannot_be_combined_with(client: httpx.AsyncClient) -> None:
    body = {"truncate": True, "suffix": "a", "exclude": ["b"]}
    detail = problem(await client.post("/sample", json=body), 422)["detail"]
    assert detail == "truncate can't be combined with suffix, exclude"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("suffix", 1),
        ("exclude", "a"),
        ("exclude", [1]),
        ("exclude", [""]),
        ("syllables", True),
        ("syllables", 33),
        ("syllables", -1),
        ("syllables", 10**9),
        ("syllables", 2.0),
        ("syllables", [2]),
    ],
)
async def test_a_constraint_of_the_wrong_type_is_named(client: httpx.AsyncClient, field: str, value: object) -> None:
    (wrong,) = problem(await client.post("/sample", json={field: value}), 422)["errors"]
    assert wrong["field"].partition(".")[0] == field


@pytest.mark.no_cover
async def test_the_examples_of_the_documentation_give_names_alone_and_together() -> None:
    async with serving(Settings()) as client:
        document = (await client.get("/openapi.json")).json()
        parameters = document["paths"]["/sample"]["get"]["parameters"]
        examples = {entry["name"]: entry["schema"]["examples"][0] for entry in parameters}
        for field in ("suffix", "contains", "pattern", "regex", "exclude", "syllables"):
            alone = await client.get("/sample", params={field: examples[field]})
            assert len(alone.json()["names"]) == 5, field
        assert len((await client.get("/sample", params=examples)).json()["names"]) == 5
        content = document["paths"]["/sample"]["post"]["requestBody"]["content"]["application/json"]
        for example in content["examples"].values():
            assert len((await client.post("/sample", json=example["value"])).json()["names"]) == 5
        request = document["components"]["schemas"]["SampleRequest"]["properties"]
        fields = {name: entry["examples"][0] for name, entry in request.items()}
        assert len((await client.post("/sample", json=fields)).json()["names"]) == 5


PIECES = st.text("abcn", min_size=1, max_size=3)


@pytest.mark.no_cover
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "suffix": PIECES,
            "contains": PIECES,
            "exclude": st.lists(st.text("xyzn", min_size=1, max_size=2), min_size=1, max_size=4),
            "start": PIECES,
            "max_length": st.integers(3, 12),
        },
    )
)
async def test_names_meet_whatever_is_asked_or_it_is_refused(client: httpx.AsyncClient, body: dict[str, Any]) -> None:
    answer = await client.post("/sample", json=body)
    if answer.status_code != 200:
        assert problem(answer, 422)["type"] == "/problems/unsatisfiable"
        return
    for name in map(str.lower, answer.json()["names"]):
        assert name.startswith(body.get("start", ""))
        assert name.endswith(body.get("suffix", ""))
        assert body.get("contains", "") in name
        assert not any(piece in name for piece in body.get("exclude", ()))
        assert len(name) <= body.get("max_length", 20)
