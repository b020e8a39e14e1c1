"""Which words are looked for, and where: the lists in ``words/`` and the rules in ``rules/``.

A pattern is a word with or without ``*`` at its ends: ``anal`` is a word of its own, ``*anal`` ends one, ``anal*``
begins one, ``*anal*`` stands anywhere. A rule is one line; braces spell several at once:

    *b{i,y}tch*        left out
    + bitche           harmless: what is found within it does not count

Entries of a list are words of their own; those of `LONG` letters and more count within other words too. Phrases are
left aside: no name becomes one by chance, and the words in them that matter are entries too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self

from model.decency.folding import BOUNDARY, READINGS, skeleton
from model.errors import InvalidOption

FOLDER = Path(__file__).parent

LONG = 7
"""Letters of an entry that is looked for within words too."""

BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A word and where it counts."""

    letters: str  # a skeleton
    begins: bool = True  # it counts at the beginning of a word only
    ends: bool = True  # it counts at the end of a word only
    harmless: bool = False  # it excuses what is found within it

    @classmethod
    def of(cls, text: str, *, harmless: bool = False) -> Self:
        """Read ``*word*``; raises InvalidOption where no word is left of it."""
        letters = skeleton(text.strip().strip("*"))
        for kept, readings in READINGS.items():
            letters = letters.replace(kept, readings[0])
        if not letters.replace(BOUNDARY, ""):
            raise InvalidOption("words", f"has {text!r:.60}, in which there is no letter")
        return cls(letters, not text.startswith("*"), not text.endswith("*"), harmless)


@lru_cache
def patterns_of(code: str) -> tuple[Pattern, ...]:
    """The patterns of a language, by its code; none where it has neither list nor rules."""
    found = []
    for word in entries(code):
        is_long = sum(map(str.isalpha, word)) >= LONG
        found.append(Pattern.of(f"*{word}*" if is_long else word))
    for rule in _lines("rules", code):
        found += parse([rule.removeprefix("+")], harmless=rule.startswith("+"))
    return tuple(dict.fromkeys(found))


def entries(code: str) -> list[str]:
    """The words of a language's list, without the phrases."""
    return [word for word in _lines("words", code) if " " not in word]


def parse(rules: Iterable[str], *, harmless: bool = False) -> list[Pattern]:
    """Patterns of words as an operator writes them; raises InvalidOption for one without a letter."""
    return [Pattern.of(spelling, harmless=harmless) for rule in rules for spelling in spell_out(rule.strip())]


def spell_out(text: str) -> Iterator[str]:
    """All that a text with braces spells."""
    braces = BRACES.search(text)
    if braces is None:
        yield text
        return
    for choice in braces[1].split(","):
        yield from spell_out(text[: braces.start()] + choice + text[braces.end() :])


def _lines(folder: str, code: str) -> Sequence[str]:
    path = FOLDER / folder / f"{code}.txt"
    if not path.is_file():
        return []
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]
