"""Files of arrays: written whole, checked before anything in them is believed.

An archive is an ordinary ``.npz`` whose members are stored, not deflated, plus a member ``sha256`` over all the others.
Stored members can't unfold into more than the file holds, so the size of the file bounds the memory that reading takes.
"""

from __future__ import annotations

import hashlib
import io
import math
import os
import struct
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from model.errors import InvalidFile

MAX_BYTES = 256 * 2**20
"""Of the largest files, checkpoints; readers of others have bounds of their own."""

MAX_MEMBERS = 64
MAX_DIRECTORY_BYTES = MAX_MEMBERS * 2**8
END_RECORD = struct.Struct("<4s4H2LH")  # the last bytes of an archive without a comment
END_SIGNATURE, LOCATOR_SIGNATURE = b"PK\5\6", b"PK\6\7"
LOCATOR_BYTES = 20
"""Before the end record of an archive of 4 GiB or more, whose sizes stand elsewhere."""

CHECKSUM = "sha256"

MAX_HEADER_BYTES = 2**10
"""Of an array, before its numbers."""

TYPES = frozenset({"<f2", "<f4", "<f8", "<i8", "|u1", "<u2", "<u4", "<u8"})
"""The types of arrays that this project writes."""

DAMAGE = (zipfile.BadZipFile, struct.error, EOFError, ValueError, NotImplementedError, RuntimeError, OSError)
"""What `zipfile` and NumPy raise over a damaged archive."""

Arrays = dict[str, NDArray[Any]]


def pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """An archive of arrays, in memory."""
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **arrays, **{CHECKSUM: _checksum(arrays)})
    return content.getvalue()


