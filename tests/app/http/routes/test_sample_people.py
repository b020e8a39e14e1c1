"""Full names, the gender that chooses a model, other forms of names, and casts, over HTTP."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.settings import Settings
from model.artifact.card import Description
from model.artifact.model_file import save
from model.corpus.casing import Casing
from tests.support.random_models import random_model
from tests.support.services import problem, serving

pytestmark = pytest.mark.anyio

MODELS = {
    "us": ("English", "given", "abcdefghiklmnoprstuvw"),
    "us-girls": ("English", "girls", "adelinorsy"),
    "us-boys": ("English", "boys", "bcehjkmnot"),
    "us-surnames": ("English", "surnames", "abdefghiklmnorstw"),
    "british-surnames": ("English", "surnames", "abdfghimnorstw"),
    "icelandic-girls": ("Icelandic", "girls", "adínrsuó"),
    "icelandic-boys": ("Icelandic", "boys", "aijnórsð"),
    "russian-girls": ("Russian", "girls", "аниля"),
    "russian-boys": ("Russian", "boys", "арнткси"),
    "russian-surnames": ("Russian", "surnames", "аовинес"),
    "estonian-given": ("Estonian", "given", "aeiknrtu"),
    "estonian-surnames": ("Estonian", "surnames", "aeimpsv"),
    "korean-girls": ("Korean", "girls", "은지수"),
}


@pytest.fixture(scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A service with models of several languages."""
    folder: Path = tmp_path_factory.mktemp("people")
    for place, (name, (language, kind, letters)) in enumerate(MODELS.items()):
        described = Description(language=language, kind=kind)
        model = random_model(letters, casing=Casing.TITLE, names=("anna",), end=-0.5, seed=place, description=described)
        save(model, folder / f"{name}.npz")
    async with serving(Settings(weights=folder)) as client:
        yield client


