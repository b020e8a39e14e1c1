import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from app.http.middleware.access_log import MAX_PENDING
from tests.support.services import eventually

pytestmark = pytest.mark.anyio


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], Awaitable[dict[str, Any]]]:
    """The fields of the only line, once it is written."""

    async def find() -> list[dict[str, Any]]:
        batches = (vars(one)["lines"] for one in caplog.records if one.getMessage() == "request")
        return [fields for batch in batches for _, fields in batch]

    async def only() -> dict[str, Any]:
        (fields,) = await eventually(find, bool)
        return fields

    return only


async def test_every_request_is_one_line(
    client: httpx.AsyncClient, logged: Callable[[], Awaitable[dict[str, Any]]]
) -> None:
    answer = await client.get("/sample?start=a")
    line = await logged()
    assert line.pop("ms") > 0
    assert line == {
        "method": "GET",
        "path": "/sample",
        "status": 200,
        "bytes": len(answer.content),
        "id": answer.headers["x-request-id"],
    }


async def test_lines_are_written_together_and_none_is_lost(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    ids = [f"one-{number}" for number in range(MAX_PENDING + 3)]
    for each in ids:
        await client.get("/health/live", headers={"X-Request-Id": each})
    batches = [vars(one)["lines"] for one in caplog.records if one.getMessage() == "request"]
    assert [fields["id"] for _, fields in batches[0]] == ids[:MAX_PENDING]

    async def written() -> list[str]:
        batches = (vars(one)["lines"] for one in caplog.records if one.getMessage() == "request")
        return [fields["id"] for batch in batches for _, fields in batch]

    assert await eventually(written, lambda found: len(found) == len(ids)) == ids


async def test_a_safe_request_id_is_kept(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health/live", headers={"X-Request-Id": "trace-7.b_C"})
    assert answer.headers["x-request-id"] == "trace-7.b_C"


@pytest.mark.parametrize("offered", ["", "a b", "x" * 65, "a\tb", '"}{', "x" * 5000])
async def test_any_other_is_replaced(client: httpx.AsyncClient, offered: str) -> None:
    answer = await client.get("/health/live", headers={"X-Request-Id": offered})
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])


@pytest.mark.parametrize("path", ["/%0a%1b[31m{}", "/" + "x" * 1000])
async def test_a_path_cannot_pass_for_another_line(
    client: httpx.AsyncClient, path: str, logged: Callable[[], Awaitable[dict[str, Any]]]
) -> None:
    await client.get(path)
    shown = (await logged())["path"]
    assert shown.isprintable()
    assert len(shown) <= 200
