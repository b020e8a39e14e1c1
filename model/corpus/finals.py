"""Letters that stand only at the ends of words, as the Hebrew ם and the Arabic ة do."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

MIN_COUNT = 10
"""A letter that is rarer in a list may end words by chance."""


def finals_of(names: Iterable[str]) -> tuple[str, ...]:
    """The letters without case that stand only at ends of words in folded names, sorted; rare ones don't count."""
    at_end, within = Counter[str](), Counter[str]()
    for name in names:
        for letter, following in zip(name, [*name[1:], " "], strict=True):
            (within if _is_of_a_word(following) else at_end)[letter] += 1
    return tuple(sorted(letter for letter, count in at_end.items() if _is_final(letter, count) and not within[letter]))


def ends_words_alone(name: str, finals: frozenset[str]) -> bool:
    """Whether such letters stand only at ends of words in a name."""
    return not any(letter in finals and _is_of_a_word(after) for letter, after in pairwise(name))


def _is_final(letter: str, count: int) -> bool:
    return count >= MIN_COUNT and unicodedata.category(letter) == "Lo"


def _is_of_a_word(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LM"
