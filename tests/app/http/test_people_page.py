import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from app.http.language_tags import TAGS, UNKNOWN, language_tag
from app.http.model_options import label_of
from app.http.people_form import DARING
from app.settings import Settings
from tests.support.admin import administering
from tests.support.services import get_json, serving

pytestmark = pytest.mark.anyio

BROWSER = {"Accept": "text/html"}
NAME = re.compile(r'<li><span class="name" dir="auto">(.*?)</span></li>')
OPTION = re.compile(r'<option value="([^"]+)"( selected)? data-kind="([^"]*)" data-script="([^"]*)" lang="([^"]*)">')


@pytest.fixture(scope="module")
async def bundled() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service with the bundled models."""
    async with serving(Settings()) as client:
        yield client


async def get_page(client: httpx.AsyncClient, status: int = 200, **query: object) -> str:
    answer = await client.get("/", headers=BROWSER, params={name: str(value) for name, value in query.items()})
    assert answer.status_code == status, answer.text
    return answer.text


def names_in(html: str) -> list[str]:
    return [unescape(name) for name in NAME.findall(html)]


def seed_in(html: str) -> str:
    found = re.search(r'data-seed="(\w+)"', html)
    assert found
    return found[1]


async def test_the_names_are_those_of_the_api_for_the_seed_that_the_page_has(client: httpx.AsyncClient) -> None:
    html = await get_page(client, start="an", daring=4, count=5)
    asked = {"start": "an", "temperature": 1.2, "top_p": 1.0, "count": 5, "max_length": 12, "seed": seed_in(html)}
    assert names_in(html) == (await client.post("/sample", json=asked)).json()["names"]
    assert seed_in(html) != seed_in(await get_page(client))


async def test_the_form_shows_what_was_asked_for(client: httpx.AsyncClient) -> None:
    html = await get_page(
        client, start='a"><b>', contains="e", daring=0, count=7, max_length=9, novel="true", status=422
    )
    assert 'value="a&quot;&gt;&lt;b&gt;"' in html
    assert "<b>" not in html.partition("<main>")[2].partition("</form>")[0]
    assert "<option selected>7</option>" in html
    assert '<output for="daring">safe</output>' in html
    assert re.search(r'id="max_length"[^>]* value="9"', html)
    assert re.search(r'id="novel"[^>]* checked', html)
    assert '<details class="more" open>' in html


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({"count": "0"}, 422, "count: input should be greater than or equal to 1"),
        ({"count": "1001"}, 422, "count: should be at most 1,000"),
        ({"count": "many"}, 422, "count:"),
        ({"start": "ж"}, 422, "the letters it knows are"),
        ({"model": "nobody"}, 404, "there is no model &#x27;nobody&#x27;"),
    ],
)
async def test_a_refusal_is_a_sentence_on_the_page(
    client: httpx.AsyncClient, query: dict[str, str], status: int, said: str
) -> None:
    html = await get_page(client, status, **query)
    problem = html.partition('class="problem" role="alert">')[2].partition("</p>")[0]
    assert said in problem
    assert names_in(html) == []


async def test_fewer_names_than_were_asked_for_are_explained(client: httpx.AsyncClient) -> None:
    html = await get_page(client, start="qqq", suffix="zzz", count=5)
    assert '<p id="shortfall" class="note">' in html


async def test_what_other_sites_add_to_a_link_is_left_alone(client: httpx.AsyncClient) -> None:
    assert len(names_in(await get_page(client, utm_source="elsewhere", temperature="hot", count=3, daring="99"))) == 3
    assert len(names_in(await get_page(client, suffix="  ", model=" us "))) == 12


async def test_nothing_secret_can_be_guessed_from_the_length_of_an_answer(tmp_path: Path, settings: Settings) -> None:
    async with administering(settings, tmp_path) as office:
        anyone = httpx.Headers({"Accept-Encoding": "gzip"})
        asked = office.client.build_request("GET", "/models", headers=anyone)
        del asked.headers["authorization"]
        assert (await office.client.send(asked)).headers["content-encoding"] == "gzip"
        assert "content-encoding" not in (await office.client.get("/models", headers=anyone)).headers


async def test_every_bundled_model_can_be_chosen_and_has_a_language(bundled: httpx.AsyncClient) -> None:
    html = await get_page(bundled, model="icelandic-girls", count=3)
    options = OPTION.findall(html)
    listed = (await get_json(bundled, "/models"))["models"]
    assert [name for name, *_ in options] == [model["name"] for model in listed]
    assert [name for name, selected, *_ in options if selected] == ["icelandic-girls"]
    for (_, _, kind, script, tag), model in zip(options, listed, strict=True):
        assert (kind, script) == (model["kind"] or "", model["script"] or "")
        assert tag == language_tag(model["language"] or "")
    spoken = {model["language"] for model in listed if model["language"]}
    assert {language for language in spoken - TAGS.keys() if not language.startswith("Languages of ")} == set()
    assert set(TAGS) <= spoken
    assert language_tag("Languages of Kenya") == UNKNOWN
    assert '<ol id="names" class="names" tabindex="-1" lang="is"' in html


async def test_the_languages_of_full_names_are_those_that_full_names_are_drawn_of(bundled: httpx.AsyncClient) -> None:
    html = await get_page(bundled, count=3)
    select = html.partition('<select id="language">')[2].partition("</select>")[0]
    languages = re.findall(r"<option(?: selected)?>(.+?)</option>", select)
    assert "Icelandic" in languages
    assert re.findall(r"<option selected>(.+?)</option>", select) == ["English"]
    for language in languages[::8]:
        assert (await bundled.get("/sample", params={"parts": language, "count": 1})).status_code == 200, language
    refused = (await bundled.get("/sample", params={"parts": "Elvish"})).json()
    assert refused["known"] == languages


async def test_the_form_stays_within_the_settings(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"max_length": 5, "max_count": 4})) as client:
        html = await get_page(client)
        assert len(names_in(html)) <= 4
        assert re.search(r'id="max_length"[^>]* max="5" value="5"', html)
        await get_page(client, count=5, status=422)


@pytest.mark.parametrize(
    ("name", "kind", "label"),
    [
        ("us", "given", "US given names"),
        ("us-girls", "girls", "US girls"),
        ("anglo-irish-girls", "girls", "Anglo irish girls"),
        ("my_elves", "invented", "My elves"),
        ("elves", "", "Elves"),
        ("oslo", "places", "Oslo places"),
    ],
)
def test_a_model_is_called_as_people_speak(name: str, kind: str, label: str) -> None:
    assert label_of(name, kind) == label


def test_each_step_of_the_dial_is_more_daring_than_the_one_before() -> None:
    temperatures = [step.temperature for step in DARING]
    assert temperatures == sorted(set(temperatures))
    assert len({step.word for step in DARING}) == len(DARING)
