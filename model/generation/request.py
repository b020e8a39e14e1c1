"""A request for names that meet constraints: the automaton that they make together, and how many names it accepts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from model.constraints.acceptor import Acceptor
from model.constraints.alphabet import Alphabet
from model.constraints.conflicts import conflict
from model.constraints.constraints import compile_each, intersection
from model.constraints.counting import count_names
from model.corpus.spelling import tidy_start
from model.generation.options import Options
from model.generation.predictor import Predictor
from model.generation.prefixes import Prefixes


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """One request for constrained names, and what is worked out for it."""

    predictor: Predictor[Any]
    prefixes: Prefixes
    acceptor: Acceptor
    options: Options
    count: int

    @property
    def given(self) -> int:
        """Letters of the start."""
        letters: int = self.prefixes.letters.shape[1]
        return letters

    @property
    def possible(self) -> float:
        """How many names the automaton accepts."""
        return _possible(self.acceptor, self.prefixes, self.options)


def compile_options(predictor: Predictor[Any], prefixes: Prefixes, options: Options) -> Acceptor | None:
    """The automaton of the constraints; None where all names meet them.

    Raises
    ------
    Unsatisfiable
        No name meets them together with the start and the lengths; the error names those at fault.
    InvalidOption, TooComplex, UnknownLetter
        As `compile_each`.
    """
    each = compile_each(options.constraints, predictor.vocabulary, predictor.casing)
    acceptor = intersection(each)
    if acceptor is None:
        return None
    if not _possible(acceptor, prefixes, options):
        alphabet = Alphabet(predictor.vocabulary, predictor.casing)
        raise conflict(each, tidy_start(options.start), options.min_length, options.max_length, alphabet)
    return acceptor


def _possible(acceptor: Acceptor, prefixes: Prefixes, options: Options) -> float:
    given = prefixes.letters.shape[1]
    states = acceptor.read(prefixes.letters).tolist()
    return count_names(acceptor, states, options.min_length - given, options.max_length - given)
