"""Sequential Monte Carlo: names that meet constraints which the model rarely meets by itself.

A batch of names, the particles, is drawn letter by letter from the model's probabilities times those of `Lookahead`,
so that all of them end as they should. What this bends is put right by weights: each particle's is the model's
probability of its letters divided by that of having drawn them. Where the weights become too uneven, particles are
drawn anew by their weights (Del Moral et al. 2006; Lew et al. 2023, arXiv 2306.03081). Weighted particles estimate the
model *conditioned* on the constraints, where forbidding letters one by one would bend it (Park et al. 2024, arXiv
2405.21047).

Axes:  b particles   s prefixes, or states   t letters along a name   v vocabulary
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from model.constraints.acceptor import Acceptor
from model.corpus.vocabulary import END
from model.generation.checkpoints import checkpoint
from model.generation.drawn import Steps
from model.generation.letters import choose, join
from model.generation.lookahead import Lookahead
from model.generation.options import Options
from model.generation.predictor import Predictor, weights_of
from model.generation.prefixes import Prefixes
from model.network.parameters import FloatArray, IntArray

RESAMPLE_BELOW = 0.5
"""Particles are drawn anew where the effective sample size is less than this share of them."""

KEPT_AT_ONCE = 512
"""Names that are looked at between two checkpoints: some 10 ms."""


@dataclass(frozen=True, slots=True, eq=False)
class Particles:
    """Names with weights, all on one scale: those of several runs may be put together."""

    names: list[str]  # (b,)
    weights: FloatArray  # (b,)
    ancestors: IntArray  # (b,) which particle of the beginning each stems from

    def __add__(self, other: Particles) -> Particles:
        return Particles(
            self.names + other.names,
            np.concatenate([self.weights, other.weights]),
            np.concatenate([self.ancestors, other.ancestors + len(self.names)]),
        )

    @property
    def effective_sample_size(self) -> float:
        """How many independent draws they are worth.

        Particles of one ancestor count as one (Lee and Whiteley 2018), which is on the safe side.
        """
        families = np.bincount(self.ancestors, self.weights)
        return float(families.sum() ** 2 / (families**2).sum()) if families.any() else 0.0


def run(
    predictor: Predictor[Any],
    prefixes: Prefixes,
    acceptor: Acceptor,
    lookahead: Lookahead,
    rows: int,
    options: Options,
    rng: np.random.Generator,
) -> Steps[Particles]:
    """Draw `rows` particles; those that could not be ended, or that no list could hold, have weight 0."""
    given = prefixes.letters.shape[1]
    contexts, states = lookahead.contexts(prefixes.letters), acceptor.read(prefixes.letters)  # (s,)
    shares = prefixes.weights / prefixes.weights.sum()
    shares = shares * lookahead.values(options.max_length - given, contexts, states)
    if not shares.any():
        return Particles([], np.zeros(0), np.zeros(0, np.int64))
    node = systematic(shares, rows, rng)  # (b,) which state each particle has: those of one beginning share it
    letters = np.full((rows, options.max_length), END, np.int64)
    letters[:, :given] = prefixes.letters[node]
    logs = np.full(rows, np.log(shares.sum()))
    ancestors = np.arange(rows)
    going = np.arange(rows)  # particles that have not ended
    contexts, states, state = contexts[node], states[node], prefixes.state
    values = lookahead.values(options.max_length - given, contexts, states)
    weights = prefixes.following
    for length in range(given, options.max_length + 1):
        ahead = lookahead.letters(options.max_length - length, contexts, states)  # (v, b)
        checkpoint()
        proposal = (weights / weights.sum(axis=0))[:, node] * ahead
        masses = proposal.sum(axis=0)
        checkpoint()
        with np.errstate(divide="ignore"):
            logs[going] += np.log(masses) - np.log(values)
        possible = np.flatnonzero(masses > 0)
        proposal = proposal[:, possible]
        checkpoint()
        drawn = choose(proposal, rng)
        stays = drawn != END
        drawn, rest = drawn[stays], possible[stays]
        going, values, node = going[rest], ahead[drawn, rest], node[rest]
        if not going.size:
            break
        letters[going, length] = drawn
        contexts, states = lookahead.advance(contexts[rest], drawn), acceptor.next[states[rest], drawn]
        checkpoint()
        if _is_uneven(logs):
            chosen = systematic(_scaled(logs), rows, rng)
            place = np.full(rows, -1)
            place[going] = np.arange(len(going))
            kept = place[chosen]
            letters, ancestors = letters[chosen], ancestors[chosen]
            logs = np.full(rows, logs.max() + np.log(_scaled(logs).mean()))
            going, kept = np.flatnonzero(kept >= 0), kept[kept >= 0]
            if not going.size:
                break
            drawn, node, values = drawn[kept], node[kept], values[kept]
            contexts, states = contexts[kept], states[kept]
        size = predictor.vocabulary.size
        yield None
        begun, node = np.unique(node * size + drawn, return_inverse=True)
        state = predictor.read(state, *np.divmod(begun, size))
        checkpoint()
        weights = weights_of(predictor, state, options)
    names = join(letters, predictor.vocabulary)
    different, wanted = list(dict.fromkeys(names)), set[str]()
    for first in range(0, len(different), KEPT_AT_ONCE):
        checkpoint()
        wanted.update(predictor.keep(different[first : first + KEPT_AT_ONCE], prefixes.start))
    kept_names = np.array([name in wanted for name in names])
    return Particles(names, np.where(kept_names, np.exp(logs), 0), ancestors)


def systematic(weights: FloatArray, rows: int, rng: np.random.Generator) -> IntArray:
    """Draw `rows` indices, each as often as its weight says or at most once more or less (Carpenter et al. 1999)."""
    sums = np.cumsum(weights)
    heights = (np.arange(rows) + rng.random()) * (sums[-1] / rows)
    found: IntArray = np.searchsorted(sums, heights, side="right")
    last = int(np.flatnonzero(weights)[-1])
    return np.minimum(found, last, out=found)


def _scaled(logs: FloatArray) -> FloatArray:
    scaled: FloatArray = np.exp(logs - logs.max())
    return scaled


def _is_uneven(logs: FloatArray) -> bool:
    """Whether the effective sample size has become too small; not where all weights are 0."""
    if np.isneginf(logs.max()):
        return False
    weights = _scaled(logs)
    return bool(weights.sum() ** 2 < RESAMPLE_BELOW * len(weights) * (weights**2).sum())
