"""A request for names: the beginnings that it allows, the automaton of its constraints, how many names that accepts.

Axes:  n possible names   t letters along a name
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from model.cached import cached_property
from model.constraints.acceptor import Acceptor
from model.constraints.alphabet import Alphabet
from model.constraints.conflicts import conflict
from model.constraints.constraints import compile_each, intersection
from model.constraints.counting import count_names, names_accepted
from model.corpus.spelling import tidy_start
from model.corpus.vocabulary import END
from model.generation.checkpoints import checkpoint
from model.generation.letters import join
from model.generation.lookahead import Lookahead
from model.generation.options import Options, letter_weights
from model.generation.predictor import Predictor
from model.generation.prefixes import Prefixes
from model.network.parameters import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Request:
    """What is asked, and what is worked out for it once."""

    predictor: Predictor[Any]
    prefixes: Prefixes
    acceptor: Acceptor | None  # of the constraints; None where all names meet them
    options: Options

    @property
    def given(self) -> int:
        """Letters of the start."""
        letters: int = self.prefixes.letters.shape[1]
        return letters

    @property
    def constraints(self) -> Acceptor:
        """The automaton, where there is one."""
        if self.acceptor is None:
            raise ValueError("nothing is asked of the letters")
        return self.acceptor

    @cached_property
    def possible(self) -> float:
        """How many names the automaton accepts."""
        return _possible(self.constraints, self.prefixes, self.options)

    @cached_property
    def lookahead(self) -> Lookahead:
        """How probable it is that a name, begun in some way, ends as it should."""
        return Lookahead(self.predictor, self.constraints, self.options)

    @cached_property
    def acceptance(self) -> float:
        """How often the model meets the constraints, by the look-ahead."""
        prefixes, ahead = self.prefixes, self.lookahead
        shares = prefixes.weights / prefixes.weights.sum()
        contexts, states = ahead.contexts(prefixes.letters), self.constraints.read(prefixes.letters)
        return float(shares @ ahead.values(self.options.max_length - self.given, contexts, states))

    @cached_property
    def scored(self) -> tuple[list[str], FloatArray]:
        """All names that the automaton accepts, where they are few, and their probabilities (n,) up to a constant.

        What the predictor does not keep has the probability 0.
        """
        options, predictor = self.options, self.predictor
        beginnings = self.prefixes.letters.astype(np.int64)
        letters = names_accepted(self.constraints, beginnings, options.min_length, options.max_length)
        names = join(letters, predictor.vocabulary)
        kept = set(predictor.keep(names, self.prefixes.start))
        return names, self._weights(letters) * np.array([name in kept for name in names])

    def _weights(self, letters: IntArray) -> FloatArray:
        """Probabilities (n,) of names (n, t), up to a constant, as the options bend them."""
        prefixes, predictor, given = self.prefixes, self.predictor, self.given
        beginnings = {tuple(row): place for place, row in enumerate(prefixes.letters.tolist())}
        origin = np.array([beginnings[tuple(row)] for row in letters[:, :given].tolist()])
        state, weights = predictor.take(prefixes.state, origin), prefixes.following[:, origin]
        found: FloatArray = prefixes.weights[origin].astype(np.float64)
        padded = np.pad(letters, ((0, 0), (0, 1)), constant_values=END)
        ended = np.zeros(len(letters), bool)
        for column in padded[:, given:].T:
            odds = weights[column, np.arange(len(column))] / weights.sum(axis=0)
            found[~ended] *= odds[~ended]
            ended |= column == END
            if ended.all():
                break
            state = predictor.advance(state, column)
            weights = letter_weights(predictor.logits(state), self.options)
        return found


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
    checkpoint()
    if not _possible(acceptor, prefixes, options):
        alphabet = Alphabet(predictor.vocabulary, predictor.casing)
        raise conflict(each, tidy_start(options.start), options.min_length, options.max_length, alphabet)
    return acceptor


def _possible(acceptor: Acceptor, prefixes: Prefixes, options: Options) -> float:
    given = prefixes.letters.shape[1]
    states = acceptor.read(prefixes.letters).tolist()
    return count_names(acceptor, states, options.min_length - given, options.max_length - given)
