"""The ways in which a name can begin: what stands fixed before the first letter is drawn.

Usually there is one: the empty beginning, or the start that was asked for. There are several where a list keeps its
upper and lower case (``mc`` may be ``Mc`` or ``MC``), and where the model was not taught first letters and draws them
from the frequencies of its list. Then each is as probable as the model makes it.

Axes:  s prefixes   t letters   v vocabulary   h hidden units
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from model.artifact.model_file import Artifact
from model.corpus.parsing import begins_a_name, tidy_start
from model.corpus.vocabulary import END
from model.errors import UnknownLetter, Unsatisfiable
from model.generation.options import Options, letter_weights
from model.network.backpropagation import IntArray, log_softmax, logits, step
from model.network.parameters import FloatArray

MOST = 1024
"""How many spellings of one start are followed; beyond ten letters of two cases each, the most probable ones."""


@dataclass(frozen=True, eq=False)
class Prefixes:
    """Fixed letters, the state after reading them, and how often each should be taken."""

    letters: IntArray  # (s, t)
    hidden: FloatArray  # (s, h)
    weights: FloatArray  # (s,) up to a constant
    following: FloatArray  # (v, s) weights of the letter that follows each

    def choose(self, rows: int, rng: np.random.Generator) -> IntArray:
        """Draw a beginning for each of `rows` names; nothing is drawn where there is only one."""
        if len(self.weights) == 1:
            return np.zeros(rows, np.int64)
        sums = self.weights.cumsum()
        chosen: IntArray = np.searchsorted(sums, rng.random(rows) * sums[-1], side="right")
        return chosen


@lru_cache(maxsize=16)
def prefixes(artifact: Artifact, options: Options) -> Prefixes:
    """The prefixes that `options.start` allows; raises UnknownLetter or Unsatisfiable for one that none has.

    Kept for the next request with the same options: most have the same few.
    """
    hidden = np.zeros((1, artifact.parameters.hidden), artifact.parameters.flat.dtype)
    nothing = np.zeros((1, 0), np.int64)
    start = tidy_start(options.start)
    if " " not in artifact.vocabulary.letters:
        start = start.rstrip(" ")
    choices = _choices(artifact, start)
    if len(choices) > options.max_length:
        raise Unsatisfiable(f"start {start!r} is longer than max_length {options.max_length}")
    if start and not begins_a_name(start):
        raise Unsatisfiable(f"no name begins with {start!r}")
    if artifact.first_letters is None:
        hidden = step(artifact.parameters, np.array([END]), hidden)
        return _extend(artifact, options, nothing, hidden, np.zeros(1), choices)
    with np.errstate(divide="ignore"):
        first = np.log(artifact.first_letters)  # (v,)
    if choices:
        indices, weights = choices[0], np.zeros(len(choices[0]))
        if len(indices) > 1:
            weights = np.maximum(first[indices], np.log(np.finfo(float).tiny)) / options.temperature
    else:
        allowed = letter_weights(first[:, None], options)[:, 0]
        indices = np.flatnonzero(allowed)
        weights = np.log(allowed[indices])
    hidden = step(artifact.parameters, indices, np.repeat(hidden, len(indices), axis=0))
    return _extend(artifact, options, indices[:, None], hidden, weights, choices[1:])


def _choices(artifact: Artifact, start: str) -> list[IntArray]:
    """For each letter of the start, the indices that it may have: more than one where the list keeps its case."""
    alternatives = artifact.casing.alternatives(start)
    known = artifact.vocabulary.letters
    missing = dict.fromkeys(options[0] for options in alternatives if not set(options) & set(known))
    if missing:
        raise UnknownLetter(tuple(missing), known)
    return [
        np.array([artifact.vocabulary.encode(letter)[0] for letter in options if letter in known])
        for options in alternatives
    ]


def _extend(
    artifact: Artifact,
    options: Options,
    letters: IntArray,
    hidden: FloatArray,
    weights: FloatArray,
    choices: list[IntArray],
) -> Prefixes:
    """Read on through the letters of a start, from the prefixes so far; `weights` (s,) are logarithms."""
    for indices in choices:
        scores = log_softmax(logits(artifact.parameters, hidden) / options.temperature)[indices]  # (choices, s)
        sums = (weights + scores).T.ravel()  # the choices of each beginning together
        best = np.sort(np.argsort(-sums, kind="stable")[:MOST])
        parents, taken = best // len(indices), indices[best % len(indices)]
        letters = np.concatenate([letters[parents], taken[:, None]], axis=1)
        hidden = step(artifact.parameters, taken, hidden[parents])
        weights = sums[best]
    following = letter_weights(logits(artifact.parameters, hidden), options)
    return Prefixes(letters, hidden, np.exp(weights - weights.max()), following)
