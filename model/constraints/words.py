"""Endings, substrings and patterns with ``?`` and ``*``: from text to expressions."""

from __future__ import annotations

import re

from model.constraints.acceptor import Acceptor
from model.constraints.alphabet import Alphabet
from model.constraints.construction import build
from model.constraints.expressions import Choice, Expression, Sequence, anything, grapheme, literal
from model.corpus.spelling import LONGEST_NAME_LETTERS, tidy_start
from model.errors import InvalidOption, UnknownLetter

WILDCARDS = re.compile(r"([?*])")

SIGNS = ",._%^$[](){}|+*?"
"""What no name of a model has, and somebody writes who means something by it."""

ADVICE = {
    "pattern": "? is one letter and * any number of them, and all else stands for itself; for more, give a regex",
    "contains": "it is taken letter by letter; for several, or for any letter, give a regex, such as .*(iel|ael)",
}
"""What to say of them, by the option."""


def letters_of(text: str, alphabet: Alphabet, option: str) -> Expression:
    """The letters of a text, in any case; raises UnknownLetter for those that the model never saw."""
    spellings = alphabet.spellings(text)
    unknown = dict.fromkeys(letter for letter, letters in spellings if not letters)
    if meant := next((letter for letter in unknown if letter in SIGNS), None):
        raise InvalidOption(option, f"has {meant!r}; {ADVICE.get(option, ADVICE['contains'])}")
    if unknown:
        raise UnknownLetter(tuple(unknown), alphabet.vocabulary.letters, option)
    return literal([letters for _, letters in spellings])


def suffix(text: str, alphabet: Alphabet) -> Expression:
    """Names that end with a text."""
    return Sequence((anything(alphabet), letters_of(_tidy(text, "suffix"), alphabet, "suffix")))


def contains(text: str, alphabet: Alphabet) -> Expression:
    """Names in which a text stands."""
    found = letters_of(_piece(text, "contains"), alphabet, "contains")
    return Sequence((anything(alphabet), found, anything(alphabet)))


def pattern(text: str, alphabet: Alphabet) -> Expression:
    """Names like ``Mar??a`` and ``*iel``: ``?`` is a letter with its marks, ``*`` any letters or none."""
    parts: list[Expression] = []
    for piece in WILDCARDS.split(_tidy(text, "pattern")):
        if piece == "?":
            parts.append(grapheme(alphabet.everything, alphabet))
        elif piece == "*":
            parts.append(anything(alphabet))
        else:
            parts.append(letters_of(piece, alphabet, "pattern"))
    return Sequence(tuple(parts))


def exclude(texts: tuple[str, ...], alphabet: Alphabet) -> Acceptor | None:
    """Names in which none of the texts stands; None where the model can spell none of them."""
    spelled = [alphabet.spellings(_piece(text, "exclude")) for text in texts]
    possible = [[letters for _, letters in text] for text in spelled if all(letters for _, letters in text)]
    if not possible:
        return None
    unwanted = Choice(tuple(map(literal, possible)))
    return build(Sequence((anything(alphabet), unwanted, anything(alphabet))), alphabet).complement()


def _piece(text: str, option: str) -> str:
    """As `_tidy`, but a blank is the space that divides the words of a name."""
    return " " if text.isspace() else _tidy(text, option)


def _tidy(text: str, option: str) -> str:
    """A piece of a name, tidied as names are; it may begin and end with what divides words."""
    tidied = tidy_start(text.rstrip(" "))
    if not tidied:
        raise InvalidOption(option, "must not be empty")
    if len(tidied) > LONGEST_NAME_LETTERS:
        raise InvalidOption(option, f"must be at most {LONGEST_NAME_LETTERS} characters")
    return tidied
