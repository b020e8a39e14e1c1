import gzip
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Message, Scope

from app.http.middleware.edge import Edge, Exchange
from app.http.middleware.last_resort import LastResort
from app.http.middleware.size_limits import MAX_QUERY_BYTES, SizeLimits
from app.http.problems import HANDLERS
from model.errors import InvalidWeights
from tests.support.services import problem

pytestmark = pytest.mark.anyio

LIMIT = 1000


async def read(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def write(request: Request) -> Response:
    return PlainTextResponse(str(len(request.url.query)))


async def fail(_: Request) -> Response:
    raise ZeroDivisionError("a secret")


async def fail_on_weights(_: Request) -> Response:
    raise InvalidWeights("a secret", "/a/secret/path")


async def fail_midway(_: Request) -> Response:
    async def half() -> AsyncIterator[bytes]:
        yield b"half"
        raise ZeroDivisionError

    return StreamingResponse(half())


@pytest.fixture
async def guarded() -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(
        routes=[
            Route("/read", read, methods=["POST"]),
            Route("/write", write),
            Route("/fail", fail),
            Route("/fail-on-weights", fail_on_weights),
            Route("/fail-midway", fail_midway),
        ],
        middleware=[Middleware(Edge), Middleware(LastResort), Middleware(SizeLimits, max_bytes=LIMIT)],
        exception_handlers=HANDLERS,
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://guarded") as client:
        yield client


async def chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 10):
        yield b"x" * 10


async def test_a_body_of_the_limit_passes(guarded: httpx.AsyncClient) -> None:
    assert (await guarded.post("/read", content=b"x" * LIMIT)).text == str(LIMIT)
    assert (await guarded.post("/read", content=chunks(LIMIT))).text == str(LIMIT)


@pytest.mark.parametrize(
    ("header", "codings"),
    [
        ("Content-Encoding", ["gzip", "GZip", "deflate", "identity, br", "unheard-of"]),
        ("Transfer-Encoding", ["gzip, chunked", "chunked, chunked", "deflate"]),
    ],
)
async def test_a_body_that_is_compressed_is_refused_and_never_inflated(
    guarded: httpx.AsyncClient, header: str, codings: list[str]
) -> None:
    for coding in codings:
        answer = await guarded.post("/read", content=gzip.compress(b"x" * LIMIT), headers={header: coding})
        assert header in problem(answer, 415)["detail"]
        assert answer.headers["accept-encoding"] == "identity"


async def test_a_body_that_says_not_to_be_compressed_passes(guarded: httpx.AsyncClient) -> None:
    for coding in ("identity", "", " Identity , identity"):
        assert (await guarded.post("/read", content=b"abc", headers={"Content-Encoding": coding})).text == "3"
    assert (await guarded.get("/write?abc", headers={"Content-Encoding": "gzip"})).text == "3"  # there is no body


async def test_a_larger_body_is_refused_whether_or_not_it_says_its_length(guarded: httpx.AsyncClient) -> None:
    for content in (b"x" * (LIMIT + 1), chunks(LIMIT + 10)):
        reported = problem(await guarded.post("/read", content=content), 413)
        assert str(LIMIT) in reported["detail"]


@pytest.mark.parametrize("length", ["9" * 400, "1001"])
async def test_a_length_is_believed_before_anything_is_read(guarded: httpx.AsyncClient, length: str) -> None:
    problem(await guarded.post("/read", content=b"", headers={"Content-Length": length}), 413)


async def test_a_query_is_read_up_to_a_limit(guarded: httpx.AsyncClient) -> None:
    assert (await guarded.get(f"/write?{'x' * MAX_QUERY_BYTES}")).text == str(MAX_QUERY_BYTES)
    reported = problem(await guarded.get(f"/write?{'x' * (MAX_QUERY_BYTES + 1)}"), 414)
    assert str(MAX_QUERY_BYTES) in reported["detail"]


@pytest.mark.parametrize("path", ["/fail", "/fail-on-weights"])
async def test_a_failure_tells_its_request_id_and_nothing_else(guarded: httpx.AsyncClient, path: str) -> None:
    answer = await guarded.get(path, headers={"X-Request-Id": "here-it-is"})
    reported = problem(answer, 500)
    assert reported["request_id"] == answer.headers["x-request-id"] == "here-it-is"
    assert "secret" not in answer.text


async def test_a_failure_after_the_answer_began_breaks_the_connection(guarded: httpx.AsyncClient) -> None:
    with pytest.raises(ZeroDivisionError):
        await guarded.get("/fail-midway")


async def test_an_answer_that_could_not_begin_is_a_failure_like_any_other() -> None:
    reported: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            raise RuntimeError("a header that the server does not take")
        reported.append(message)

    exchange = Exchange(b"here-it-is", send)
    scope: Scope = {"type": "http", "method": "GET", "headers": [], "state": {"exchange": exchange}}
    await LastResort(PlainTextResponse("fine"))(scope, receive, send)
    assert [message.get("status") for message in reported] == [500, None]


@pytest.mark.parametrize("root", ["", "/behind/a/prefix"])
async def test_a_path_may_have_a_limit_of_its_own(root: str) -> None:
    app = Starlette(
        routes=[Route("/read", read, methods=["POST"]), Route("/read/large", read, methods=["POST"])],
        middleware=[Middleware(SizeLimits, max_bytes=LIMIT, elsewhere={"/read/large": 2 * LIMIT})],
        exception_handlers=HANDLERS,
    )
    transport = httpx.ASGITransport(app, root_path=root)
    async with httpx.AsyncClient(transport=transport, base_url="http://guarded") as client:
        for path, limit in (("/read", LIMIT), ("/read/large", 2 * LIMIT)):
            assert (await client.post(root + path, content=b"x" * limit)).text == str(limit)
            for content in (b"x" * (limit + 1), chunks(limit + 10)):
                answer = await client.post(root + path, content=content)
                assert answer.status_code == 413
                assert str(limit) in answer.json()["detail"]
