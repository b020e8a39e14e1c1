"""What is said of a list, which is what a training would make of it."""

from typing import Any

import httpx
import pytest

from app.schemas.like import ELVES
from app.schemas.list_report import MAX_REPORTED_NAMES
from model.corpus.corpus import Corpus
from model.corpus.report import report
from tests.support.services import problem

pytestmark = pytest.mark.anyio


async def looked_over(client: httpx.AsyncClient, names: list[str]) -> dict[str, Any]:
    answer = await client.post("/report", json={"names": names})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_it_is_the_report_on_the_list(client: httpx.AsyncClient) -> None:
    names = [*ELVES, ELVES[0].upper(), "1984", "", "Анnа"]
    expected = report(Corpus.of(names, "elves"))
    found = await looked_over(client, names)

    assert (found["names"], found["distinct"], found["duplicates"]) == (expected.names, len(ELVES) + 1, 1)
    assert [(one["reason"], one["count"], one["lines"]) for one in found["skipped"]] == [
        (one.reason, one.count, [*one.lines]) for one in expected.skipped
    ]
    assert found["rare_letters"] == [[*one] for one in expected.rare_letters]
    assert found["lengths"] == [[*one] for one in expected.lengths]
    (mixed,) = (one for one in found["warnings"] if "two scripts" in one["text"])
    assert (mixed["count"], mixed["lines"]) == (1, [len(names)])


async def test_it_repeats_no_name(client: httpx.AsyncClient) -> None:
    text = (await client.post("/report", json={"names": [*ELVES, "1984", "Анnа"]})).text.lower()

    assert [name for name in [*ELVES, "1984", "Анnа"] if name.lower() in text] == []


async def test_a_list_without_a_name_is_refused_with_the_reason(client: httpx.AsyncClient) -> None:
    reported = problem(await client.post("/report", json={"names": ["12", "1984"]}), 422)

    assert "no name" in reported["detail"]


@pytest.mark.parametrize("body", [{}, {"names": []}, {"names": "Anna"}, {"names": ["Anna", 7]}, {"text": "Anna"}])
async def test_what_is_no_list_is_refused(client: httpx.AsyncClient, body: dict[str, Any]) -> None:
    problem(await client.post("/report", json=body), 422)


async def test_a_list_has_bounds(client: httpx.AsyncClient) -> None:
    names = [*map(str.title, map(letters_of, range(MAX_REPORTED_NAMES)))]
    assert (await looked_over(client, names))["distinct"] == MAX_REPORTED_NAMES
    problem(await client.post("/report", json={"names": [*names, "Anna"]}), 422)
    problem(await client.post("/report", json={"names": ["a" * 200_000]}), 413)


def letters_of(number: int) -> str:
    """A name for each number."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))
