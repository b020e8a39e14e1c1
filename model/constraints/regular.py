r"""Regular expressions for whole names: from text to an expression.

``a``, ``.``, ``[a-z]``, ``[^aeiou]``, groups, ``|``, ``* + ? {3} {2,4} {2,}``, and ``\.`` for a full stop. Case is
ignored. ``.`` and a class mean a letter with all its marks, which is what a reader sees as one; ``.*`` means any
letters, and marks of the letter before it too. The whole name is matched, so ``^`` at the beginning and ``$`` at the
end change nothing. Look-around and references to groups are no part of regular expressions in this sense.
"""

from __future__ import annotations

from model.constraints.alphabet import Alphabet
from model.constraints.expressions import Choice, Expression, Letter, Repeat, Sequence, anything, grapheme
from model.corpus.normal_form import nfc
from model.corpus.spelling import PLAIN
from model.errors import InvalidOption, UnknownLetter

MAX_TEXT = 200
"""Characters of an expression."""

MAX_DEPTH = 20
"""Groups within groups."""

MAX_REPEAT = 1000

SPECIAL = "\\.[]()|*+?{}^$"
HELP = {
    "^": "has ^ in another place than its beginning; it matches whole names, so leave ^ out",
    "$": "has $ in another place than its end; it matches whole names, so leave $ out",
    ")": "closes a group that was never opened; write \\) where it should be part of the name",
    "]": "closes a class that was never opened",
    "{": "has { with nothing before it to repeat",
    "}": "has } without a { before it",
}


def parse(text: str, alphabet: Alphabet) -> Expression:
    """Read a regular expression.

    Raises
    ------
    InvalidOption
        It is too long or nested too deeply, or has something that is not understood: the reason says what to write.
    UnknownLetter
        It needs letters that the model never saw.
    """
    if len(text) > MAX_TEXT:
        raise InvalidOption("regex", f"must be at most {MAX_TEXT} characters")
    return _Parser(nfc(text), alphabet).parse()


