"""Bytes on a connection that are no request, nearly one, or one whose end is told in two ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from numpy.random import Generator

SMUGGLED = b"smuggled"
"""The id of a request that stands in the body of another; an answer to it says it again."""

HOST = b"Host: a\r\n"
TOKEN = "of the admin of what is attacked"  # noqa: S105 - of a service that ends with the attack
LAST = b"GET /health/live HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
JSON = b"POST /sample HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
HIDDEN = b"GET /health/live HTTP/1.1\r\n" + HOST + b"X-Request-Id: " + SMUGGLED + b"\r\n\r\n"
FORM = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nAnna\nBen\nClara\r\n--b--\r\n'

VALID: Sequence[bytes] = (
    b"GET /health/live HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /sample?start=a&count=3&seed=7 HTTP/1.1\r\n" + HOST + b"Accept: text/csv;q=0.5, */*;q=0.1\r\n\r\n",
    b"HEAD /models HTTP/1.1\r\n" + HOST + b"\r\n",
    b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET http://a/models/us HTTP/1.1\r\n" + HOST + b'If-None-Match: "a"\r\n\r\n',
    b"GET /static/app.js HTTP/1.1\r\n" + HOST + b"Range: bytes=0-9\r\n\r\n",
    b"GET /health/ready HTTP/1.0\r\n\r\n",
    b"GET /models HTTP/1.1\r\n" + HOST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: YQ==\r\n\r\n",
    JSON + b'Content-Length: 20\r\n\r\n{"count":3,"seed":7}',
    JSON + b'Transfer-Encoding: chunked\r\n\r\n9;a=b\r\n{"count":\r\n2\r\n3}\r\n0\r\nX-Sum: a\r\n\r\n',
    JSON + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
    b"POST /train/upload HTTP/1.1\r\n" + HOST + b"Authorization: Bearer " + TOKEN.encode() + b"\r\n"
    b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n" % len(FORM) + FORM,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
)

PIPELINED = (0, 1, 4, 7, 8, 9, 10)
"""Of these, those after which the connection goes on."""

NUMBERS = (
    b"-1",
    b"+5",
    b"0x5",
    b"5e0",
    b"5,5",
    b"5 5",
    b"",
    b" ",
    b"00000000005",
    b"18446744073709551621",
    b"\xd9\xa5",
)
SPECIAL = (
    b"\0",
    b"\r",
    b"\n",
    b"\r\n",
    b"\r\n\r\n",
    b":",
    b" ",
    b"\t",
    b";",
    b"\x0b",
    b"\x7f",
    b"\x80",
    b"\xff",
    b"%00",
    b"%",
    b"?",
)

FRAMINGS: Mapping[str, bytes] = {
    "two lengths": b"Content-Length: 5\r\nContent-Length: 6",
    "two lengths in one": b"Content-Length: 5, 6",
    "length and chunks": b"Content-Length: 5\r\nTransfer-Encoding: chunked",
    "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: 5",
    "chunks, then something": b"Transfer-Encoding: chunked, identity",
    "something like chunks": b"Transfer-Encoding: xchunked",
    "a tab before chunks": b"Transfer-Encoding: \x0bchunked",
    "a zero after chunks": b"Transfer-Encoding: chunked\0",
    "chunks in quotes": b'Transfer-Encoding: "chunked"',
    "space before the colon": b"Transfer-Encoding : chunked\r\nContent-Length: 5",
    "space before the colon of the length": b"Content-Length : 5",
    "a folded header": b"X: a\r\n Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\nContent-Length: 5",
    "chunks after a bare CR": b"X: a\rTransfer-Encoding: chunked",
    "a zero in a name": b"Transfer\0-Encoding: chunked",
    "no name": b": chunked",
    "no colon": b"Transfer-Encoding chunked",
    **{f"a length of {number!r}": b"Content-Length: " + number for number in NUMBERS if number.strip(b"0") != b"5"},
}
"""Heads that two readers may understand differently, of which one would take the body for another request."""

SIZES = (
    b"+5",
    b"-5",
    b"0x5",
    b" 5",
    b"5 5",
    b"5_0",
    b"",
    b"g",
    b"ffffffffffffffffff",
    b"5\n",
    b"5;a\n",
    b"5;a\rb",
    b"5\0",
)
"""What stands where the size of a chunk should."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """What is sent, and what is known of the answer."""

    kind: str
    content: bytes
    is_refused: bool = False  # with one answer, that of a client's mistake, and no other after it
    ids: Sequence[bytes] = ()  # of requests that are all answered, in their order


def line(rng: Generator) -> Malformed:
    """A first line of parts that do not go together."""
    parts = (
        (b"GET", b"get", b"G\xc3\x89T", b"", b"GET" * 3_000, b"CONNECT", b"QUERY", b"G\0T", b"\x16\x03\x01", b"GET\t"),
        (b"/", b"", b"*", b"//", b"/\xff", b"/a b", b"a", b"http://", b"/%", b"/" + b"a" * 70_000, b"/..%2f..", b"/\0"),
        (b"HTTP/1.1", b"HTTP/9.9", b"HTTP/0.9", b"", b"http/1.1", b"HTTP/1.", b"HTTP/1.1 x", b"HTTP /1.1", b"RTSP/1.0"),
    )
    words = [one[rng.integers(len(one))] for one in parts]
    space = (b" ", b"  ", b"\t", b"\x0b")[rng.choice(4, p=(0.85, 0.05, 0.05, 0.05))]
    return Malformed("line", space.join(words) + b"\r\n" + HOST + b"\r\n")


def smuggling(rng: Generator) -> Malformed:
    """A request whose end is told in two ways, with another in its body."""
    name = list(FRAMINGS)[rng.integers(len(FRAMINGS))]
    body = b"0\r\n\r\n" + HIDDEN
    return Malformed(f"smuggling: {name}", JSON + FRAMINGS[name] + b"\r\n\r\n" + body, is_refused=True)


def chunks(rng: Generator) -> Malformed:
    """A chunk of a wrong size, or without its end, and another request after it."""
    size = SIZES[rng.integers(len(SIZES))]
    begin = JSON + b"Transfer-Encoding: chunked\r\n\r\n"
    wrong = (size + b"\r\n     \r\n", b"2\r\n{}}\r\n", b"2\r\n{}0\r\n", b"2\r\n{}\n0\r\n", b"1\r\n{\r}\r\n")
    which = int(rng.choice(len(wrong), p=(0.8, 0.05, 0.05, 0.05, 0.05)))
    return Malformed(f"chunks: {wrong[which]!r}", begin + wrong[which] + b"0\r\n\r\n" + HIDDEN, is_refused=True)


def pipeline(rng: Generator) -> Malformed:
    """Requests without a wait between them, each with an id that its answer says again."""
    sent, ids = b"", []
    for number in range(int(rng.integers(2, 12))):
        head, end, body = VALID[PIPELINED[rng.integers(len(PIPELINED))]].partition(b"\r\n\r\n")
        ids.append(b"request-%d" % number)
        sent += head + b"\r\nX-Request-Id: " + ids[-1] + end + body
    return Malformed("pipeline", sent, ids=ids)


def mutation(rng: Generator) -> Malformed:
    """A valid request, or several, with bytes put in, left out, doubled or changed."""
    content = b"".join(VALID[one] for one in rng.integers(len(VALID), size=rng.choice(3, p=(0, 0.7, 0.3))))
    for _ in range(int(rng.geometric(0.6))):
        content = MUTATIONS[int(rng.integers(len(MUTATIONS)))](content, rng)
    return Malformed("mutation", content)


def noise(rng: Generator) -> Malformed:
    """Bytes of chance."""
    return Malformed("noise", rng.bytes(int(_size(rng, 60_000))))


def _size(rng: Generator, most: int) -> float:
    """A size of any magnitude."""
    return float(most ** rng.random())


def _span(content: bytes, rng: Generator) -> slice:
    begin = int(rng.integers(len(content) + 1))
    return slice(begin, begin + int(_size(rng, 30)))


def _insert(content: bytes, rng: Generator) -> bytes:
    at, what = int(rng.integers(len(content) + 1)), (*SPECIAL, *NUMBERS)
    return content[:at] + what[rng.integers(len(what))] + content[at:]


def _change(content: bytes, rng: Generator) -> bytes:
    at = int(rng.integers(len(content) + 1))
    return content[:at] + rng.bytes(1) + content[at + 1 :]


def _remove(content: bytes, rng: Generator) -> bytes:
    span = _span(content, rng)
    return content[: span.start] + content[span.stop :]


def _double(content: bytes, rng: Generator) -> bytes:
    span = _span(content, rng)
    return content[: span.stop] + content[span] * int(_size(rng, 200)) + content[span.stop :]


def _double_line(content: bytes, rng: Generator) -> bytes:
    lines = content.split(b"\r\n")
    at = int(rng.integers(len(lines)))
    return b"\r\n".join([*lines[:at], *[lines[at]] * int(_size(rng, 150)), *lines[at:]])


def _swap_lines(content: bytes, rng: Generator) -> bytes:
    lines = content.split(b"\r\n")
    return b"\r\n".join(lines[one] for one in rng.permutation(len(lines)))


def _cut(content: bytes, rng: Generator) -> bytes:
    return content[: int(rng.integers(len(content) + 1))]


def _bare_ends(content: bytes, rng: Generator) -> bytes:
    return content.replace(b"\r\n", (b"\n", b"\r", b"\n\r")[rng.integers(3)], int(rng.integers(1, 4)))


MUTATIONS: Sequence[Callable[[bytes, Generator], bytes]] = (
    _insert, _change, _remove, _double, _double_line, _swap_lines, _cut, _bare_ends,
)  # fmt: skip

KINDS: Mapping[str, Callable[[Generator], Malformed]] = {
    "line": line, "smuggling": smuggling, "chunks": chunks, "pipeline": pipeline, "mutation": mutation, "noise": noise,
}  # fmt: skip

ORDER = ("line", "mutation", "smuggling", "mutation", "chunks", "mutation", "pipeline", "mutation", "noise", "mutation")
"""In which kinds take turns."""
