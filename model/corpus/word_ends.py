"""Letters that stand only at ends of words, and letters that never do because a final form stands there for them.

The Arabic ة only ends words; Hebrew writes מ as ם at the end of a word. Only letters without case are looked at: one
that has a capital may begin a word.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from model.corpus.case_rules import split_words

PLAIN_FORMS = {
    unicodedata.lookup(f"HEBREW LETTER FINAL {name}"): unicodedata.lookup(f"HEBREW LETTER {name}")
    for name in ("KAF", "MEM", "NUN", "PE", "TSADI")
}
"""What a final letter stands for."""

CHANCE = 0.01
"""At most this many other letters of a list may be expected to stand only at ends by chance."""


def word_ends_of(names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a list shows of the ends of its words.

    Returns
    -------
    finals, nonfinals
        Letters that stand only at ends of words, and letters that have such a final form and end no word; sorted.
    """
    within, at_end = Counter[str](), Counter[str]()
    for before, last in _words(names):
        within.update(before)
        at_end.update(last)
    letters = within.keys() | at_end.keys()
    share = at_end.total() / max(within.total() + at_end.total(), 1)

    def is_final(letter: str, count: int) -> bool:
        if letter in within or unicodedata.category(letter) != "Lo":
            return False
        return letter in PLAIN_FORMS or share**count * len(letters) < CHANCE

    finals = {letter for letter, count in at_end.items() if is_final(letter, count)}
    plain = {PLAIN_FORMS[letter] for letter in finals & PLAIN_FORMS.keys()}
    return tuple(sorted(finals)), tuple(sorted(plain - at_end.keys()))


def misplaced(name: str, finals: Collection[str], nonfinals: Collection[str]) -> set[str]:
    """The letters of a name that stand within a word and should end it, or the other way round."""
    found = set[str]()
    for before, last in _words([name]):
        found.update(set(before).intersection(finals), set(last).intersection(nonfinals))
    return found


def _words(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The letters and marks of each word, without apostrophes, and apart from them its last one.

    A word of one letter has no last one: it is an initial, or nothing that a final letter could end.
    """
    for name in names:
        for _, word in split_words(name):
            letters = "".join(filter(_is_letter_or_mark, word.text)) if word else ""
            yield (letters[:-1], letters[-1]) if len(letters) > 1 else (letters, "")


@lru_cache(maxsize=4096)
def _is_letter_or_mark(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM"
