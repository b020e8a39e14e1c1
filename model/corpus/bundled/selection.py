"""Decides which of a source's names a list takes, and how they are spelled in it.

A name of a list is one as `model.corpus.spelling` has it, of letters of the list's script with the marks and joiners
that belong to them. Words are divided by single spaces, hyphens or apostrophes; an apostrophe may begin or end a word,
and a full stop ends "St.", "Ste." and initials.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from model.corpus.spelling import fault, tidy

MOST_PLACES = 3_000
"""A list of places takes at most so many, the most populous."""

ABBREVIATED = re.compile(r"(?<![^ -])(?:Ste?|[A-Z])\. ")
"""What may have a full stop: "St. Ives", "Francisco I. Madero"."""

NOT_TAKEN = re.compile(r"[\d.&·]")
"""What names of other lists may have, see `model.corpus.spelling`; full stops are looked for without `ABBREVIATED`."""

OKINA = str.maketrans({"\u02bb": "'"})


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the names of a list are spelled.

    Attributes
    ----------
    script
        The script as Unicode calls it in the names of its letters, with a capital: "Latin", "Katakana".
    letters
        The alphabet in lower case; empty: every letter of the script.
    replace
        Letters to replace.
    remove
        A regular expression; what it matches is removed.
    without, like
        Regular expressions: found in no name of the list; matching every whole one, unless empty.
    drop
        Names that are not in the list.
    """

    script: str
    letters: frozenset[str] = frozenset()
    replace: dict[str, str] = field(default_factory=dict)
    remove: str = ""
    without: str = ""
    like: str = ""
    drop: frozenset[str] = frozenset()

    def tidy(self, name: str) -> str:
        """A name in NFC with plain hyphens and apostrophes, replacements done."""
        if self.script == "Katakana":
            name = "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in name)
        name = tidy(name).translate(OKINA).translate({ord(old): new for old, new in self.replace.items()})
        return tidy(re.sub(self.remove, "", name)) if self.remove else name

    def fits(self, name: str) -> bool:
        """Whether a tidy name is a name of this list."""
        letters = [c for c in name if unicodedata.category(c)[0] == "L"]
        return (
            2 <= len(name) <= 40
            and fault(name) is None
            and NOT_TAKEN.search(ABBREVIATED.sub(" ", name)) is None
            and all(map(self._has, letters))
            and not has_odd_case(name)
            and name not in self.drop
            and not (self.without and re.search(self.without, name))
            and (not self.like or re.fullmatch(self.like, name) is not None)
        )

    def _has(self, letter: str) -> bool:
        if self.letters and letter.lower() not in self.letters:
            return False
        return _unicode_name(letter).startswith((self.script.upper(), "KATAKANA-HIRAGANA PROLONGED"))


@cache
def _unicode_name(letter: str) -> str:
    return unicodedata.name(letter, "")


def has_odd_case(name: str) -> bool:
    """Whether capitals stand where names have none: a word in capitals, a capital inside a word, no capital at all."""
    if name.title() == name.lower():  # a script without capitals; Georgian has some, but no name begins with one
        return False
    words = re.findall("[^ '.-]+", name)
    if not any(word[0].isupper() for word in words):
        return True
    for word in words:
        inner = re.sub(r"^(Ma?c|De|Di|Du|La|Le|Van|Fitz|IJ|O|[a-z](?=[A-Z]))", "", word) if len(word) > 3 else word
        if any(c.isupper() for c in inner[1:]):
            return True
    return False


def select(names: Iterable[str], spelling: Spelling) -> list[str]:
    """The names that fit, each once, sorted."""
    return sorted(name for name in {spelling.tidy(name) for name in names} if spelling.fits(name))


def local_names(places: Iterable[dict[str, Any]], spelling: Spelling) -> list[str]:
    """The names of places: in Latin the main one, in another script the only one, if it is the only one.

    GeoNames doesn't say of which language an alternate name is, so a place with several in a script is left out: they
    may be older names, or spellings of other languages.
    """
    chosen: dict[str, None] = {}
    for place in places:
        if spelling.script == "Latin":
            candidates = {spelling.tidy(place["name"])}
        else:
            candidates = {spelling.tidy(name) for name in place["alternatenames"]}
        candidates = {name for name in candidates if spelling.fits(name)}
        if spelling.script == "Katakana" and candidates:
            shortest = min(candidates, key=len)  # the others have the word for town or village after it
            candidates = {shortest} if all(name.startswith(shortest) for name in candidates) else candidates
        if len(candidates) == 1:
            chosen[candidates.pop()] = None
        if len(chosen) == MOST_PLACES:
            break
    return list(chosen)