async def post(client: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await client.post("/sample", json=fields)
    assert answer.status_code == 200, answer.text
    reported: dict[str, Any] = answer.json()
    return reported


async def refused(client: httpx.AsyncClient, status: int = 422, **fields: Any) -> str:
    return str(problem(await client.post("/sample", json=fields), status)["detail"])


async def test_full_names_have_their_parts_each_with_its_own_options(client: httpx.AsyncClient) -> None:
    parts = {"given": {"model": "icelandic-girls", "start": "Ó"}, "surname": {"model": "us-surnames", "max_length": 6}}
    answer = await post(client, parts=parts, latin=True, seed=7, count=8)
    assert len(answer["names"]) == len(answer["parts"]) == 8
    for name, part in zip(answer["names"], answer["parts"], strict=True):
        assert set(part) == {"given", "surname", "latin"}
        assert name == f"{part['given']} {part['surname']}"
        assert part["given"].startswith("Ó")
        assert len(part["surname"]) <= 6
        assert part["latin"].startswith("O")
        assert part["latin"].isascii()
    assert (answer["model"], answer["version"], answer["seed"]) == ("icelandic-girls@0 + us-surnames@0", None, "7")
    assert answer["left_out"] == {"decent": 0}


async def test_a_locked_part_stays_and_the_other_is_as_it_was(client: httpx.AsyncClient) -> None:
    drawn = await post(client, parts={"language": "English"}, seed="s", count=6)
    locked = await post(client, parts={"language": "English", "surname": {"lock": "Braun"}}, seed="s", count=6)
    assert [one["surname"] for one in locked["parts"]] == ["Braun"] * 6
    assert [one["given"] for one in locked["parts"]] == [one["given"] for one in drawn["parts"]]


async def test_pages_and_keys_hold_for_full_names(client: httpx.AsyncClient) -> None:
    whole = (await post(client, parts="English", seed="s", count=20))["names"]
    assert (await post(client, parts="English", seed="s", offset=5, count=10))["names"] == whole[5:15]
    keyed = await post(client, parts="English", keys=["a", "b", "a"])
    assert keyed["names"][0] == keyed["names"][2]
    assert (await post(client, parts="English", key="b"))["names"] == [keyed["names"][1]]
    later = await post(client, parts="English", seed="s", count=15, avoid={"seed": "s", "count": 5})
    assert later["names"] == whole[5:]
    assert later["left_out"]["avoid"] == 5
    listed = await post(client, parts="English", seed="s", count=16, avoid=whole[:4])
    assert listed["names"] == whole[4:]
    unseeded = await post(client, parts="English", count=4)
    assert unseeded["seed"] is None
    assert len(set(unseeded["names"])) == 4


async def test_the_short_form_of_a_query_says_the_same_as_a_body(client: httpx.AsyncClient) -> None:
    query = {"parts": "icelandic-girls,=Braun", "forms": "latin,username", "seed": "3"}
    body = {
        "parts": {"given": {"model": "icelandic-girls"}, "surname": {"lock": "Braun"}},
        "forms": ["latin", "username"], "seed": "3",
    }  # fmt: skip
    answer = await client.get("/sample", params=query)
    assert answer.json() == await post(client, **body)
    repeated = await client.get("/sample", params={**query, "forms": ["latin", "username"]})
    assert repeated.json() == answer.json()


@pytest.mark.parametrize(
    "forms", ["", ",", "latin", "latin,initials", "username,,", "Latin", "latin;initials", " latin"]
)
async def test_the_openapi_document_knows_which_forms_a_query_takes(client: httpx.AsyncClient, forms: str) -> None:
    document = (await client.get("/openapi.json")).json()
    parameters = {one["name"]: one for one in document["paths"]["/sample"]["get"]["parameters"]}
    one_of = parameters["forms"]["schema"]["anyOf"][0]["items"]
    answer = await client.get("/sample", params={"forms": forms, "exclude": ""})
    assert "minLength" not in parameters["exclude"]["schema"]["anyOf"][0]["items"]
    assert (answer.status_code == 200) == bool(re.search(one_of["pattern"], forms))


async def test_a_gender_chooses_the_models_and_the_endings(client: httpx.AsyncClient) -> None:
    girls = await post(client, parts="russian", gender="girl", count=20, seed=1)
    assert girls["model"] == "russian-girls@0 + russian-surnames@0"
    assert all(
        one["surname"][-1].lower() in "аои" and set(one["given"].lower()) <= set("аниля") for one in girls["parts"]
    )
    both = await post(client, parts="russian", gender="any", count=20, seed=1)
    assert both["model"] == "russian-girls@0 + russian-boys@0 + russian-surnames@0"
    assert "gender" not in both["left_out"]


async def test_icelanders_have_the_name_of_their_father(client: httpx.AsyncClient) -> None:
    girls = await post(client, parts="Icelandic", gender="girl", count=10)
    assert all(one["surname"].endswith("dóttir") for one in girls["parts"])
    boys = await post(client, parts={"given": {"lock": "Jón"}, "language": "Icelandic"}, gender="boy", count=10)
    assert all(one["surname"].endswith("son") for one in boys["parts"])
    either = await post(client, parts="us,icelandic-boys", count=30)
    assert {one["surname"][-3:] for one in either["parts"]} == {"son", "tir"}
    assert "gender is needed" in await refused(client, parts={"given": {"lock": "Jón"}, "language": "Icelandic"})


async def test_the_family_name_goes_first_where_it_does(client: httpx.AsyncClient) -> None:
    answer = await post(client, parts="korean-girls,=김", count=3)
    assert all(name == f"김{one['given']}" for name, one in zip(answer["names"], answer["parts"], strict=True))


async def test_a_model_is_found_for_the_part_that_names_none(client: httpx.AsyncClient) -> None:
    assert (await post(client, parts="us-girls,"))["model"] == "us-girls@0 + us-surnames@0"
    assert (await post(client, parts={"surname": {"model": "british-surnames"}}))["model"] == (
        "us-girls@0 + us-boys@0 + british-surnames@0"
    )
    assert (await post(client, parts="estonian"))["model"] == "estonian-given@0 + estonian-surnames@0"
    assert (await post(client, parts="us,us-surnames"))["model"] == "us@0 + us-surnames@0"
    assert (await post(client, parts="us,us-surnames", gender="boy"))["model"] == "us-boys@0 + us-surnames@0"
    assert (await post(client, parts="icelandic,us-surnames"))["model"] == (
        "icelandic-girls@0 + icelandic-boys@0 + us-surnames@0"
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"parts": {}}, "parts needs a language"),
        ({"parts": ","}, "parts needs a language"),
        (
            {"parts": "Elvish"},
            "there is no language 'Elvish'; there are: English, Estonian, Icelandic, Russian",
        ),
        ({"parts": "Korean"}, "need a model of boys' names, and there is none in Korean; name one as parts.given"),
        (
            {"parts": "Korean", "gender": "girl"},
            "need a model of surnames, and there is none in Korean; name one as parts.surname.model",
        ),
        ({"parts": "Estonian", "gender": "girl"}, "need a model of girls' names, and there is none in Estonian"),
        ({"parts": "=Anna,"}, "need a model of surnames, and nothing says which"),
        ({"parts": "us-girls,us-surnames", "gender": "boy"}, "gender is boy, and us-girls has girls' names"),
        ({"parts": {"given": {"start": "ж"}, "language": "English"}}, "'ж' of parts.given.start"),
        ({"parts": {"given": {"min_length": 9, "max_length": 2}, "language": "English"}}, "parts.given: min_length 9"),
        ({"parts": {"given": {"likeness": 1}}}, "parts.given.likeness: there is no such field"),
        ({"parts": {"surname": {"lock": ""}}}, "parts.surname.lock"),
        ({"parts": "English", "offset": 5}, "offset needs a seed"),
        ({"parts": "English", "novel_distance": 1}, "novel_distance needs novel=true"),
    ],
)
async def test_what_cannot_be_drawn_is_refused_with_what_to_do(
    client: httpx.AsyncClient, fields: dict[str, Any], said: str
) -> None:
    assert said in await refused(client, **fields)


