from __future__ import annotations

import io
import os
import signal
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from model.artifact import npz
from model.errors import InvalidFile, InvalidWeights

ARRAYS: npz.Arrays = {
    "card": np.frombuffer(b'{"format": 1}', np.uint8),
    "network.W": np.arange(6, dtype=np.float32).reshape(2, 3),
    "hashes": np.array([1, 2**63], np.uint64),
}
HEADER = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"
DIRECTORY = b"PK\x01\x02"
METHOD, STORED_SIZE, FULL_SIZE = 10, 20, 24  # places of these fields in a record of a zip's directory

types = st.sampled_from([np.dtype(name) for name in ("uint8", "int64", "uint64", "float32", "float64")])
arrays_of_any_kind = st.dictionaries(
    st.from_regex(r"[a-z][a-z.]{0,9}", fullmatch=True).filter(lambda name: name not in ("sha", "file")),
    types.flatmap(lambda dtype: st_numpy.arrays(dtype, st_numpy.array_shapes(min_dims=0, max_dims=3, min_side=0))),
    max_size=4,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("npz")


def refusal_of(content: bytes, folder: Path) -> str:
    """Why a file of this content is refused."""
    path = folder / "refused.npz"
    path.write_bytes(content)
    with pytest.raises(InvalidWeights) as refusal:
        npz.read(path, InvalidWeights)
    assert refusal.value.source == str(path)
    return refusal.value.reason


def written(arrays: npz.Arrays, folder: Path) -> bytes:
    path = folder / "written.npz"
    npz.write(path, arrays)
    return path.read_bytes()


def zipped(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return content.getvalue()


def npy(header: str | bytes, data: bytes = bytes(12)) -> bytes:
    text = header.encode() if isinstance(header, str) else header
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def patched(content: bytes, record: int, field: int, value: bytes) -> bytes:
    """A zip with another value in a field of its directory."""
    place = -1
    for _ in range(record + 1):
        place = content.index(DIRECTORY, place + 1)
    return content[: place + field] + value + content[place + field + len(value) :]


def is_same(one: npz.Arrays, other: npz.Arrays) -> bool:
    return one.keys() == other.keys() and all(
        array.dtype == other[name].dtype
        and array.shape == other[name].shape
        and array.tobytes() == other[name].tobytes()
        for name, array in one.items()
    )


@pytest.mark.no_cover
@given(arrays_of_any_kind)
def test_what_is_written_is_read_back_bit_for_bit(folder: Path, arrays: npz.Arrays) -> None:
    path = folder / "round.npz"
    npz.write(path, arrays)
    assert is_same(npz.read(path, InvalidWeights), arrays)


def test_what_could_not_be_read_for_its_size_is_not_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(written(ARRAYS, folder))
    monkeypatch.setattr(npz, "MAX_BYTES", size)
    npz.write(folder / "largest.npz", ARRAYS)
    npz.read(folder / "largest.npz", InvalidWeights)
    monkeypatch.setattr(npz, "MAX_BYTES", size - 1)
    with pytest.raises(InvalidFile, match=r"too-large\.npz: it would be larger than"):
        npz.write(folder / "too-large.npz", ARRAYS)
    assert not (folder / "too-large.npz").exists()


def test_one_array_is_read_without_the_others(folder: Path) -> None:
    path = folder / "one.npz"
    npz.write(path, ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(npz.read_array(path, name, InvalidWeights), array)
    with pytest.raises(InvalidWeights, match="no array 'V'"):
        npz.read_array(path, "V", InvalidWeights)


@given(st.data())
def test_one_array_of_a_damaged_file_is_what_was_written_or_refused(folder: Path, data: st.DataObject) -> None:
    whole = written(ARRAYS, folder)
    place, flip = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 255))
    length = data.draw(st.integers(0, len(whole)))
    path = folder / "damaged.npz"
    path.write_bytes(flipped(whole, place, flip)[:length])
    try:
        array = npz.read_array(path, "card", InvalidWeights)
    except InvalidWeights:
        return
    np.testing.assert_array_equal(array, ARRAYS["card"])


@pytest.mark.parametrize("name", ["nowhere.npz", "."])
def test_one_array_of_no_file_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(InvalidWeights, match=r"no such file|not a file"):
        npz.read_array(folder / name, "card", InvalidWeights)


def test_the_same_arrays_make_the_same_file(folder: Path) -> None:
    first = written(ARRAYS, folder)
    time.sleep(0.01)
    assert written(ARRAYS, folder) == first


def test_numpy_can_read_the_file_too(folder: Path) -> None:
    with np.load(io.BytesIO(written(ARRAYS, folder))) as archive:
        assert {name: archive[name].tolist() for name in ARRAYS} == {n: a.tolist() for n, a in ARRAYS.items()}


@given(st.data())
def test_a_file_cut_at_any_byte_is_refused(folder: Path, data: st.DataObject) -> None:
    whole = written(ARRAYS, folder)
    length = data.draw(st.integers(0, len(whole) - 1))
    assert "take a whole copy" in refusal_of(whole[:length], folder)


@given(st.data())
def test_a_flipped_byte_anywhere_is_refused_or_changes_nothing(folder: Path, data: st.DataObject) -> None:
    whole = written(ARRAYS, folder)
    place, flip = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(1, 255))
    path = folder / "flipped.npz"
    path.write_bytes(flipped(whole, place, flip))
    try:
        arrays = npz.read(path, InvalidWeights)
    except InvalidWeights:
        return
    assert is_same(arrays, ARRAYS)  # dates, attributes and the like, which nobody reads


