"""Lists of names as jobs keep them."""

from __future__ import annotations

import json

from app.store.records import Source
from model.corpus.corpus import Corpus, bundled_path

__all__ = ["Source", "read_list"]


def read_list(source: Source, title: str, content: bytes | None) -> Corpus:
    """Read a list by its source.

    Parameters
    ----------
    source : {"bundled", "names", "file"}
        Where the list comes from.
    title : str
        Its title; that of a bundled list is its name.
    content : bytes, optional
        A JSON array of strings, or the bytes of a file; a bundled list needs none.

    Raises
    ------
    BadCorpus
        Too little is left of it to learn from.
    """
    if source == "bundled":
        return Corpus.read(bundled_path(title))
    if source == "names":
        return Corpus.of(json.loads(content or b"[]"), title)
    return Corpus.parse(content or b"", title)
