"""Text from bytes, and what is said of bytes that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.corpus.decoding import decode, is_garbled
from model.errors import BadCorpus


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_the_line_of_the_first_byte_that_is_not_utf_8_is_told(end: bytes) -> None:
    with pytest.raises(BadCorpus, match="elves, line 3: the byte 0xe9 is not UTF-8; save the list as UTF-8") as refusal:
        decode(end.join([b"Anna", b"Bob", b"Ren\xe9", b"Zo\xeb"]), "elves")
    assert refusal.value.line == 3


def test_a_byte_order_mark_is_taken_off_and_does_not_shift_the_line_told() -> None:
    assert decode(b"\xef\xbb\xbfAnna") == "Anna"
    with pytest.raises(BadCorpus, match="line 2: the byte 0xff"):
        decode(b"\xef\xbb\xbfAnna\n\xff")


def test_a_file_that_ends_within_a_letter_is_refused() -> None:
    with pytest.raises(BadCorpus, match="line 1: the byte 0xc3 is not UTF-8"):
        decode("René".encode()[:-1])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "utf-32-le"])
def test_utf_16_and_utf_32_are_refused(encoding: str) -> None:
    with pytest.raises(BadCorpus, match="save it as"):
        decode("Anna\nBob\n".encode(encoding))


def test_a_byte_order_mark_of_utf_16_is_recognised() -> None:
    with pytest.raises(BadCorpus, match="the list is in UTF-16; save it as UTF-8"):
        decode("Anna".encode("utf-16"))


def test_a_binary_file_is_refused_at_its_first_nul() -> None:
    with pytest.raises(BadCorpus, match="line 2: the list is binary; save it as plain text, one name a line"):
        decode(b"\x89PNG\r\n\x00\x00\x00\rIHDR")


@given(st.text(st.characters(exclude_characters="\0\ufeff", exclude_categories=["Cs"])))
def test_any_text_in_utf_8_comes_back(text: str) -> None:
    assert decode(text.encode()) == text


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        *((name, "latin-1") for name in ("José", "Dağhan", "Жанна", "Ása")),
        *((name, "cp1252") for name in ("José", "Müller", "Ğazal", "Strauß")),
    ],
)
def test_utf_8_that_was_read_in_a_one_byte_encoding_is_recognised(name: str, encoding: str) -> None:
    assert is_garbled(name.encode().decode(encoding))
    assert not is_garbled(name)


@pytest.mark.parametrize("name", ["Anna", "Åse", "Ñuñez", "Élodie", "Þórður", "ŠÁRKA", "春香"])
def test_accents_alone_do_not_look_garbled(name: str) -> None:
    assert not is_garbled(name)
