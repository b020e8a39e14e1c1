"""Answers as bytes, divided by a reader that is not the service's own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

PROBLEM = "application/problem+json"
CLIENT_ERROR, SERVER_ERROR = 400, 500
CONTINUE = 100
EMPTY = {204, 304}
BEGINNING = re.compile(
    rb"HTTP/1\.1 (\d{3}) [\x20-\x7e]*\r\n((?:[!#-'*+.^-z|~0-9A-Z-]+: ?[\x20-\x7e\x80-\xff]*\r\n)*)\r\n"
)


class Reply(NamedTuple):
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_problem(self) -> bool:
        """Whether it says what is wrong; one to HEAD has no room for that."""
        return self.headers.get("content-type") == PROBLEM and (
            not self.body or json.loads(self.body)["status"] == self.status
        )

    @property
    def is_refusal(self) -> bool:
        """Whether it says that the client did something wrong."""
        return CLIENT_ERROR <= self.status < SERVER_ERROR and self.is_problem


def replies(received: bytes) -> tuple[list[Reply], bytes]:
    """The answers that came on a connection, whole, and what else came."""
    found = []
    while head := BEGINNING.match(received):
        status = int(head[1])
        headers = {name.lower(): value for name, _, value in _lines(head[2])}
        body = _body(received[head.end() :], status, headers)
        if body is None:
            break
        found.append(Reply(status, headers, body[0]))
        received = body[1]
    return [reply for reply in found if reply.status != CONTINUE], received


def _lines(head: bytes) -> list[tuple[str, str, str]]:
    return [line.partition(": ") for line in head.decode("latin-1").split("\r\n")[:-1]]


def _body(rest: bytes, status: int, headers: Mapping[str, str]) -> tuple[bytes, bytes] | None:
    """The body of an answer, and what comes after it; nothing where it breaks off."""
    if status == CONTINUE or status in EMPTY:
        return b"", rest
    if headers.get("transfer-encoding") == "chunked":
        return _chunks(rest)
    size = int(headers.get("content-length", len(rest)))
    if not rest or BEGINNING.match(rest):  # one to HEAD
        return b"", rest
    return (rest[:size], rest[size:]) if len(rest) >= size else None


def _chunks(rest: bytes) -> tuple[bytes, bytes] | None:
    body = b""
    while (line := rest.find(b"\r\n")) > 0:
        size = int(rest[:line], 16)
        end = line + 2 + size
        if rest[end : end + 2] != b"\r\n":
            return None
        body, rest = body + rest[line + 2 : end], rest[end + 2 :]
        if size == 0:
            return body, rest
    return None
