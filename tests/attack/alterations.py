"""Alterations of an archive whose checksum stays what it was, or goes."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

Alteration: TypeAlias = Callable[[bytes, bytes, np.random.Generator], bytes]
"""From a file, another one to take parts of, and chance, to an altered file."""

ENTRY, RECORD, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
FIELDS = {RECORD: 46, END: 22, ENTRY: 30}
"""Bytes of the fields of each kind of record."""

HEADERS = [
    "{'descr': '<f4', 'fortran_order': True, 'shape': (3,), }",
    "{'descr': '|O', 'fortran_order': False, 'shape': (3,), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (65536, 65536), }",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (-1,), }",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (0, 1000000000000000000000), }",
    "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '<U4', 'fortran_order': False, 'shape': (), }",
    "{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }",
    "(" * 3000,
    "-" * 8000 + "1",
    "{" * 500 + "}" * 500,
]


def flip_bits(content: bytes, _: bytes, rng: np.random.Generator) -> bytes:
    """One to eight bits, anywhere."""
    altered = bytearray(content)
    for place in rng.integers(len(content), size=rng.integers(1, 9)):
        altered[place] ^= 1 << int(rng.integers(8))
    return bytes(altered)


def change_a_field(content: bytes, _: bytes, rng: np.random.Generator) -> bytes:
    """Some bytes among the sizes, places, methods and flags of the archive."""
    kind = (RECORD, END, ENTRY)[rng.integers(3)]
    places = [place for place in range(len(content)) if content.startswith(kind, place)]
    place = places[rng.integers(len(places))] + int(rng.integers(4, FIELDS[kind]))
    values = (b"\0", b"\xff", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x08\0", rng.bytes(4))
    value = values[rng.integers(len(values))]
    return content[:place] + value + content[place + len(value) :]


def cut(content: bytes, _: bytes, rng: np.random.Generator) -> bytes:
    """The beginning or the end alone."""
    place = int(rng.integers(len(content)))
    return content[:place] if rng.integers(2) else content[place:]


def move_a_piece(content: bytes, other: bytes, rng: np.random.Generator) -> bytes:
    """A piece left out, doubled, emptied, put elsewhere, or taken from another file."""
    begin, end = sorted(int(place) for place in rng.integers(len(content), size=2))
    end = min(end, begin + 2000)
    piece, to = content[begin:end], int(rng.integers(len(content)))
    return (
        content[:begin] + content[end:],
        content[:end] + piece + content[end:],
        content[:begin] + bytes(len(piece)) + content[end:],
        content[:to] + piece + content[to:],
        content[:begin] + other[begin:end] + content[end:],
        content + other,
        other[:begin] + content,
    )[rng.integers(7)]


def change_members(content: bytes, other: bytes, rng: np.random.Generator) -> bytes:
    """Members swapped, left out, doubled, renamed, or taken from another file; the archive is whole."""
    members, others = _members(content), _members(other)
    one, two = (int(place) for place in rng.integers(len(members), size=2))
    (first, data), (second, others_data) = members[one], members[two]
    match rng.integers(6):
        case 0:
            members[one], members[two] = (first, others_data), (second, data)
        case 1:
            del members[one]
        case 2:
            members.append((first, others_data))
        case 3:
            members[one] = (first.replace(".", "/../", 1), data)
        case 4:
            members[one] = (first, dict(others).get(first, b""))
        case _:
            members += [(f"{n}.npy", data) for n in range(int(rng.integers(1, 100)))]
    return _archive(members)


def splice_a_header(content: bytes, _: bytes, rng: np.random.Generator) -> bytes:
    """An array with a header that claims something else; the archive is whole."""
    members = _members(content)
    place = int(rng.integers(len(members)))
    name, data = members[place]
    header = HEADERS[rng.integers(len(HEADERS))].encode()
    start = 10 + struct.unpack("<H", data[8:10])[0]
    version = bytes([int(rng.choice([1, 1, 1, 2, 3, 0, 255])), 0])
    members[place] = (name, data[:6] + version + struct.pack("<H", len(header)) + header + data[start:])
    return _archive(members)


def compress(content: bytes, _: bytes, rng: np.random.Generator) -> bytes:
    """The same members deflated, one of them perhaps to a thousandth of what it unfolds to."""
    members = _members(content)
    if rng.integers(2):
        members.append(("bomb.npy", zlib.compress(b"")[:1] + bytes(int(rng.integers(2**24)))))
    return _archive(members, zipfile.ZIP_DEFLATED)


def crowd_the_directory(content: bytes, _: bytes, rng: np.random.Generator) -> bytes:
    """The same members listed many times."""
    begin, end = content.index(RECORD), content.index(END)
    many = content[begin:end] * int(rng.integers(2, 2000))
    fields = content[end : end + 12] + struct.pack("<LLH", len(many), begin, 0)
    return content[:begin] + many + fields


def _members(content: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def _archive(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    content = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(content, "w", method) as archive:  # of doubles
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return content.getvalue()


ALTERATIONS: dict[str, Alteration] = {
    alteration.__name__.replace("_", " "): alteration
    for alteration in (
        flip_bits,
        change_a_field,
        cut,
        move_a_piece,
        change_members,
        splice_a_header,
        compress,
        crowd_the_directory,
    )
}
