"""Places in words: letters and marks that stand only at a beginning or an end, and those that never stand there.

The Arabic ة only ends words, a Tamil independent vowel only begins them, and no Japanese word begins with ン. A list
shows it where chance would have put a letter elsewhere too. A few examples are enough for letters of which it is
expected, such as those; Hebrew writes מ as ם at the end of a word, however rare.

Letters with their marks have places, and so do the letters and the marks by themselves: that no Thai word begins with
any ◌์ is seen sooner than that none begins with ณ์. Letters with case are left alone, since one that has a capital may
begin a word.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from model.corpus.case_rules import split_words
from model.corpus.clusters import is_mark

PLAIN_FORMS = {
    unicodedata.lookup(f"HEBREW LETTER FINAL {name}"): unicodedata.lookup(f"HEBREW LETTER {name}")
    for name in ("KAF", "MEM", "NUN", "PE", "TSADI")
}
"""What a final letter stands for."""

WITHIN = frozenset("ะาๅະາんンーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ")
"""Thai and Lao vowels that are written after their consonant, Japanese letters that end a syllable or change one."""

VIRAMA = 9
"""Combining class of the mark that takes a letter's vowel away, in Indic scripts."""

ENOUGH = 3
"""A letter stands so often in a list before what is expected of it is believed. Each half of a list in an Indic script
then rules out one name in 400 of the other half, and the list one draw in 70."""

CHANCE = 0.01
"""At most this many other letters and marks of a list may be expected to be found by chance, in each of four ways."""


class Places(NamedTuple):
    """Letters and marks by where they stand in words; sorted, each named once: what only ends words begins none."""

    initials: Collection[str] = ()  # only begin words
    noninitials: Collection[str] = ()  # begin none
    finals: Collection[str] = ()  # only end words
    nonfinals: Collection[str] = ()  # end none


def places_of(names: Iterable[str]) -> Places:
    """What a list shows of the beginnings and ends of its words."""
    names = tuple(names)
    if all(map(str.isascii, names)):
        return Places()
    everywhere, first, last = Counter[str](), Counter[str](), Counter[str]()
    units = beginnings = ends = 0
    for word in _words(names):
        units, beginnings, ends = units + len(word), beginnings + 1, ends + (len(word) > 1)
        for unit in word:
            everywhere.update(unit)
        first.update(word[0])
        last.update(_end(word))

    def found(place: Counter[str], share: float, *, there: bool) -> set[str]:
        """What stands only at this place, or never, and would not by chance: it has this share of all units."""
        chance = share if there else 1 - share
        return {
            part
            for part, count in everywhere.items()
            if place[part] == count * there and chance**count * len(everywhere) < CHANCE
        }

    common = {part for part, count in everywhere.items() if count >= ENOUGH}
    within = {part for part in common if _is_expected_within(part)} - first.keys()
    vowels = {part for part in common if _is_independent_vowel(part) and first[part] == everywhere[part]}
    at_beginning, at_end = beginnings / max(units, 1), ends / max(units, 1)
    forms = {form for form in PLAIN_FORMS if 0 < everywhere[form] == last[form]}
    plain = {PLAIN_FORMS[form] for form in forms} - last.keys()
    initials, finals = found(first, at_beginning, there=True) | vowels, found(last, at_end, there=True) | forms
    noninitials = (found(first, at_beginning, there=False) | within) - finals
    nonfinals = (found(last, at_end, there=False) | plain) - initials
    return Places(*map(_without_parts, (initials, noninitials, finals, nonfinals)))


def misplaced(name: str, places: Places) -> set[str]:
    """The letters and marks of a name that stand in its words where they do not in the list's."""
    found = set[str]()
    for word in _words([name]):
        end = _end(word)
        found.update(word[0].intersection(places.noninitials), end.intersection(places.nonfinals))
        found.update(*(unit.intersection(places.initials) for unit in word[1:]))
        found.update(*(unit.intersection(places.finals) for unit in (word[:-1] if end else word)))
    return found


def _without_parts(found: set[str]) -> tuple[str, ...]:
    """What was found, without letters with a mark or a letter that was found by itself; sorted."""
    return tuple(sorted(part for part in found if len(part) == 1 or found.isdisjoint(part)))


def _end(word: list[frozenset[str]]) -> frozenset[str]:
    """The last unit; a word of one has none: it is an initial, or nothing that a final letter could end."""
    return word[-1] if len(word) > 1 else frozenset()


def _words(names: Iterable[str]) -> Iterator[list[frozenset[str]]]:
    """The words of names without apostrophes, each as its units: letters with their marks."""
    for name in names:
        for _, word in split_words(name):
            units: list[str] = []
            for character in filter(_is_letter_or_mark, word.text if word else ""):
                if units and is_mark(character):
                    units[-1] += character
                else:
                    units.append(character)
            if units:
                yield list(map(_parts, units))


@lru_cache(maxsize=4096)
def _parts(unit: str) -> frozenset[str]:
    """A letter with its marks, and each of them; nothing where the letter has case."""
    return frozenset() if unicodedata.category(unit[0]) in ("Lu", "Ll", "Lt") else frozenset({unit, *unit})


def _is_expected_within(part: str) -> bool:
    """Whether words hardly begin with it: a letter without its vowel, or one of `WITHIN`."""
    return part in WITHIN or (len(part) > 1 and unicodedata.combining(part[-1]) == VIRAMA)


def _is_independent_vowel(part: str) -> bool:
    """Whether it is a vowel without a consonant in an Indic script; their blocks are laid out alike (Unicode 12.1)."""
    return len(part) == 1 and 0x0900 <= ord(part) < 0x0E00 and 0x04 <= ord(part) % 0x80 <= 0x14


@lru_cache(maxsize=4096)
def _is_letter_or_mark(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM"
