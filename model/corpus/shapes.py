"""Shapes: where the capitals and the apostrophes of a word are, whatever its letters."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby

from model.corpus.case_rules import split_words

MANY = 1000
"""From this many names on, a shape that one alone has may be a slip, and is not drawn."""


def shape_patterns(names: Iterable[str]) -> tuple[str, ...]:
    """The shapes of the words of a list as it is written, sorted; of a long list those that several names have."""
    names = tuple(names)
    counts = Counter(shape for name in names for shape in shapes_of(name))
    return tuple(sorted(shape for shape, count in counts.items() if count > 1 or len(names) < MANY))


def shapes_of(name: str) -> set[str]:
    """The shape of each word of a name as it is written, after what divides it from the one before.

    ``^Xx`` and ``-Xx`` for Jean-Luc, ``^XxXx`` for McKay, ``^X'Xx`` for O'Brien. A word of one capital is like one that
    begins with a capital; two capitals stand for more; letters without case are ``o``.
    """
    return {word.before + _shape(word.text) for _, word in split_words(name) if word is not None}


def _shape(text: str) -> str:
    if text.isascii() and text.isalpha() and text.istitle():
        return "Xx"
    runs = [(kind, len(list(run))) for kind, run in groupby(filter(None, map(_kind, text)))]
    shape = "".join("XX" if kind == "X" and length > 1 else kind for kind, length in runs)
    return "Xx" if shape == "X" else shape


@lru_cache(maxsize=4096)
def _kind(letter: str) -> str:
    if unicodedata.category(letter)[0] == "M":
        return ""
    if letter.isupper() or letter.istitle():
        return "X"
    return "x" if letter.islower() else "o" if letter.isalpha() else letter
