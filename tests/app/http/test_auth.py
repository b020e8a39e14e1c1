import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import httpx
import pytest
from fastapi import Body, FastAPI, Request
from pydantic import SecretStr

from app.http.auth import Admin, admin_router
from app.http.middleware.security_headers import ALWAYS, page_policy
from app.http.problems import HANDLERS
from app.settings import Settings
from tests.support.services import serving

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "path", ["/sample", "/", "/docs", "/nothing", "/sample?count=0", "/openapi.json", "/favicon.ico"]
)
async def test_every_answer_carries_the_headers(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert set(ALWAYS) <= set(answer.headers.raw)
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
    for header in ("X-Namewright-Seed", "X-Namewright-Left-Out-Decent", "Retry-After"):
        assert header in answer.headers["access-control-expose-headers"]
    assert refused.headers["access-control-allow-origin"] == "https://a.example"
    assert "access-control-allow-origin" not in other.headers
    assert preflight.status_code == 200


WORDS = "a long — and secret — token"


@asynccontextmanager
async def guarded(token: str | None) -> AsyncIterator[httpx.AsyncClient]:
    """A service of one admin route, which takes a body, and one that tells whether the admin asks."""
    app = FastAPI(exception_handlers=HANDLERS)
    app.state.admin = Admin(SecretStr(token) if token is not None else None)
    routes = admin_router("admin")

    @routes.post("/secret")
    async def keep(number: Annotated[int, Body(embed=True)]) -> int:
        return number

    @app.get("/open")
    async def look(request: Request) -> bool:
        return bool(app.state.admin.knows(request))

    app.include_router(routes)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://guarded") as client:
        yield client


def bearing(token: str, scheme: str = "Bearer") -> dict[bytes, bytes]:
    return {b"Authorization": f"{scheme} {token}".encode()}


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer "])
async def test_the_admin_is_known_by_the_token(scheme: str) -> None:
    async with guarded(f" {WORDS}\n") as client:
        answer = await client.post("/secret", json={"number": 3}, headers=bearing(WORDS, scheme))
        assert (answer.status_code, answer.json()) == (200, 3)
        assert (await client.get("/open", headers=bearing(WORDS, scheme))).json() is True


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {b"Authorization": b""},
        {b"Authorization": b"Bearer"},
        {b"Authorization": b"Bearer "},
        {b"Authorization": b"Bearer wrong"},
        bearing(WORDS, "Basic"),
        bearing(WORDS, ""),
        bearing(WORDS + "x"),
        bearing(WORDS[:-1]),
        bearing(f"{WORDS} {WORDS}"),
        {b"Authorization": b"Bearer \xff\xfe"},
    ],
)
async def test_nobody_else_gets_in_whatever_they_send(headers: dict[bytes, bytes]) -> None:
    async with guarded(WORDS) as client:
        answer = await client.post("/secret", content=b"{nonsense", headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthorized")
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert ("invalid_token" in answer.headers["www-authenticate"]) == bool(headers)
        assert (await client.get("/open", headers=headers)).json() is False


@pytest.mark.parametrize("token", [None, "", "  \n"])
async def test_without_a_token_nobody_is_the_admin_and_it_is_said_how_to_become_it(token: str | None) -> None:
    async with guarded(token) as client:
        for headers in (dict[bytes, bytes](), bearing(""), bearing("  "), bearing(token or "None")):
            answer = await client.post("/secret", json={"number": 3}, headers=headers)
            assert (answer.status_code, answer.json()["type"]) == (403, "/problems/admin-disabled")
            assert "NAMEWRIGHT_ADMIN_TOKEN" in answer.json()["detail"]
            assert (await client.get("/open", headers=headers)).json() is False


@pytest.mark.parametrize("token", ["voilà", "Å", "a\u00a0"])
async def test_a_token_may_end_in_a_byte_that_is_a_space_in_latin_1(token: str) -> None:
    async with guarded(token) as client:
        assert (await client.get("/open", headers=bearing(token))).json() is True
        assert (await client.get("/open", headers={b"Authorization": b"Bearer " + token.encode()[:-1]})).json() is False
    async with guarded("voila") as client:
        assert (await client.get("/open", headers={b"Authorization": b"Bearer voila\xa0"})).json() is False


async def test_the_body_of_a_stranger_is_not_read() -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(9):
            yield b"x" * 1000
            read += 1

    async with guarded(WORDS) as client:
        assert (await client.post("/secret", content=body())).status_code == 401
        assert read == 0
        assert (await client.post("/secret", content=body(), headers=bearing(WORDS))).status_code == 422
        assert read == 9


async def test_the_documentation_has_a_place_for_the_token() -> None:
    async with guarded(WORDS) as client:
        document = (await client.get("/openapi.json")).json()
    (scheme,) = document["components"]["securitySchemes"].items()
    assert (scheme[1]["type"], scheme[1]["scheme"]) == ("http", "bearer")
    assert document["paths"]["/secret"]["post"]["security"] == [{scheme[0]: []}]
    assert "security" not in document["paths"]["/open"]["get"]


NEW, FORMER = SecretStr("a new token, a long one"), SecretStr("the former token")


@pytest.mark.parametrize(
    ("tokens", "opening"),
    [
        ((NEW, FORMER), {NEW, FORMER}),
        ((NEW, None), {NEW}),
        ((NEW, SecretStr(" ")), {NEW}),
        ((None, FORMER), {FORMER}),
        ((None, None), set()),
    ],
)
def test_two_tokens_may_open_while_clients_change_from_one_to_the_other(
    tokens: tuple[SecretStr | None, ...], opening: set[SecretStr]
) -> None:
    admin = Admin(*tokens)
    for token in (NEW, FORMER, SecretStr(""), SecretStr("another token")):
        header = (b"authorization", b"Bearer " + token.get_secret_value().encode())
        assert admin.knows(Request({"type": "http", "headers": [header]})) is (token in opening)


async def test_a_service_takes_the_former_token_too(settings: Settings) -> None:
    tokens = {"admin_token": NEW, "former_admin_token": FORMER}
    async with serving(settings.model_copy(update=tokens)) as client:
        for token, status in ((NEW, 200), (FORMER, 200), (SecretStr("another token"), 401)):
            headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
            assert (await client.get("/train", headers=headers)).status_code == status


@pytest.mark.parametrize(("token", "is_short"), [("x" * 15, True), ("x" * 16, False), (None, False), ("  ", False)])
@pytest.mark.parametrize("name", ["admin_token", "former_admin_token"])
async def test_a_short_token_is_a_warning_that_does_not_repeat_it(
    settings: Settings, caplog: pytest.LogCaptureFixture, name: str, token: str | None, is_short: bool
) -> None:
    async with serving(settings.model_copy(update={name: token and SecretStr(token)})):
        warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warnings == ["an admin token can be guessed, since it is short"] * is_short
    assert "xxx" not in caplog.text
