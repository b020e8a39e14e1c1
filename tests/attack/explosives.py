"""Requests that are large to read, by kind: each is made by chance, and is to be refused."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

import numpy as np
from numpy.random import Generator

TOKEN = "of the admin of what is attacked"  # noqa: S105 - of a service that ends with the attack
UPLOAD_BYTES = 4 * 2**20
BODY_BYTES = 128 * 2**10
"""The largest bodies that are taken, of lists and of others (`max_upload_bytes`, `max_body_bytes`)."""

GZIP = zlib.MAX_WBITS | 16
INFLATED_BYTES = 100 * 2**20
CODINGS = ("gzip", "x-gzip", "deflate", "br", "zstd", "gzip, gzip", "GZIP", "identity, gzip")
PATHS = ("/sample", "/score", "/explain", "/report", "/train")
LIST = b"Anna\nBen\nClara\nDora\nEmil\nFrida\nGreta\n"
PIECES_SENT = 20_000
"""Of what has no end: some 20 MB, more than is ignored after a refusal."""

FILE_HEAD = b'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'

Bomb = Callable[[Generator], Iterable[bytes]]


def request(path: str, body: bytes, media_type: str = "application/json", *more: str) -> list[bytes]:
    """A request by the admin with a body."""
    lines = (
        f"POST {path} HTTP/1.1",
        "Host: a",
        f"Authorization: Bearer {TOKEN}",
        f"Content-Type: {media_type}",
        *more,
        f"Content-Length: {len(body)}",
    )
    return ["\r\n".join(lines).encode() + b"\r\n\r\n", body]


def form(*parts: bytes, boundary: str = "b", end: bytes = b"--b--\r\n") -> list[bytes]:
    """A form of these parts, each with its head, cut at the largest body that is taken."""
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return request("/train/upload", body[: UPLOAD_BYTES - len(end)] + end, f"multipart/form-data; boundary={boundary}")


def _size(rng: Generator, most: int, least: int = 1_000) -> int:
    """A size of any magnitude."""
    return int(np.exp(rng.uniform(np.log(least), np.log(most))))


# Forms


def many_parts(rng: Generator) -> list[bytes]:
    """Fields without end."""
    is_same = rng.random() < 0.5
    names = ("x" if is_same else str(number) for number in range(_size(rng, 60_000, 50)))
    return form(*(f'Content-Disposition: form-data; name="{name}"\r\n\r\n'.encode() for name in names))


def many_files(rng: Generator) -> list[bytes]:
    """Files without end, each of which might be kept on a disk."""
    return form(*[FILE_HEAD + LIST] * _size(rng, 40_000, 2))


def huge_head_of_a_part(rng: Generator) -> list[bytes]:
    """A line of megabytes, or hundreds of thousands of lines, before a part."""
    size = _size(rng, UPLOAD_BYTES, 20_000)
    line = b"X-A: " + b"a" * size + b"\r\n" if rng.random() < 0.5 else b"A: b\r\n" * (size // 6)
    return form(line + FILE_HEAD + LIST)


def huge_name_of_a_part(rng: Generator) -> list[bytes]:
    """A field whose name has megabytes."""
    letter = rng.choice(["a", "é", '\\"', ";", "%00", "="])
    name = (str(letter) * _size(rng, UPLOAD_BYTES // 3, 20_000)).encode()
    return form(FILE_HEAD + LIST, b'Content-Disposition: form-data; name="' + name + b'"\r\n\r\nx')


def form_without_end(rng: Generator) -> list[bytes]:
    """A file whose boundary never comes."""
    return form(FILE_HEAD + LIST * _size(rng, UPLOAD_BYTES // len(LIST), 10), end=b"")


def nearly_boundaries(rng: Generator) -> list[bytes]:
    """A file of nothing but beginnings of a long boundary."""
    boundary = "b" * _size(rng, 60_000, 10)
    nearly = b"\r\n--" + b"b" * (len(boundary) - 1)
    return form(FILE_HEAD + nearly * (UPLOAD_BYTES // len(nearly)), boundary=boundary, end=b"")


def parts_within_parts(rng: Generator) -> list[bytes]:
    """Forms in forms (RFC 2388 had them)."""
    depth = _size(rng, 50_000, 100)
    return form(*[b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"] * depth)


def form_of_line_ends(rng: Generator) -> list[bytes]:
    """Megabytes of blank lines where a boundary should be."""
    lines = bytes(rng.choice([b"\r\n", b"\n", b"\r", b"-"])) * _size(rng, UPLOAD_BYTES // 2)
    return request("/train/upload", lines, "multipart/form-data; boundary=b")


# Compressed bodies


def _compressed(opening: bytes, rng: Generator) -> bytes:
    """Some hundred kilobytes that a hundred megabytes have shrunk to."""
    shrunk = _shrunk(opening, GZIP if rng.random() < 0.7 else zlib.MAX_WBITS)
    return gzip.compress(shrunk) if rng.random() < 0.3 else shrunk


@cache
def _shrunk(opening: bytes, window_bits: int) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, window_bits)
    return compressor.compress(opening + b" " * (INFLATED_BYTES - len(opening))) + compressor.flush()


def compressed_body(rng: Generator) -> list[bytes]:
    """A body that says to be inflated."""
    path, coding = str(rng.choice(PATHS)), str(rng.choice(CODINGS))
    return request(path, _compressed(b"{}", rng), "application/json", f"Content-Encoding: {coding}")


def compressed_form(rng: Generator) -> list[bytes]:
    """A form that says to be inflated."""
    body = _compressed(b"--b\r\n" + FILE_HEAD + LIST, rng)
    coding = f"Content-Encoding: {rng.choice(CODINGS)}"
    return request("/train/upload", body, "multipart/form-data; boundary=b", coding)


def compressed_part(rng: Generator) -> list[bytes]:
    """A file in a form that says to be inflated."""
    return form(f"Content-Encoding: {rng.choice(CODINGS)}\r\n".encode() + FILE_HEAD + _compressed(LIST, rng))


def compressed_transfer(rng: Generator) -> list[bytes]:
    """A body that is compressed on its way (RFC 9112, section 7.2)."""
    head = (
        f"POST {rng.choice(PATHS)} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKEN}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
    )
    body = _compressed(b"{}", rng)
    return [head.encode(), b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"]


# JSON


def _json(rng: Generator, body: Callable[[int], str]) -> list[bytes]:
    """A body for any path, of up to as many bytes as that takes."""
    path = str(rng.choice(PATHS))
    return request(path, body(_size(rng, UPLOAD_BYTES if path == "/train" else BODY_BYTES)).encode())


def deep_json(rng: Generator) -> list[bytes]:
    """Brackets in brackets, closed or not."""
    opening, closing = [("[", "]"), ('{"a":', "}"), ('{"names":[', "]}"), ('[{"blend":', "}]")][rng.integers(4)]
    is_closed, field = rng.random() < 0.5, str(rng.choice(["names", "model", "count", "a"]))

    def body(size: int) -> str:
        depth = size // (len(opening) + len(closing))
        return f'{{"{field}":{opening * depth}{"1" + closing * depth + "}" if is_closed else ""}'

    return _json(rng, body)


def wide_json(rng: Generator) -> list[bytes]:
    """Members and items without end, of kinds that are not expected."""
    kind = rng.integers(5)

    def body(size: int) -> str:
        count = size // 9
        match kind:
            case 0:
                return json.dumps(dict.fromkeys(map(str, range(count)), 0), separators=(",", ":"))
            case 1:
                return '{"names":[' + "[],{}," * count + '0],"letters":1}'
            case 2:
                return '{"count":' + json.dumps([0] * count) + "}"
            case 3:
                return '{"exclude":' + json.dumps([""] * count) + ',"model":[]}'
            case _:
                return "{" + ",".join(['"count":{}'] * count) + "}"

    return _json(rng, body)


def huge_numbers(rng: Generator) -> list[bytes]:
    """Numbers of thousands of digits."""
    numbers: list[Callable[[int], str]] = [
        lambda size: "9" * size,
        lambda size: "-" + "9" * size,
        lambda size: "0." + "0" * size + "1",
        lambda size: "1e" + "9" * size,
        lambda size: "1E-" + "9" * min(size, 18),
    ]
    number = numbers[rng.integers(5)]
    field = str(rng.choice(["names", "model", "temperature", "steps", "letters"]))
    return _json(rng, lambda size: f'{{"{field}":[{number(size // 2)}],"count":{number(size // 2)}}}')


def huge_texts(rng: Generator) -> list[bytes]:
    """Escapes that become a letter of many bytes each, where a short text is expected."""
    unit = ["\\u0301\\u0323", "\\ud83d\\ude00", "\\ud800", "\\\\", "\\u0000", "\\ufdfa"][rng.integers(6)]
    field = str(rng.choice(["model", "title", "regex", "seed", unit]))
    return _json(rng, lambda size: f'{{"{field}":"{unit * (size // len(unit))}","count":[]}}')


# Chunks


def _chunked(path: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    yield (
        f"POST {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    ).encode()
    yield from chunks


def endless_extension(rng: Generator) -> Iterator[bytes]:
    """An extension of a chunk that never ends."""
    piece = bytes(rng.choice([b"a", b";a=", b';a="', b" "])) * 250
    return _chunked("/sample", [b"2", b";a", *[piece] * PIECES_SENT])


def many_extensions(rng: Generator) -> Iterator[bytes]:
    """Chunks of a byte each, behind an extension of a thousand."""
    chunk = b"1;" + b"a" * int(rng.integers(10, 2_000)) + b"\r\n[\r\n"
    return _chunked(str(rng.choice(PATHS)), [*[chunk] * PIECES_SENT, b"0\r\n\r\n"])


def many_chunks(rng: Generator) -> Iterator[bytes]:
    """A body in chunks of a byte each."""
    piece = b"1\r\n[\r\n" * 100
    return _chunked(str(rng.choice(PATHS)), [*[piece] * int(rng.integers(10, PIECES_SENT)), b"0\r\n\r\n"])


def huge_chunk(rng: Generator) -> Iterator[bytes]:
    """A chunk that is said to be larger than any memory."""
    size = [b"f" * 16, b"f" * 17, b"7" + b"f" * 15, b"f" * 5_000, b"0" * 70_000 + b"2", b"-2", b"0x2"][rng.integers(7)]
    return _chunked(str(rng.choice(PATHS)), [size + b"\r\n", *[b"[" * 2**16] * 400])


def endless_trailer(rng: Generator) -> Iterator[bytes]:
    """Headers after the last chunk that never end."""
    piece = bytes(rng.choice([b"X-A: a\r\n", b"a"])) * 100
    return _chunked("/sample", [b"2\r\n{}\r\n0\r\n", b"X: ", *[piece] * PIECES_SENT])


BOMBS: Mapping[str, Bomb] = {
    bomb.__name__.replace("_", " "): bomb
    for bomb in (
        many_parts, many_files, huge_head_of_a_part, huge_name_of_a_part, form_without_end, nearly_boundaries,
        parts_within_parts, form_of_line_ends, compressed_body, compressed_form, compressed_part, compressed_transfer,
        deep_json, wide_json, huge_numbers, huge_texts, endless_extension, many_extensions, many_chunks, huge_chunk,
        endless_trailer,
    )
}  # fmt: skip
