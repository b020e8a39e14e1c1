"""What a connection may send, how long it may take, and how many there may be: over real sockets."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from app.http.application import Application
from app.http.bounds import Bounds
from app.http.connection import Connection
from app.http.middleware.edge import Edge
from app.main import create_app
from app.settings import Settings
from tests.support.admin import BEARER, WORD
from tests.support.services import eventually
from tests.support.sockets import Listening, Wire, listening

pytestmark = pytest.mark.anyio

MEGABYTE = 2**20
BUFFERED = 40 * MEGABYTE
"""What may be on its way between two sockets of one machine, beside what the server takes."""

QUICK = Bounds(
    head_seconds=0.5, idle_seconds=0.5, body_seconds=0.5, read_seconds=0.5, linger_seconds=0.5, begun_seconds=0.5
)
LIVE = b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"
MUCH = b"GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n" * 500  # more than two sides can keep, and cheap to make
LAST = LIVE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
POST = b"POST /sample HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
UPLOAD = (
    f"POST /train/upload HTTP/1.1\r\nHost: a\r\nAuthorization: {BEARER['Authorization']}\r\n"
    "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n"
    '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nAnna\n'
).encode()


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[Application]:
    app = create_app(settings.model_copy(update={"admin_token": SecretStr(WORD)}))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def patient(app: Application) -> AsyncIterator[Listening]:
    async with listening(app, Bounds()) as server:
        yield server


@pytest.fixture
async def quick(app: Application) -> AsyncIterator[Listening]:
    async with listening(app, QUICK) as server:
        yield server


def head(size: int, *, lines: int = 1) -> bytes:
    """A request whose head, without what ends it, has so many bytes in its URL and headers."""
    begun = [b"Connection: close\r\n", b"Host: a\r\n"]
    left = size - len(b"/health/live") - sum(map(len, begun))
    values = [left // lines + (left % lines if not line else 0) - len(b"X: \r\n") for line in range(lines)]
    return (
        b"GET /health/live HTTP/1.1\r\n" + b"".join([*begun, *(b"X: " + b"x" * n + b"\r\n" for n in values)]) + b"\r\n"
    )


# What is too large


@pytest.mark.parametrize("lines", [1, 50])
async def test_a_head_of_64_kilobytes_is_answered_and_one_byte_more_refused(patient: Listening, lines: int) -> None:
    assert (await patient.ask(head(2**16, lines=lines))).status == 200
    refused = await patient.ask(head(2**16 + 1, lines=lines))
    assert refused.status == 431
    assert refused.problem["type"] == "/problems/head-too-large"
    assert refused.headers["connection"] == "close"


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (b"GET /sample HTTP/1.1\r\nHost: a\r\nAccept: ", b"text/html;q=0.1," * 2**12),
        (b"GET /sample HTTP/1.1\r\nHost: a\r\n", b"X-A: a\r\n" * 2**13),
        (b"GET /sample?start=", b"a" * 2**16),
        (b"", b"\r\n" * 2**15),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-A: ", b"a" * 2**16),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n2;", b"a" * 2**16),
    ],
    ids=["a value", "many headers", "the path", "blank lines", "a trailer", "a chunk's extension"],
)
async def test_a_head_without_end_is_refused_while_it_arrives(patient: Listening, begin: bytes, piece: bytes) -> None:
    wire = await patient.connect(begin)
    answer, sent = await wire.send_until_answered(piece, 80 * MEGABYTE)
    assert sent < BUFFERED
    assert answer.status == 431
    assert "65536 bytes and 100 headers" in answer.problem["detail"]
    assert await wire.rest() == b""


async def test_a_head_that_comes_byte_by_byte_is_counted_too(patient: Listening) -> None:
    wire = await patient.connect(b"GET /sample HTTP/1.1\r\nX: ")
    for _ in range(70):
        wire.write(b"a" * 2**10)
        await wire.writer.drain()
        await asyncio.sleep(0)
    assert (await wire.answer()).status == 431


async def test_more_than_a_hundred_headers_are_refused(patient: Listening) -> None:
    assert (await patient.ask(head(2000, lines=98))).status == 200
    assert (await patient.ask(head(2000, lines=99))).problem["status"] == 431


async def test_headers_after_a_body_are_not_those_of_the_request(patient: Listening) -> None:
    """They come when the request has been let in, so none of them may say who sends it."""
    upload = b"POST /train HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    token = f"Authorization: {BEARER['Authorization']}\r\n".encode()
    assert (await patient.ask(upload + b"2\r\n{}\r\n0\r\n" + token + b"\r\n")).problem["status"] == 401


# What is no request


@pytest.mark.parametrize(
    "content",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS, which a proxy should have ended
        b"GET /sample HTTP/9.9\r\n\r\n",
        b"G\xc3\x89T / HTTP/1.1\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ],
)
async def test_what_is_no_request_is_a_problem(patient: Listening, content: bytes) -> None:
    wire = await patient.connect(content)
    answer = await wire.answer()
    assert answer.status == 400
    assert answer.problem["type"] == "/problems/malformed-request"
    assert await wire.rest() == b""


async def test_what_comes_before_it_is_answered_first(patient: Listening) -> None:
    wire = await patient.connect(LIVE + b"GET /sample?seed=7 HTTP/1.1\r\nHost: a\r\n\r\n" + b"nonsense\r\n\r\n" + LIVE)
    assert [(await wire.answer()).status for _ in range(3)] == [200, 200, 400]
    assert await wire.rest() == b""


@pytest.mark.no_cover
async def test_requests_sent_without_a_wait_are_answered_in_their_order(patient: Listening) -> None:
    count = 2000
    wire = await patient.connect(b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % n for n in range(count)) + LAST)
    for number in range(count):
        assert f"/{number};" in (await wire.answer()).problem["detail"]
    assert (await wire.answer()).status == 200
    assert await wire.rest() == b""


async def test_an_upgrade_that_is_not_offered_is_answered_as_any_request(patient: Listening) -> None:
    request = LIVE.replace(b"\r\n\r\n", b"\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n")
    wire = await patient.connect(request)
    assert (await wire.answer()).status == 200
    wire.write(request * 300 + LAST)  # without a wait for the answers
    assert [(await wire.answer()).status for _ in range(301)] == [200] * 301
    assert await wire.rest() == b""


@pytest.mark.parametrize(
    "others", [b"", LIVE, LIVE + LIVE, b"nonsense\r\n\r\n"], ids=["none", "one", "two", "nonsense"]
)
async def test_a_request_learns_that_its_client_has_left_whatever_it_sent_after_it(others: bytes) -> None:
    begun, left = asyncio.Event(), asyncio.Event()

    async def wait(_scope: Scope, receive: Receive, _send: Send) -> None:
        begun.set()
        while (await receive())["type"] != "http.disconnect":
            pass
        left.set()

    app = Application(lambda _: None)
    app.edge = Edge(wait)
    async with listening(app, Bounds()) as server:
        wire = await server.connect(LIVE + others)
        await begun.wait()
        wire.writer.transport.abort()
        async with asyncio.timeout(60):
            await left.wait()


# What is too slow


async def test_a_slow_head_is_refused(quick: Listening) -> None:
    wire = await quick.connect(b"GET /sample HTTP/1.1\r\n")
    dripping = asyncio.create_task(drip(wire, b"X: y\r\n"))
    assert (await wire.answer()).problem["type"] == "/problems/request-timeout"
    dripping.cancel()
    assert await wire.rest() == b""


@pytest.mark.parametrize(
    "content",
    [POST + b"Content-Length: 100000\r\n\r\n{", POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", UPLOAD],
    ids=["JSON", "chunks", "a form"],
)
async def test_a_slow_body_is_refused(quick: Listening, content: bytes) -> None:
    wire = await quick.connect(content)
    chunk = b"1\r\n \r\n" if b"chunked" in content else b" "
    dripping = asyncio.create_task(drip(wire, chunk))
    answer = await wire.answer()
    dripping.cancel()
    assert answer.status == 408
    assert "body" in answer.problem["detail"]
    assert answer.headers["connection"] == "close"
    assert await wire.rest() == b""


async def test_a_body_may_take_longer_the_more_of_it_comes(app: Application) -> None:
    async with listening(app, Bounds(body_seconds=0.5, bytes_per_second=1000)) as server:
        body = b'{"count": 1}' + b" " * 3000
        wire = await server.connect(POST + b"Content-Length: %d\r\n\r\n" % len(body))
        for begin in range(0, len(body), 500):
            wire.write(body[begin : begin + 500])
            await asyncio.sleep(0.3)  # for what pays for half a second
        assert (await wire.answer()).status == 200


async def test_a_silent_connection_is_closed_without_a_word(quick: Listening) -> None:
    assert await (await quick.connect()).rest() == b""


async def test_a_connection_is_closed_when_no_other_request_comes(quick: Listening) -> None:
    wire = await quick.connect(LIVE)
    await wire.answer()
    await asyncio.sleep(0.1)
    wire.write(LIVE)
    await wire.answer()
    assert await wire.rest() == b""


async def test_an_answer_that_nobody_reads_is_given_up(quick: Listening) -> None:
    wire = await quick.connect(MUCH)
    wire.stop_reading()
    await until_gone(quick)


async def test_an_answer_that_is_read_slowly_but_steadily_is_sent_whole() -> None:
    chunk, number = b"x" * 2**18, 200

    async def send_much(scope: Scope, receive: Receive, send: Send) -> None:
        await StreamingResponse(chunks())(scope, receive, send)

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(number):
            yield chunk

    app = Application(lambda _: None)
    app.edge = Edge(send_much)
    async with listening(app, Bounds(read_seconds=0.5, bytes_per_second=2**30)) as server:
        wire = await server.connect(LAST)
        received = 0
        while part := await wire.reader.read(2**20):
            received += len(part)
            await asyncio.sleep(0.05)  # some seconds in all, while more waits to be read than the two sides can keep
    assert received > number * len(chunk)


async def test_a_body_that_goes_on_after_its_answer_is_not_read_for_ever(quick: Listening) -> None:
    wire = await quick.connect(POST + b"Content-Length: 99999999999\r\n\r\n")
    answer, sent = await wire.send_until_answered(b" " * 2**16, 80 * MEGABYTE)
    assert sent < BUFFERED
    assert answer.status == 413
    await until_gone(quick)


async def drip(wire: Wire, piece: bytes) -> None:
    """Send a little again and again."""
    while True:
        wire.write(piece)
        await asyncio.sleep(0.05)


async def until_gone(server: Listening) -> None:
    """Wait until the server has no connection left."""
    await eventually(server.connections, lambda open_: open_ == 0)


# Too many


async def test_a_new_connection_takes_the_place_of_the_one_that_is_idle_longest(app: Application) -> None:
    async with listening(app, Bounds(connections=10)) as server:
        wires = [await server.connect() for _ in range(4)]
        wires += [await server.connect(b"GET / HTTP/1.1\r\nX:") for _ in range(3)]
        wires += [await server.connect(POST + b"Content-Length: 9\r\n\r\n") for _ in range(3)]
        await asyncio.sleep(0.2)
        for _ in range(10):
            assert (await server.ask(LIVE)).status == 200
        for wire in wires:
            assert await wire.rest() == b""


async def test_one_more_is_refused_where_all_are_answered(app: Application) -> None:
    async with listening(app, Bounds(connections=3, refused=2)) as server:
        wires = [await server.connect(MUCH) for _ in range(3)]
        for wire in wires:
            wire.stop_reading()
        await asyncio.sleep(0.3)
        refused = await server.ask(LIVE)
        assert refused.status == 503
        assert "too many connections" in refused.problem["detail"]
        assert int(refused.headers["retry-after"]) > 0
        others = [await server.connect() for _ in range(9)]
        await asyncio.sleep(0.2)
        assert await server.connections() <= 3 + 2
        assert {await wire.rest() for wire in others[4:]} == {b""}


# The end


async def test_a_stop_answers_what_has_come_and_what_is_on_its_way(app: Application) -> None:
    async with listening(app, Bounds(begun_seconds=0.5)) as server:
        idle, kept, begun = [await server.connect() for _ in range(3)]
        upload = await server.connect(POST + b"Content-Length: 9\r\n\r\n{")
        kept.write(LIVE)
        assert (await kept.answer()).headers.get("connection") != "close"
        begun.write(b"GET / HTTP/1.1\r\nX:")
        await asyncio.sleep(0.1)
        server.server.should_exit = True
        await asyncio.sleep(0.3)
        kept.write(LIVE)
        last = await kept.answer()
        assert (last.status, last.headers["connection"]) == (200, "close")
        for wire in (begun, upload):
            refused = await wire.answer()
            assert "the service stops" in refused.problem["detail"]
            assert "retry-after" in refused.headers
        assert {await wire.rest() for wire in (idle, kept, begun, upload)} == {b""}


class Held(Application):
    """Begins each answer, and ends it when it may."""

    def __init__(self, *, says_head: bool) -> None:
        super().__init__(lambda _: None)
        self.edge = Edge(self._answer)
        self.has_begun, self.may_end = asyncio.Event(), asyncio.Event()
        self._says_head = says_head

    async def _answer(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        start: Message = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
        if self._says_head:
            await send(start)
        self.has_begun.set()
        await self.may_end.wait()
        if not self._says_head:
            await send(start)
        await send({"type": "http.response.body", "body": b"ok"})


async def stopping(server: Listening) -> None:
    """Ask a server to stop, and wait until it does."""
    server.server.should_exit = True
    await eventually(server.is_stopping, bool)


async def test_a_client_that_was_not_told_that_an_answer_is_the_last_may_ask_once_more() -> None:
    app = Held(says_head=True)
    async with listening(app, Bounds()) as server:
        wire = await server.connect(LIVE)
        await app.has_begun.wait()
        await stopping(server)
        app.may_end.set()
        assert "connection" not in (await wire.answer()).headers
        wire.write(LIVE)
        assert (await wire.answer()).headers["connection"] == "close"
        assert await wire.rest() == b""


async def test_an_answer_to_what_came_before_the_stop_says_that_it_is_the_last() -> None:
    app = Held(says_head=False)
    async with listening(app, Bounds()) as server:
        wire = await server.connect(LIVE)
        await app.has_begun.wait()
        await stopping(server)
        app.may_end.set()
        assert (await wire.answer()).headers["connection"] == "close"


async def test_so_does_an_answer_to_what_began_to_come_before_it(app: Application) -> None:
    async with listening(app, Bounds()) as server:
        wire = await server.connect(POST + b"Content-Length: 12\r\n\r\n{")
        await eventually(server.connections, bool)
        await asyncio.sleep(0.1)  # until the head was read
        await stopping(server)
        wire.write(b'"count": 1}')
        answer = await wire.answer()
        assert (answer.status, answer.headers["connection"]) == (200, "close")


async def test_requests_sent_without_a_wait_take_no_answer_with_them_when_the_last_one_is_given() -> None:
    """A connection that is closed while something came that nobody has read is reset, and its answers are lost."""
    app = Held(says_head=False)
    async with listening(app, Bounds()) as server:
        wire = await server.connect(LIVE)
        await app.has_begun.wait()
        await stopping(server)
        wire.write(LIVE * 2**14)  # half a megabyte, of which not all is read before the answer
        await asyncio.sleep(0.1)
        app.may_end.set()
        assert (await wire.answer()).headers["connection"] == "close"
        assert await wire.reader.read() == b""


async def test_a_request_that_comes_in_the_moment_in_which_its_idle_connection_would_be_closed_is_answered(
    quick: Listening,
) -> None:
    wire = await quick.connect(LIVE)
    await wire.answer()
    (connection,) = quick.server.server_state.connections
    assert isinstance(connection, Connection)
    wire.write(LIVE)  # which the system has, and the loop of this process reads later
    while not connection.has_unread():
        time.sleep(0.001)  # noqa: ASYNC251 - or the loop would read it
    for _ in range(2):
        connection.expire(connection.deadline)
    assert (await wire.answer()).status == 200
