"""Checks of a list that can be read: what may be wrong with it all the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from model.corpus.corpus import Corpus
from model.corpus.parsing import Lines

SMALL_LIST_NAMES = 100
"""Distinct names; below it, the report says what to expect."""

LONG_NAME_LETTERS = 25
"""Letters; hardly a name in any language has more."""

MANY_WORDS = 5
"""A line of more words is a sentence rather than a name."""

LOOKALIKES = frozenset({"ARMENIAN", "CYRILLIC", "GREEK", "LATIN"})
"""Scripts whose letters look alike (``а`` and ``a``): two of them in one name are mostly a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class Advice:
    """Something to look at before training: what, in how many lines, and the numbers of the first few."""

    text: str
    count: int = 0
    lines: tuple[int, ...] = ()


def advise(corpus: Corpus) -> Iterator[Advice]:
    """Look for what spoils a model; one piece of advice for each kind of trouble."""
    distinct = len(corpus.names)
    if distinct < SMALL_LIST_NAMES:
        yield Advice(_on_size(distinct))
    if sum(lines.count for _, lines in corpus.skipped) > distinct + corpus.duplicates:
        yield Advice("more lines are skipped than read: the names may stand in another column or another file")
    if corpus.garbled.count:
        yield _about(corpus.garbled, "accents that became two odd characters: save the list again as UTF-8")
    if corpus.capitals:
        yield Advice("the list is in capitals: its names come back with a capital at the beginning of each word only")
    elif corpus.odd_casing.count:
        yield _about(corpus.odd_casing, "upper and lower case unlike the rest of the list: they come back as the rest")
    if corpus.note:
        yield Advice(corpus.note)
    scripts = {letter: unicodedata.name(letter, "").split(" ")[0] for letter in corpus.vocabulary.letters}
    long: list[int] = []
    mixed: list[int] = []
    for name, line in zip(corpus.names, corpus.lines, strict=True):
        if len(name) > LONG_NAME_LETTERS or name.count(" ") >= MANY_WORDS:
            long.append(line)
        if not name.isascii() and len(LOOKALIKES.intersection(map(scripts.__getitem__, name))) > 1:
            mixed.append(line)
    if long:
        yield _about(Lines.of(long), f"more than {LONG_NAME_LETTERS} letters or {MANY_WORDS} words: are these names?")
    if mixed:
        yield _about(Lines.of(mixed), "letters of two scripts that look alike in one name: retype those names")


def _on_size(distinct: int) -> str:
    if distinct < 3:
        return f"{distinct} distinct names are too few to train on: give at least 3, better {SMALL_LIST_NAMES}"
    return (
        f"{distinct} distinct names are few: a model learns which letters follow each other but little of the style, "
        "and its figure on the test names is rough; some hundred do better, some thousand do well"
    )


def _about(lines: Lines, text: str) -> Advice:
    return Advice(text, lines.count, lines.first)
