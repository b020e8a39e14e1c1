"""Bundled lists, of which the largest take seconds to read."""

from functools import cache

from model.corpus.bundled import bundled_path
from model.corpus.corpus import Corpus


@cache
def read_bundled(name: str) -> Corpus:
    """A list, read once by each process of the tests; a test of a large one is marked `no_cover`."""
    return Corpus.read(bundled_path(name))