@pytest.mark.parametrize("flip", [1, 4, 32, 255])
def test_a_flipped_byte_in_the_header_of_a_large_array_is_refused(folder: Path, flip: int) -> None:
    whole = written({"W": np.zeros((100, 100))}, folder)
    begin = whole.index(b"\x93NUMPY")
    for place in range(begin, begin + 80):
        refusal_of(flipped(whole, place, flip), folder)


def flipped(content: bytes, place: int, flip: int) -> bytes:
    return content[:place] + bytes([content[place] ^ flip]) + content[place + 1 :]


@given(content=st.binary(max_size=400))
def test_bytes_at_random_are_refused(folder: Path, content: bytes) -> None:
    refusal_of(content, folder)


@given(header=st.one_of(st.binary(max_size=80), st.text("{}[]()'\"\\,: <f48L-#\n0", max_size=60).map(str.encode)))
def test_a_header_at_random_is_refused(folder: Path, header: bytes) -> None:
    refusal_of(zipped([("W.npy", npy(header))]), folder)


@pytest.mark.parametrize(
    "header",
    [
        HEADER.replace("}", ""),
        HEADER.replace("(3,)", "(3L,)"),
        HEADER.replace("(3,)", "(-3,)"),
        HEADER.replace("(3,)", "(True,)"),
        HEADER.replace("(3,)", f"({2**40}, {2**40})"),
        HEADER.replace("(3,)", f"(0, {10**30})"),
        HEADER.replace("'<f4'", "((),)"),
        HEADER.replace("'<f4'", "[('a', '<f4')]"),
        HEADER.replace("'<f4'", "'a4'"),
        HEADER.replace("'<f4'", "'>f4'"),
        HEADER.replace("False", "True"),
        "{[]: 1}",
        "{'descr': '<f4', 1: 2}",
        "-" * 9000 + "1",
        "(" * 9000,
        "  {'a'\n:\n  \t1",
        "",
    ],
    ids=lambda header: header[:60],
)
def test_a_header_that_is_not_of_this_project_is_refused(folder: Path, header: str) -> None:
    refusal_of(zipped([("W.npy", npy(header))]), folder)


@pytest.mark.parametrize("version", [0, 2, 3, 255])
def test_a_header_of_another_version_is_refused(folder: Path, version: int) -> None:
    data = bytearray(npy(HEADER))
    data[6] = version
    refusal_of(zipped([("W.npy", bytes(data))]), folder)


def test_a_file_of_another_program_is_refused(folder: Path) -> None:
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, W=np.ones(3))
    assert "not written by this project" in refusal_of(content.getvalue(), folder)


def test_a_compressed_file_is_refused(folder: Path) -> None:
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **ARRAYS)
    assert "compressed" in refusal_of(content.getvalue(), folder)