class _Parser:
    """A recursive descent through one text."""

    def __init__(self, text: str, alphabet: Alphabet) -> None:
        text = text.removeprefix("^")
        bare = text.removesuffix("$")
        escapes = len(bare) - len(bare.rstrip("\\"))
        self._text = text if escapes % 2 else bare
        self._alphabet = alphabet
        self._place = 0
        self._depth = 0
        self._unknown: dict[str, None] = {}

    def parse(self) -> Expression:
        """The whole text."""
        found = self._choice()
        if self._next:
            raise self._refusal(HELP[self._next])
        if self._unknown:
            raise UnknownLetter(tuple(self._unknown), self._alphabet.vocabulary.letters, "regex")
        return found

    @property
    def _next(self) -> str:
        return self._text[self._place : self._place + 1]

    def _take(self) -> str:
        taken = self._next
        self._place += 1
        return taken

    def _skip(self, text: str) -> bool:
        """Go past a text if it comes next."""
        is_next = self._text.startswith(text, self._place)
        self._place += len(text) * is_next
        return is_next

    @staticmethod
    def _refusal(reason: str) -> InvalidOption:
        return InvalidOption("regex", reason)

    def _choice(self) -> Expression:
        parts = [self._sequence()]
        while self._skip("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _sequence(self) -> Expression:
        parts = []
        while self._next not in ("", "|", ")"):
            parts.append(self._repeated(self._one()))
        return Sequence(tuple(parts))

    def _one(self) -> Expression:
        letter = self._take()
        if letter == "(":
            return self._group()
        if letter == ".":
            return grapheme(self._alphabet.everything, self._alphabet)
        if letter == "[":
            return self._class()
        if letter in "*+?":
            raise self._refusal(f"has {letter} with nothing before it to repeat")
        if letter in HELP:
            raise self._refusal(HELP[letter])
        return self._literal(self._escaped() if letter == "\\" else letter)

    def _literal(self, letter: str) -> Expression:
        spellings = self._alphabet.spellings(letter.translate(PLAIN))
        self._unknown |= {letter: None for letter, letters in spellings if not letters}
        return Sequence(tuple(Letter(letters) for _, letters in spellings))

    def _escaped(self) -> str:
        letter = self._take()
        if not letter:
            raise self._refusal("ends with a backslash; write \\\\ for one")
        if letter.isdigit():
            raise self._refusal(
                f"refers back to a group with \\{letter}, which is not possible: write out what it repeats"
            )
        if letter.isalnum():
            raise self._refusal(f"has \\{letter}, which is not known; list the letters in a class, such as [a-z]")
        return letter

    def _group(self) -> Expression:
        if self._skip("?") and not self._skip(":"):
            if self._next in ("=", "!", "<"):
                reason = "looks around with (?, which is not possible: ask for it with exclude, contains or suffix"
                raise self._refusal(reason)
            raise self._refusal("has a group that begins with (?; write ( or (?: instead")
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._refusal(f"has groups within groups; at most {MAX_DEPTH} are possible")
        found = self._choice()
        self._depth -= 1
        if not self._skip(")"):
            raise self._refusal("opens a group that is not closed; add )")
        return found

    def _repeated(self, part: Expression) -> Expression:
        """What comes, as often as what follows it says."""
        bounds = self._bounds()
        if bounds is None:
            return part
        self._skip("?")  # as few as possible: the same names match
        if self._next and self._next in "*+?{":
            raise self._refusal("repeats a repetition; put the first one into a group")
        least, most = bounds
        if most is None and part == grapheme(self._alphabet.everything, self._alphabet):
            return Sequence((Repeat(part, least, least), anything(self._alphabet)))
        return Repeat(part, least, most)

    def _bounds(self) -> tuple[int, int | None] | None:
        for sign, least, most in (("*", 0, None), ("+", 1, None), ("?", 0, 1)):
            if self._skip(sign):
                return least, most
        if not self._skip("{"):
            return None
        least_text, comma, most_text = self._until("}", "opens a repetition with { that is not closed").partition(",")
        least = self._number(least_text, 0 if comma else None)
        most = (self._number(most_text, None) if most_text.strip() else None) if comma else least
        if most is not None and most < least:
            raise self._refusal(f"repeats {{{least},{most}}}, of which the first number is the larger")
        return least, most

    def _number(self, text: str, default: int | None) -> int:
        text = text.strip()
        if not text and default is not None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(MAX_REPEAT)) and int(text) <= MAX_REPEAT):
            raise self._refusal(f"has {{ with no number up to {MAX_REPEAT} after it; write {{3}}, {{2,}} or {{2,4}}")
        return int(text)

    def _until(self, sign: str, reason: str) -> str:
        end = self._text.find(sign, self._place)
        if end < 0:
            raise self._refusal(f"{reason}; add {sign}")
        found = self._text[self._place : end]
        self._place = end + 1
        return found

    def _class(self) -> Expression:
        is_negated = self._skip("^")
        letters, asked = 0, []
        while self._next != "]":
            first = self._member()
            if self._next == "-" and self._text[self._place + 1 : self._place + 2] not in ("]", ""):
                self._place += 1
                last = self._member()
                if last < first:
                    raise self._refusal(f"has the range {first}-{last}, of which the first letter comes after the last")
                letters |= self._alphabet.between(first, last)
            else:
                spellings = self._alphabet.spellings(first.translate(PLAIN))
                if len(spellings) > 1:
                    raise self._refusal(f"has {first!r} in a class, which is written with several letters here")
                letters |= spellings[0][1]
                asked.append(spellings[0][0])
        self._place += 1
        if is_negated:
            letters = self._alphabet.everything & ~(letters | self._alphabet.marks)
        elif not letters:
            if not asked:
                raise self._refusal("has a class that no letter of the model is in; name letters in it, as in [a-e]")
            self._unknown |= dict.fromkeys(asked)
        return grapheme(letters, self._alphabet)

    def _member(self) -> str:
        letter = self._take()
        if not letter:
            raise self._refusal("opens a class that is not closed; add ]")
        return self._escaped() if letter == "\\" else letter