async def test_an_unknown_model_of_a_part_is_not_found(client: httpx.AsyncClient) -> None:
    assert "there is no model 'elves'" in await refused(client, 404, parts="elves,us-surnames")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"parts": "English"}, {"model": "us-girls"}),
        ({"parts": "English"}, {"details": True}),
        ({"cast": True}, {"offset": 3, "seed": "s"}),
        ({"cast": True}, {"key": "a"}),
        ({"cast": True}, {"keys": ["a"]}),
    ],
)
async def test_what_excludes_each_other_is_refused_by_both_names(
    client: httpx.AsyncClient, first: dict[str, Any], second: dict[str, Any]
) -> None:
    said = await refused(client, **first, **second)
    assert next(iter(first)) in said
    assert next(iter(second)) in said
    assert "can't be combined" in said


async def test_a_gender_chooses_a_model_of_single_names(client: httpx.AsyncClient) -> None:
    assert (await post(client, gender="girl"))["model"] == "us-girls"
    assert (await post(client, model="icelandic", gender="boy"))["model"] == "icelandic-boys"
    assert (await post(client, model="icelandic-boys", gender="boy"))["model"] == "icelandic-boys"
    assert (await post(client, model="us", gender="any"))["model"] == "us"
    assert "icelandic-girls has girls' names" in await refused(client, model="icelandic-girls", gender="boy")
    assert "there is no model estonian-given-girls" in await refused(client, model="estonian-given", gender="girl")


async def test_single_names_have_forms_in_lists_beside_them(client: httpx.AsyncClient) -> None:
    answer = await post(client, model="russian-girls", forms=["latin", "initials", "username"], count=4)
    for form in ("latin", "initials", "username"):
        assert len(answer[form]) == 4
    assert all(latin.isascii() and latin.istitle() for latin in answer["latin"])
    assert [name[0] for name in answer["names"]] == answer["initials"]
    assert "parts" not in answer