def test_a_changed_array_is_refused_even_when_the_zip_agrees(folder: Path) -> None:
    with np.load(io.BytesIO(written(ARRAYS, folder))) as archive:
        arrays = dict(archive)
    arrays["network.W"] = arrays["network.W"] + 1
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **arrays)
    assert "checksum" in refusal_of(content.getvalue(), folder)


def test_swapped_names_are_refused(folder: Path) -> None:
    arrays = {"W": np.zeros(3), "V": np.ones(3)}
    with np.load(io.BytesIO(written(arrays, folder))) as archive:
        content = io.BytesIO()
        np.savez(content, allow_pickle=False, W=archive["V"], V=archive["W"], sha256=archive["sha256"])
    assert "checksum" in refusal_of(content.getvalue(), folder)


class Payload:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.mkdir, (str(self.path),)


def test_a_pickled_object_is_refused_and_never_woken(folder: Path) -> None:
    content = io.BytesIO()
    np.savez(content, allow_pickle=True, card=np.array([Payload(folder / "woken")], object))
    assert "not of a kind" in refusal_of(content.getvalue(), folder)
    assert not (folder / "woken").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_two_arrays_of_one_name_are_refused(folder: Path) -> None:
    assert "two of one name" in refusal_of(zipped([("W.npy", npy(HEADER)), ("W.npy", npy(HEADER))]), folder)


def test_two_members_on_the_same_bytes_are_refused(folder: Path) -> None:
    content = zipped([("V.npy", npy(HEADER)), ("W.npy", npy(HEADER))])
    second = content.index(DIRECTORY, content.index(DIRECTORY) + 1)
    for overlap in (patched(content, 1, 42, bytes(4)), content[:second] + content[second:].replace(b"W.npy", b"V.npy")):
        refusal_of(overlap, folder)


def test_a_member_that_is_no_array_is_refused(folder: Path) -> None:
    assert "not an array" in refusal_of(zipped([("README.txt", b"hello")]), folder)


def test_an_archive_of_nothing_and_one_of_thousands_are_refused(folder: Path) -> None:
    refusal_of(zipped([]), folder)
    assert "too many" in refusal_of(zipped([(f"{n}.npy", npy(HEADER)) for n in range(5000)]), folder)


def test_an_encrypted_member_is_refused(folder: Path) -> None:
    refusal_of(patched(zipped([("W.npy", npy(HEADER))]), 0, 8, b"\x01\x00"), folder)


def allocated(action: Callable[[], object]) -> int:
    """Bytes that an action held at its peak."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def bomb() -> bytes:
    """A member of 3 MB that unfolds into 3 GB of zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    mebibyte = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({3000 * 2**20},), }}"
    head = packer.compress(npy(header, b"")) + packer.flush(zlib.Z_FULL_FLUSH)
    content = zipped([("W.npy", head + mebibyte * 3000 + packer.flush())])
    content = patched(content, 0, METHOD, struct.pack("<H", zipfile.ZIP_DEFLATED))
    return patched(content, 0, FULL_SIZE, struct.pack("<L", 3000 * 2**20))


def test_a_deflate_bomb_is_refused_without_unfolding_it(folder: Path) -> None:
    content = bomb()
    assert 2 * 2**20 < len(content) < 8 * 2**20
    assert allocated(lambda: refusal_of(content, folder)) < 4 * len(content)


@pytest.mark.parametrize(
    "content",
    [
        zipped([("W.npy", npy(HEADER.replace("(3,)", f"({2**40},)")))]),
        zipped([("W.npy", npy(HEADER.replace("(3,)", f"({2**20}, {2**20})")))]),
        patched(zipped([("W.npy", npy(HEADER))]), 0, FULL_SIZE, struct.pack("<L", 2**32 - 2)),
        patched(zipped([("W.npy", npy(HEADER))]), 0, STORED_SIZE, struct.pack("<LL", 2**32 - 2, 2**32 - 2)),
    ],
    ids=["shape", "matrix", "directory", "directory twice"],
)
def test_a_file_that_claims_terabytes_is_refused_without_allocating_them(folder: Path, content: bytes) -> None:
    assert allocated(lambda: refusal_of(content, folder)) < 2**20


