import re

import httpx
import pytest
from structlog.testing import capture_logs

pytestmark = pytest.mark.anyio


async def test_every_request_is_one_line(client: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        answer = await client.get("/sample?start=a")
    (line,) = lines
    assert line["ms"] > 0
    assert {key: line[key] for key in ("event", "method", "path", "status", "bytes", "id")} == {
        "event": "request",
        "method": "GET",
        "path": "/sample",
        "status": 200,
        "bytes": len(answer.content),
        "id": answer.headers["x-request-id"],
    }


async def test_a_safe_request_id_is_kept(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health/live", headers={"X-Request-Id": "trace-7.b_C"})
    assert answer.headers["x-request-id"] == "trace-7.b_C"


@pytest.mark.parametrize("offered", ["", "a b", "x" * 65, "a\tb", '"}{', "x" * 5000])
async def test_any_other_is_replaced(client: httpx.AsyncClient, offered: str) -> None:
    answer = await client.get("/health/live", headers={"X-Request-Id": offered})
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])


@pytest.mark.parametrize("path", ["/%0a%1b[31m{}", "/" + "x" * 1000])
async def test_a_path_cannot_pass_for_another_line(client: httpx.AsyncClient, path: str) -> None:
    with capture_logs() as lines:
        await client.get(path)
    assert lines[0]["path"].isprintable()
    assert len(lines[0]["path"]) <= 200
