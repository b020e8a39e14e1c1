import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.anyio


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], dict[str, Any]]:
    """The fields of the only line."""

    def only() -> dict[str, Any]:
        ours = (record for record in caplog.records if record.name.startswith("app"))
        (record,) = (record for record in ours if record.getMessage() != "database ready")
        assert record.getMessage() == "request"
        fields: dict[str, Any] = vars(record)["fields"]
        return fields

    return only


async def test_every_request_is_one_line(client: httpx.AsyncClient, logged: Callable[[], dict[str, Any]]) -> None:
    answer = await client.get("/sample?start=a")
    line = logged()
    assert line.pop("ms") > 0
    assert line == {
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
async def test_a_path_cannot_pass_for_another_line(
    client: httpx.AsyncClient, path: str, logged: Callable[[], dict[str, Any]]
) -> None:
    await client.get(path)
    assert logged()["path"].isprintable()
    assert len(logged()["path"]) <= 200