def test_a_file_too_large_is_refused_without_reading_it(folder: Path) -> None:
    path = folder / "large.npz"
    with path.open("wb") as file:
        file.truncate(npz.MAX_BYTES + 1)

    def read() -> None:
        with pytest.raises(InvalidWeights, match="larger than 256 MiB"):
            npz.read(path, InvalidWeights)

    assert allocated(read) < 2**20


def test_a_directory_of_a_million_entries_is_refused_without_reading_it(folder: Path) -> None:
    whole = zipped([("W.npy", npy(HEADER))])
    begin, end = whole.index(DIRECTORY), whole.index(b"PK\x05\x06")
    many = whole[begin:end] * 1_000_000
    record = whole[end : end + 12] + struct.pack("<LLH", len(many), begin, 0)
    content = whole[:begin] + many + record
    assert "too many arrays" in refusal_of(content, folder)
    assert allocated(lambda: refusal_of(content, folder)) < 2**20


def test_an_archive_with_a_comment_or_sizes_that_stand_elsewhere_is_refused(folder: Path) -> None:
    whole = zipped([("W.npy", npy(HEADER))])
    commented = whole[:-2] + struct.pack("<H", 5) + b"hello"
    located = whole[:-22] + struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1) + whole[-22:]
    for content in (commented, located):
        assert "damaged" in refusal_of(content, folder)


def test_an_array_or_a_file_above_the_bounds_of_its_reader_is_refused_unread(folder: Path) -> None:
    path = folder / "bounded.npz"
    npz.write(path, {"W": np.zeros(2**20)})
    npz.read_array(path, "W", InvalidWeights, 2**24, 2**23)
    for most in ((2**23, 2**23), (2**24, 2**22)):

        def read(most: tuple[int, int] = most) -> None:
            with pytest.raises(InvalidWeights, match="larger than"):
                npz.read_array(path, "W", InvalidWeights, *most)

        assert allocated(read) < 2**20
    with pytest.raises(InvalidWeights, match="larger than 8 MiB"):
        npz.read(path, InvalidWeights, 2**23)
    with pytest.raises(InvalidWeights, match="larger than 8 MiB"):
        npz.unpack(path.read_bytes(), InvalidWeights, "the store", 2**23)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.npz")
    (tmp_path / "loop.npz").symlink_to(tmp_path / "loop.npz")
    not_files = {
        tmp_path: "not a file",
        tmp_path / "pipe.npz": "not a file",
        Path("/dev/zero"): "not a file",
        tmp_path / "nowhere.npz": "no such file",
        tmp_path / "loop.npz": "no such file|cannot be read",
        tmp_path / ("long" * 100): "cannot be read",
        tmp_path / "a\0b.npz": "no such file",
    }
    for path, reason in not_files.items():
        with pytest.raises(InvalidWeights, match=reason):
            npz.read(path, InvalidWeights)


WRITER = """
import sys
from pathlib import Path
import numpy as np
from model.artifact import npz
print("ready", flush=True)
value = 0
while True:
    value = 1 - value
    npz.write(Path(sys.argv[1]), {"W": np.full(500_000, value, np.float32)})
"""


def test_a_kill_in_the_middle_of_a_write_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    npz.write(path, {"W": np.zeros(500_000, np.float32)})
    for delay in (0, 0.003, 0.01, 0.02, 0.05):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(delay)
            writer.send_signal(signal.SIGKILL)
        (values,) = npz.read(path, InvalidWeights).values()
        assert np.unique(values).tolist() in ([0], [1])
        assert list(tmp_path.glob("*.npz")) == [path]  # scratch files of killed writers don't pass for models


FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from model.artifact import npz
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
npz.write(Path(sys.argv[1]), {"W": np.ones(500_000)})
"""


def test_a_write_that_fails_leaves_the_old_file_and_no_scratch(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    npz.write(path, ARRAYS)
    ended = subprocess.run([sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, check=False)
    assert ended.returncode != 0
    assert list(tmp_path.iterdir()) == [path]
    assert is_same(npz.read(path, InvalidWeights), ARRAYS)
