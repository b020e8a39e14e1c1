"""What the letters of a drawn name must be like, and the automaton that accepts such names."""

from __future__ import annotations

from dataclasses import dataclass, fields

from model.constraints import regular, words
from model.constraints.acceptor import Acceptor
from model.constraints.alphabet import Alphabet
from model.constraints.construction import build
from model.constraints.syllables import bounds, syllables
from model.corpus.casing import Casing
from model.corpus.vocabulary import Vocabulary
from model.errors import InvalidOption, TooComplex

MAX_EXCLUDED = 100


@dataclass(frozen=True, slots=True)
class Constraints:
    """What the letters of a name must be like; case is ignored.

    Raises
    ------
    InvalidOption
        One is not well formed.
    """

    suffix: str | None = None  # how the name ends
    contains: str | None = None  # what stands in it
    pattern: str | None = None  # the whole name: ? is a letter with its marks, * any number of letters
    regex: str | None = None  # the whole name, see model.constraints.regular
    exclude: tuple[str, ...] = ()  # what must not stand in it
    syllables: str | None = None  # 3 or 2-3, see model.constraints.syllables

    def __post_init__(self) -> None:
        if len(self.exclude) > MAX_EXCLUDED:
            raise InvalidOption("exclude", f"must be at most {MAX_EXCLUDED}")
        if self.syllables is not None:
            bounds(self.syllables)

    def __bool__(self) -> bool:
        texts = (self.suffix, self.contains, self.pattern, self.regex, self.syllables)
        return bool(self.exclude) or texts.count(None) < len(texts)

    @property
    def asked(self) -> tuple[str, ...]:
        """Names of the constraints that are set."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name) not in (None, ()))


def compile_each(constraints: Constraints, vocabulary: Vocabulary, casing: Casing) -> dict[str, Acceptor]:
    """An automaton for each constraint that is set, by its name; without those that all names meet.

    Raises
    ------
    InvalidOption, TooComplex
        A constraint can't be understood, or would take too long; the error names it.
    UnknownLetter
        The model never saw a letter that a constraint asks for.
    """
    alphabet = Alphabet(vocabulary, casing)
    found: dict[str, Acceptor] = {}
    for option in constraints.asked:
        value = getattr(constraints, option)
        try:
            acceptor = _compile(option, value, alphabet)
        except TooComplex as error:
            raise TooComplex((option,), error.reason) from error
        if acceptor is not None:
            found[option] = acceptor
    return found


def _compile(option: str, value: str | tuple[str, ...], alphabet: Alphabet) -> Acceptor | None:
    if isinstance(value, tuple):
        return words.exclude(value, alphabet)
    if option == "syllables":
        return syllables(value, alphabet)
    parse = {"suffix": words.suffix, "contains": words.contains, "pattern": words.pattern, "regex": regular.parse}
    return build(parse[option](value, alphabet), alphabet)


def compile_constraints(constraints: Constraints, vocabulary: Vocabulary, casing: Casing) -> Acceptor | None:
    """The automaton of the names that meet all constraints, or None where there are none; raises as `compile_each`."""
    return intersection(compile_each(constraints, vocabulary, casing))


def intersection(acceptors: dict[str, Acceptor]) -> Acceptor | None:
    """What all of them accept; raises TooComplex, which names them."""
    found: Acceptor | None = None
    try:
        for acceptor in sorted(acceptors.values(), key=lambda each: len(each.accepting)):
            found = acceptor if found is None else found.intersect(acceptor)
    except TooComplex as error:
        raise TooComplex(tuple(acceptors), error.reason) from error
    return found
