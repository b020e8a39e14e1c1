"""Decoding: text from bytes, or a clear error where they are not UTF-8."""

from __future__ import annotations

import codecs

from model.errors import BadCorpus


def decode(data: bytes, source: str | None = None) -> str:
    """The text of a list, without byte-order mark.

    Raises
    ------
    BadCorpus
        It is binary, UTF-16, or not UTF-8; with the line of the first byte that shows it.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadCorpus("the list is in UTF-16; save it as UTF-8", line=1, source=source)
    if (nul := data.find(0)) >= 0:
        raise BadCorpus("the list is binary; save it as plain text, one name a line", _line(data, nul), source)
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        byte = data[error.start]
        reason = f"the byte 0x{byte:02x} is not UTF-8; save the list as UTF-8 (it may be in Windows-1252 now)"
        raise BadCorpus(reason, _line(data, error.start), source) from None


def _line(data: bytes, place: int) -> int:
    """The number of the line that the byte at `place` stands in."""
    before = data[:place]
    return 1 + before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n")


def is_garbled(text: str) -> bool:
    """Whether a text looks like UTF-8 that was read in a one-byte encoding: ``JosÃ©`` for ``José``."""
    return not text.isascii() and any(_is_utf8_read_as(encoding, text) for encoding in ("cp1252", "latin-1"))


def _is_utf8_read_as(encoding: str, text: str) -> bool:
    try:
        return len(text.encode(encoding).decode("utf-8")) < len(text)
    except UnicodeError:
        return False