def write(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays to `path`, so that a reader sees the old file or the new one and never a half.

    Raises
    ------
    InvalidFile
        `read` would refuse the file for its size.
    """
    content = pack(arrays)
    if len(content) > MAX_BYTES:
        raise InvalidFile(f"it would be larger than {MAX_BYTES // 2**20} MiB, and could not be read", str(path))
    write_whole(Path(path), content)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole: scratch file, fsync, rename, fsync of the folder."""
    path = path.resolve()  # what a link points at, not the link
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with scratch.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read(path: Path, refusal: type[InvalidFile], most_bytes: int = MAX_BYTES) -> Arrays:
    """Read what `write` wrote, of at most so many bytes; raises `refusal`, with the reason, for anything else."""
    with _refusing(refusal, str(path)), _checked_path(path, most_bytes).open("rb") as file:
        return _arrays(file, path.stat().st_size)


def unpack(content: bytes, refusal: type[InvalidFile], source: str, most_bytes: int = MAX_BYTES) -> Arrays:
    """The arrays that `pack` packed; raises `refusal`, with the reason and where they came from, for anything else."""
    with _refusing(refusal, source):
        _check_size(len(content), most_bytes)
        return _arrays(io.BytesIO(content), len(content))


def read_array(
    path: Path, name: str, refusal: type[InvalidFile], most_bytes: int = MAX_BYTES, most_array_bytes: int = MAX_BYTES
) -> NDArray[Any]:
    """Read one array without the others, whose checksum is therefore not compared.

    Parameters
    ----------
    most_bytes, most_array_bytes
        Of the file, and of the array.

    Raises
    ------
    InvalidFile
        As `read` does.
    """
    with (
        _refusing(refusal, str(path)),
        _checked_path(path, most_bytes).open("rb") as file,
        _damage_refused(),
        _archive(file, path.stat().st_size) as archive,
    ):
        members = {member.filename.removesuffix(".npy"): member for member in archive.infolist()}
        if name not in members:
            raise _Refused(f"it has no array {name!r}")
        if members[name].file_size > most_array_bytes + MAX_HEADER_BYTES:
            raise _Refused(f"its array {name!r} is larger than {most_array_bytes / 2**20:g} MiB, and is not read")
        return _array(archive, members[name])


def _checked_path(path: Path, most_bytes: int = MAX_BYTES) -> Path:
    """The path, if there is a file of a size that can be read."""
    if not path.is_file():
        raise _Refused("there is no such file" if not path.exists() else "it is not a file")
    _check_size(path.stat().st_size, most_bytes)
    return path


def _check_size(size: int, most_bytes: int) -> None:
    if size > most_bytes:
        raise _Refused(f"it is larger than {most_bytes // 2**20} MiB, more than any file of this kind has")


@contextmanager
def _refusing(refusal: type[InvalidFile], source: str) -> Iterator[None]:
    """Raise the caller's kind of error, with the source, for what is refused or cannot be read."""
    try:
        yield
    except _Refused as reason:
        raise refusal(str(reason), source) from None
    except OSError as error:
        raise refusal(f"it cannot be read: {error.strerror}", source) from error


@contextmanager
def _damage_refused() -> Iterator[None]:
    """Refuse an archive for whatever `zipfile` and NumPy raise over a damaged one."""
    try:
        yield
    except DAMAGE as error:
        raise _Refused("it is damaged, cut short, or not an .npz file; take a whole copy") from error


class _Refused(Exception):
    """Why a file is not believed; becomes the caller's kind of `InvalidFile`."""


def _arrays(content: IO[bytes], size: int) -> Arrays:
    """The arrays of an archive of that many bytes, after every check."""
    with _damage_refused(), _archive(content, size) as archive:
        arrays = {member.filename.removesuffix(".npy"): _array(archive, member) for member in archive.infolist()}
    checksum = arrays.pop(CHECKSUM, None)
    if checksum is None:
        raise _Refused("it has no checksum, so it was not written by this project")
    if not np.array_equal(checksum, _checksum(arrays)):
        raise _Refused("its content does not agree with its checksum; take a whole copy")
    return arrays


@contextmanager
def _archive(content: IO[bytes], size: int) -> Iterator[zipfile.ZipFile]:
    """An archive of that many bytes; its directory, of which `zipfile` makes objects, is measured first."""
    content.seek(max(size - END_RECORD.size - LOCATOR_BYTES, 0))
    tail = content.read()
    signature, *_, directory_bytes, begin, comment_bytes = END_RECORD.unpack(tail[-END_RECORD.size :])
    if signature != END_SIGNATURE or comment_bytes or tail.startswith(LOCATOR_SIGNATURE):
        raise zipfile.BadZipFile
    if directory_bytes > MAX_DIRECTORY_BYTES:
        raise _Refused(f"it has a directory of {directory_bytes:,} bytes, so too many arrays")
    if begin + directory_bytes + END_RECORD.size != size:
        raise _Refused("something stands before its arrays or behind them; take a whole copy")
    with zipfile.ZipFile(content) as archive:
        _check_members(archive.infolist(), size)
        yield archive


def _check_members(members: list[zipfile.ZipInfo], available: int) -> None:
    """Refuse an archive whose directory already shows that it is not one of ours."""
    names = {member.filename for member in members}
    if not 0 < len(members) <= MAX_MEMBERS or len(names) != len(members):
        raise _Refused("it has no arrays, too many, or two of one name")
    if any(not name.endswith(".npy") for name in names):
        raise _Refused("it holds something that is not an array")
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise _Refused("its arrays are compressed, and the files of this project never are")
    if sum(member.file_size for member in members) > available:
        raise _Refused("its arrays claim to be larger than the file")


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    """One array: a window on bytes that are there, once the header agrees with them."""
    content = archive.read(member)  # no more than the file holds, and its CRC is right
    file = io.BytesIO(content)
    try:
        np.lib.format.read_magic(file)
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    except Exception as error:
        raise _Refused(f"array {member.filename} has no header that can be read") from error
    written = io.BytesIO()
    np.lib.format.write_array_header_1_0(written, {"descr": dtype.str, "fortran_order": False, "shape": shape})
    if dtype.str not in TYPES or content[: file.tell()] != written.getvalue():
        raise _Refused(f"array {member.filename} is not of a kind that this project writes")
    if math.prod(shape) * dtype.itemsize != len(content) - file.tell():
        raise _Refused(f"array {member.filename} claims shape {shape}, which is not what the file holds")
    return np.frombuffer(content, dtype, offset=file.tell()).reshape(shape)


def _checksum(arrays: Mapping[str, NDArray[Any]]) -> NDArray[np.uint8]:
    """SHA-256 over names, types, shapes and bytes, as 32 numbers."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array).data)
    return np.frombuffer(digest.digest(), np.uint8)
