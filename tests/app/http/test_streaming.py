"""Answers that are streamed, when something goes wrong with them after they began."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import httpx
import pytest
from fastapi import FastAPI, Response

from app.http import streaming
from app.http.streaming import Opening, StreamedNames
from app.schemas.formats import Format
from app.serving.results import SampleResult
from app.serving.streams import Encode, Slices
from tests.support.services import eventually, listening_on_socket

pytestmark = pytest.mark.anyio

FORMS: list[Format] = ["csv", "txt", "ndjson"]


def part(*names: str) -> SampleResult:
    return SampleResult(names, "us", 0, None, None, True, None, {"decent": 0}, None)


def service(opening: Opening, form: Format) -> FastAPI:
    app = FastAPI()

    @app.get("/")
    async def get() -> Response:
        return StreamedNames(opening, form, bom=False)

    return app


@asynccontextmanager
async def failing(encode: Encode) -> AsyncIterator[Slices]:
    async def parts() -> Slices:
        for number, name in enumerate(("Anna", "Ben")):
            yield part(name), encode(part(name), number == 0)
        raise OSError("the disk is gone")

    yield parts()


@pytest.mark.parametrize("form", FORMS)
async def test_an_error_after_the_beginning_leaves_the_answer_unfinished(form: Format) -> None:
    received: list[bytes] = []

    async def read(answer: httpx.Response) -> None:
        async for chunk in answer.aiter_raw():
            received.append(chunk)  # noqa: PERF401 - what came before the error is looked at

    async with listening_on_socket(service(failing, form)) as client, client.stream("GET", "/") as answer:
        with pytest.raises(httpx.RemoteProtocolError, match="incomplete"):
            await read(answer)
    assert b"Ben" in b"".join(received)
    assert b"end" not in b"".join(received)


async def test_a_client_that_reads_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "PATIENCE_SECONDS", 0.2)
    is_closed = False

    @asynccontextmanager
    async def endless(encode: Encode) -> AsyncIterator[Slices]:
        async def parts() -> Slices:
            many = part(*["Annabella"] * 10_000)
            while True:
                yield many, encode(many, False)

        nonlocal is_closed
        yield parts()
        is_closed = True

    async def closed() -> bool:
        return is_closed

    async with listening_on_socket(service(endless, "txt")) as client:
        address = client.base_url
        async with await anyio.connect_tcp(address.host, address.port or 0) as connection:
            await connection.send(b"GET / HTTP/1.1\r\nHost: service\r\n\r\n")
            assert await eventually(closed, bool)
