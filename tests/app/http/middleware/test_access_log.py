import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from app.http.middleware.access_log import MAX_PENDING
from tests.support.checkout import ROOT
from tests.support.services import eventually

pytestmark = pytest.mark.anyio


Logged = Callable[[httpx.Response], Awaitable[dict[str, Any]]]


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Logged:
    """The fields of the only line about an answer, once it is written."""

    async def line_of(answer: httpx.Response) -> dict[str, Any]:
        async def find() -> list[dict[str, Any]]:
            return [fields for fields in written(caplog) if fields["id"] == answer.headers["x-request-id"]]

        (fields,) = await eventually(find, bool)
        return fields

    return line_of


def written(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The fields of all lines."""
    batches = (vars(one)["lines"] for one in caplog.records if one.getMessage() == "request")
    return [fields for batch in batches for _, fields in batch]


async def test_every_request_is_one_line(client: httpx.AsyncClient, logged: Logged) -> None:
    answer = await client.get("/sample?start=a")
    line = await logged(answer)
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
    ids = [f"one-{number}" for number in range(2 * MAX_PENDING)]
    for each in ids:
        await client.get("/health/live", headers={"X-Request-Id": each})

    async def found() -> list[str]:
        return [fields["id"] for fields in written(caplog) if fields["id"] in ids]

    assert await eventually(found, lambda lines: len(lines) == len(ids)) == ids
    assert len([one for one in caplog.records if one.getMessage() == "request"]) < len(ids) / 2


async def test_a_safe_request_id_is_kept(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health/live", headers={"X-Request-Id": "trace-7.b_C"})
    assert answer.headers["x-request-id"] == "trace-7.b_C"


@pytest.mark.parametrize("offered", ["", "a b", "x" * 65, "a\tb", '"}{', "x" * 5000])
async def test_any_other_is_replaced(client: httpx.AsyncClient, offered: str) -> None:
    answer = await client.get("/health/live", headers={"X-Request-Id": offered})
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])


@pytest.mark.parametrize("path", ["/%0a%1b[31m{}", "/" + "x" * 1000])
async def test_a_path_cannot_pass_for_another_line(client: httpx.AsyncClient, path: str, logged: Logged) -> None:
    shown = (await logged(await client.get(path)))["path"]
    assert shown.isprintable()
    assert len(shown) <= 200


def test_the_first_line_imports_nothing() -> None:
    logged = "from app.http.middleware.access_log import printable; import sys; before = set(sys.modules)"
    command = [sys.executable, "-c", f"{logged}; printable(b'/sample'); print(*set(sys.modules) - before)"]
    assert subprocess.check_output(command, text=True, cwd=ROOT).split() == []