async def test_tables_have_a_column_for_each_part_and_form(client: httpx.AsyncClient) -> None:
    asked: dict[str, str | int] = {"parts": "Russian", "forms": "latin,initials,username", "seed": "1", "count": 3}
    whole = (await client.get("/sample", params=asked)).json()
    answer = await client.get("/sample", params={**asked, "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    expected = [{"name": name} | part for name, part in zip(whole["names"], whole["parts"], strict=True)]
    assert rows == expected
    lines = (await client.get("/sample", params={**asked, "format": "ndjson"})).text.splitlines()
    assert [httpx.Response(200, text=line).json() for line in lines if '"end"' not in line] == expected
    text = (await client.get("/sample", params={**asked, "format": "txt"})).text
    assert text.splitlines() == whole["names"]


async def test_a_cast_tells_what_its_names_are_kept_apart_from(client: httpx.AsyncClient) -> None:
    answer = await post(client, cast=True, count=8, seed=7, existing=["Anna", "Bert"])
    names = answer["names"]
    assert [one["name"] for one in answer["cast"]] == names
    assert len({name[0] for name in [*names, "Anna", "Bert"]}) == 10
    for one in answer["cast"]:
        assert set(one["apart_from"]) <= {*names, "Anna", "Bert"} - {one["name"]}
        assert 0 < one["distance"] <= 1
    assert answer["shortfall"] is None
    assert await post(client, cast=True, count=8, seed=7, existing=["Anna", "Bert"]) == answer
    table = await client.get("/sample", params={"cast": True, "count": 3, "seed": 7, "format": "csv"})
    assert table.text.splitlines()[0] == "name,apart_from,distance"


async def test_a_cast_of_too_many_says_what_falls_short(client: httpx.AsyncClient) -> None:
    answer = await post(client, cast=True, count=6, model="korean-girls", max_length=2, top_p=1, seed=1)
    assert len(answer["names"]) == 6
    assert "share their initial" in answer["shortfall"]
    few = await post(client, cast=True, count=6, model="korean-girls", max_length=1, top_p=1, seed=1)
    assert len(few["names"]) <= 3
    assert f"only {len(few['names'])} different names came up" in few["shortfall"]


async def test_a_cast_of_novel_names_is_chosen_among_as_many_as_can_be_compared(client: httpx.AsyncClient) -> None:
    answer = await post(client, model="us", cast=True, count=12, novel=True, novel_distance=1)
    assert len(answer["names"]) == 12


async def test_a_cast_of_full_names_has_their_parts(client: httpx.AsyncClient) -> None:
    answer = await post(client, parts="English", cast=True, count=5, latin=True)
    assert [one["name"] for one in answer["cast"]] == answer["names"]
    assert [f"{one['given']} {one['surname']}" for one in answer["parts"]] == answer["names"]


@pytest.mark.parametrize("count", [1, 51])
async def test_the_count_of_a_cast_is_bounded(client: httpx.AsyncClient, count: int) -> None:
    assert await refused(client, cast=True, count=count) == "count of a cast must be from 2 to 50"


async def test_existing_names_need_a_cast_and_a_body(client: httpx.AsyncClient) -> None:
    assert await refused(client, existing=["Anna"]) == "existing needs cast=true"
    assert "existing" in problem(await client.get("/sample?cast=true&existing=Anna"), 422)["detail"]


async def test_novel_full_names_have_no_part_in_the_lists(client: httpx.AsyncClient) -> None:
    answer = await post(client, parts="us-girls,us-surnames", novel=True, count=3)
    assert answer["left_out"]["novel"] >= 0


async def test_constraints_beside_parts_hold_for_the_given_name_and_exclude_for_both(client: httpx.AsyncClient) -> None:
    both = {"start": "s", "exclude": ["n"], "max_length": 9}
    answer = await post(client, parts="us-girls,us-surnames", count=20, seed="1", **both)
    for one in answer["parts"]:
        assert one["given"].startswith("S")
        assert "n" not in f"{one['given']}{one['surname']}".lower()
        assert max(len(one["given"]), len(one["surname"])) <= 9
    assert any(not one["surname"].startswith("S") for one in answer["parts"])
    own = {"language": "English", "surname": {"start": "k", "exclude": ["a", "e"]}, "given": {"start": "a"}}
    answer = await post(client, parts=own, gender="girl", count=20, **both)
    for one in answer["parts"]:
        assert one["given"].startswith("A")
        assert one["surname"].startswith("K")
        assert not set(one["surname"].lower()) & {"a", "e"}


async def test_an_empty_short_form_is_none(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/sample?parts=&seed=1")).json()
    assert answer == (await client.get("/sample?seed=1")).json()
