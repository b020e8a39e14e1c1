"""Prefixes: the ways in which a name can begin, before the first letter is drawn.

Usually there is one: nothing, or the start that was asked for. There are several where a list keeps its upper and lower
case (``mc`` may be ``Mc`` or ``MC``); each is then as probable as the model makes it.

Axes:  s prefixes   t letters   v vocabulary
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from model.corpus.spelling import begins_a_name, tidy_start
from model.errors import UnknownLetter, Unsatisfiable
from model.generation.beginnings import NONE, Beginnings, bytes_of
from model.generation.checkpoints import checkpoint
from model.generation.options import Options, letter_weights
from model.generation.predictor import Predictor
from model.network.parameters import FloatArray, IntArray

MAX_PREFIXES = 1024
"""Spellings of one start that are followed; beyond ten letters of two cases each, the most probable ones."""

CACHED_OPTIONS = 16


@dataclass(frozen=True, slots=True, eq=False)
class Prefixes:
    """Fixed letters, the state after reading them, and how often each should be taken."""

    letters: IntArray  # (s, t)
    state: Any  # the predictor's, of s names
    weights: FloatArray  # (s,) up to a constant
    following: FloatArray  # (v, s) weights of the letter that follows each
    beginnings: Beginnings  # where names go on from
    nodes: IntArray  # (s,) the beginning that each prefix is
    start: str  # as it was asked for, folded

    @property
    def nbytes(self) -> int:
        """Memory that its arrays take; the tree of the predictor is not among them."""
        own = self.letters.nbytes + self.weights.nbytes + self.following.nbytes + self.nodes.nbytes
        is_apart = self.beginnings.state is self.state
        return own + (self.beginnings.nbytes if is_apart else bytes_of(self.state))

    def choose(self, rows: int, rng: np.random.Generator) -> IntArray:
        """Draw a prefix for each of `rows` names; nothing is drawn where there is only one."""
        if len(self.weights) == 1:
            return np.zeros(rows, np.int64)
        sums = self.weights.cumsum()
        chosen: IntArray = np.searchsorted(sums, rng.random(rows) * sums[-1], side="right")
        return chosen


def find_prefixes(predictor: Predictor[Any], options: Options) -> Prefixes:
    """The prefixes that `options.start` allows, kept with the predictor for the next request of the same kind.

    Raises
    ------
    UnknownLetter, Unsatisfiable
        The start has a letter that the model never saw, or no name begins with it.
    """
    cache = predictor.prefix_cache
    key = (options.start, options.max_length, options.temperature, options.top_k, options.top_p)
    found: Prefixes | None = cache.get(key)
    if found is None:
        alternatives = spellings(predictor, options.start, "start")
        if len(alternatives) > options.max_length:
            longest = f"longer than max_length {options.max_length}"
            raise Unsatisfiable(f"start {tidy_start(options.start)!r} is {longest}", ("start", "max_length"))
        found = cache[key] = _read(predictor, alternatives, options)
        if len(cache) > CACHED_OPTIONS:
            cache.popitem(last=False)
    return found


def spellings(predictor: Predictor[Any], start: str, option: str) -> list[IntArray]:
    """For each letter of a start, the indices that it may have: more than one where the list keeps its case.

    Raises
    ------
    UnknownLetter, Unsatisfiable
        The start, which `option` asks for, has a letter that the model never saw, or no name begins with it.
    """
    known = predictor.vocabulary.letters
    start = tidy_start(start)
    if " " not in known:
        start = start.rstrip(" ")
    alternatives = predictor.casing.alternatives(start)
    missing = dict.fromkeys(cases[0] for cases in alternatives if not set(cases) & set(known))
    if missing:
        raise UnknownLetter(tuple(missing), known, option)
    if start and not begins_a_name(start):
        raise Unsatisfiable(f"no name begins with {start!r}", (option,))
    return [
        np.array(predictor.vocabulary.encode("".join(case for case in cases if case in known)))
        for cases in alternatives
    ]


def _read(predictor: Predictor[Any], alternatives: list[IntArray], options: Options) -> Prefixes:
    """Read through the letters of a start; where one has several spellings, follow each."""
    letters, state = np.zeros((1, 0), np.int64), predictor.start(1)
    weights: FloatArray = np.zeros(1)  # (s,) logarithms
    for indices in alternatives:
        checkpoint()  # others may go first, but there is always time for what is kept for all
        scores = predictor.log_probabilities(state)[indices] / options.temperature  # (choices, s)
        scores = np.maximum(scores, np.log(np.finfo(scores.dtype).tiny))  # the only spelling may be impossible
        sums = (weights + scores).T.ravel()  # the choices of each prefix together
        best = np.sort(np.argsort(-sums, kind="stable")[:MAX_PREFIXES])
        parents, taken = best // len(indices), indices[best % len(indices)]
        letters = np.concatenate([letters[parents], taken[:, None]], axis=1)
        state = predictor.advance(predictor.take(state, parents), taken)
        weights = sums[best]
    tree = predictor.beginnings
    nodes = np.array([tree.find(row) for row in letters])
    if (nodes == NONE).any():
        tree, nodes = Beginnings.apart(state, predictor.logits(state)), np.arange(len(letters))
    following = letter_weights(tree.logits[:, nodes], options)
    return Prefixes(
        letters, state, np.exp(weights - weights.max()), following, tree, nodes, predictor.fold(options.start)
    )
