"""The rules by which a folded name gets its capitals back.

Without rules, each word begins with a capital: after a space, a hyphen, a full stop or a digit, and after an apostrophe
that follows one letter (``O'Brien``, but ``Ka'ana``). What a list does otherwise is kept as short sentences, in the
card of its model too:

    turkish i         İ is the capital of i, and I that of ı
    final sigma       ς stands at the end of words
    cherokee          Cherokee letters have one case, upper case
    lower -           words after a hyphen begin in lower case
    lower -on-        this word does, between two hyphens; ``^`` stands for the beginning of the name, ``0`` for a digit
    title -Luc        this word begins with a capital although words after a hyphen do not
    upper iii         this word is in capitals
    begin Mc|         a word that begins like this has a capital after it: McKay
    begin DeL         a word that begins with these letters is written like this: DeLuca, but Delia

Of several ``begin``, the longest that fits holds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from model.cached import cached_property
from model.corpus.case_folding import capital, cherokee_capitals, end_sigmas, fold
from model.corpus.normal_form import nfc

TURKISH, FINAL_SIGMA, CHEROKEE = "turkish i", "final sigma", "cherokee"
DIVIDERS = " -.&\u05be\u058a"
PLACES = "^0" + DIVIDERS
WORDS = re.compile(rf"([{re.escape(DIVIDERS)}\d])")
KINDS = re.compile(
    rf"(?s){TURKISH}|{FINAL_SIGMA}|{CHEROKEE}|(?:lower|title) [{re.escape(PLACES)}].*|(?:upper|begin) .+"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a name, and what divides it from its neighbours."""

    before: str  # a character of `DIVIDERS`, 0 for a digit, ^ at the beginning of the name
    text: str
    after: str  # the same, empty at the end of the name


def split_words(name: str) -> Iterator[tuple[str, Word | None]]:
    """The pieces of a name, in order, with the word that each is, or None for what divides them."""
    if name.isalpha():
        yield name, Word("^", name, "")
        return
    pieces = WORDS.split(name)
    for place, piece in enumerate(pieces):
        if place % 2 or not piece:
            yield piece, None
            continue
        before = _divider(pieces[place - 1]) if place else "^"
        yield piece, Word(before, piece, _divider(pieces[place + 1]) if place + 1 < len(pieces) else "")


def _divider(text: str) -> str:
    return "0" if text.isdigit() else text


@dataclass(frozen=True)
class CaseRules:
    """The rules of a list; raises ValueError for a sentence that is none."""

    sentences: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for sentence in self.sentences:
            if not KINDS.fullmatch(sentence):
                raise ValueError(f"{sentence!r:.60} is no rule for upper and lower case")

    @cached_property
    def turkish(self) -> bool:
        """Whether the list has the Turkish letters."""
        return TURKISH in self.sentences

    @cached_property
    def final_sigma(self) -> bool:
        """Whether a sigma has another form at the end of a word."""
        return FINAL_SIGMA in self.sentences

    @cached_property
    def cherokee(self) -> bool:
        """Whether Cherokee letters are written in upper case throughout."""
        return CHEROKEE in self.sentences

    def fold(self, name: str) -> str:
        """A name in lower case."""
        return fold(name, turkish=self.turkish, final_sigma=self.final_sigma)

    def lower(self, name: str) -> str:
        """A folded name as a list in lower case has it."""
        name = cherokee_capitals(name) if self.cherokee else name
        return nfc(end_sigmas(name) if self.final_sigma else name)

    def title(self, name: str) -> str:
        """A folded name as a list with capitals has it; in lower case where that would not fold back."""
        if self._trivial and name.isascii() and name.isalpha():
            return name.capitalize()
        pieces = [piece if word is None else self._write(word) for piece, word in split_words(name)]
        written = self.lower("".join(pieces))
        return written if self.fold(written) == name else self.lower(name)

    def default(self, word: str) -> str:
        """A word with a capital at its beginning, and after an apostrophe that follows one letter."""
        if word.isascii() and word.isalpha() and not self.turkish:
            return word.capitalize()
        letters, begins, written = 0, True, []
        for letter in word:
            if unicodedata.category(letter).startswith("L"):
                written.append(capital(letter, self.turkish) if begins else letter)
                begins, letters = False, letters + 1
                continue
            begins = begins or (letter == "'" and letters == 1)
            written.append(letter)
        return "".join(written)

    def is_lower(self, before: str) -> bool:
        """Whether words begin in lower case after this divider."""
        return before in self._after

    def _write(self, word: Word) -> str:
        text = word.text
        if text in self._upper:
            return "".join([capital(letter, self.turkish) for letter in text])
        place = f"{word.before}{text}{word.after}"
        if place in self._lower:
            return text
        pattern = self._pattern(word)
        if pattern is not None:
            bare = pattern.removesuffix("|")
            rest = text[len(bare) :]
            return bare + (capital(rest[:1], self.turkish) + rest[1:] if bare != pattern and rest else rest)
        return text if self.is_lower(word.before) and place not in self._title else self.default(text)

    def _pattern(self, word: Word) -> str | None:
        """The longest beginning that fits."""
        for length in range(min(self._longest, len(word.text)), 0, -1):
            context = word.text[:length]
            found = self._begin.get(word.before + context) or self._begin.get(context)
            if found is not None and not (found.endswith("|") and length == len(word.text)):
                return found
        return None

    @cached_property
    def _trivial(self) -> bool:
        return not self.sentences

    @cached_property
    def _lower(self) -> frozenset[str]:
        return frozenset(text for text in self._of("lower") if len(text) > 1)

    @cached_property
    def _after(self) -> frozenset[str]:
        return frozenset(text for text in self._of("lower") if len(text) == 1)

    @cached_property
    def _title(self) -> frozenset[str]:
        return frozenset(map(self.fold, self._of("title")))

    @cached_property
    def _upper(self) -> frozenset[str]:
        return frozenset(self._of("upper"))

    @cached_property
    def _begin(self) -> dict[str, str]:
        """Folded beginnings, with the divider before them where it matters, and how they are written."""
        return {self.fold(text.removesuffix("|")): text.lstrip(PLACES) for text in self._of("begin")}

    @cached_property
    def _longest(self) -> int:
        return max((len(text.removesuffix("|")) for text in self._begin.values()), default=0)

    def _of(self, kind: str) -> Iterable[str]:
        return (text.removeprefix(kind + " ") for text in self.sentences if text.startswith(kind + " "))
