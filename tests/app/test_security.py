import base64
import hashlib

import httpx
import pytest

from app.security import HEADERS, page_policy
from app.settings import Settings
from tests.services import serving

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "path", ["/sample", "/", "/docs", "/nothing", "/sample?count=0", "/openapi.json", "/favicon.ico"]
)
async def test_every_answer_carries_the_headers(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert set(HEADERS) <= {name.title() for name in answer.headers} | {"X-Frame-Options"}
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_a_page_may_run_its_own_scripts_only() -> None:
    policy = page_policy("<script>one()</script><script src='x'></script><script>\n two()\n</script>")
    for script in (b"one()", b"\n two()\n"):
        assert base64.b64encode(hashlib.sha256(script).digest()).decode() in policy
    assert "unsafe-inline" not in policy.partition("style-src")[0]
    assert policy.count("sha256-") == 2


async def test_no_other_origin_may_call_by_default(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sample", headers={"Origin": "https://a.example"})
    assert "access-control-allow-origin" not in answer.headers


async def test_origins_that_are_set_may_call_and_read_what_they_need(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"cors_origins": ("https://a.example",)})) as client:
        answer = await client.get("/sample?format=csv", headers={"Origin": "https://a.example"})
        refused = await client.get("/sample?count=0", headers={"Origin": "https://a.example"})
        other = await client.get("/sample", headers={"Origin": "https://b.example"})
        preflight = await client.options(
            "/sample",
            headers={
                "Origin": "https://a.example",
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "content-type",
            },
        )
    assert answer.headers["access-control-allow-origin"] == "https://a.example"
    for header in ("X-Namewright-Seed", "Retry-After"):
        assert header in answer.headers["access-control-expose-headers"]
    assert refused.headers["access-control-allow-origin"] == "https://a.example"
    assert "access-control-allow-origin" not in other.headers
    assert preflight.status_code == 200
