"""Drawing names that meet constraints, by one of three ways, each of which follows the model given the constraints.

Where so few names are possible that all can be scored, they are, and names are drawn by their probabilities. Where the
model often meets the constraints, names are drawn freely and those that don't meet them are dropped, as soon as they
can't any more. Both are exact. Else weighted `particles` are drawn until they are worth many more independent draws
than names are wanted, and names are chosen among them by their weights. Of one exact draw, this differs by about the
variance of the weights divided by the number of particles.

Axes:  b names in the batch   n possible names   t letters along a name   v vocabulary
"""

from __future__ import annotations

import math

import numpy as np

from model.constraints.counting import names_accepted
from model.corpus.vocabulary import END
from model.generation.drawn import ATTEMPTS_PER_NAME, MIN_ATTEMPTS, Draw, shortfall
from model.generation.letters import choose, join
from model.generation.lookahead import Lookahead
from model.generation.options import letter_weights
from model.generation.particles import Particles, run, systematic
from model.generation.request import Request
from model.network.parameters import FloatArray, IntArray

MAX_SCORED = 100
"""Possible names that are all scored."""

MIN_PARTICLES = 96
PARTICLES_PER_NAME = 8
MAX_PARTICLES = 4096
"""Of one run; there are several where names or independent draws are lacking."""

SAMPLE_PER_NAME = 2
"""Independent draws that particles should be worth, for each name wanted."""

MAX_RUNS = 8
"""Runs without a new name before a request is given up."""

MAX_RUNS_FOR_SAMPLE = 4
"""Runs for a request that has its names, but too few independent draws to choose them from."""


def draw_constrained(request: Request, rng: np.random.Generator) -> Draw:
    """Draw names that meet the constraints, by the way that suits."""
    options, given = request.options, request.given
    if request.possible <= MAX_SCORED:
        return draw_by_scores(request, rng)
    states = request.acceptor.read(request.prefixes.letters)
    lookahead = Lookahead(request.predictor, request.acceptor, options)
    shares = request.prefixes.weights / request.prefixes.weights.sum()
    contexts = lookahead.contexts(request.prefixes.letters)
    acceptance = float(shares @ lookahead.values(options.max_length - given, contexts, states))
    if acceptance * particles_for(request.count) >= request.count:
        return draw_by_rejection(request, rng, acceptance, lookahead)
    return draw_by_particles(request, lookahead, rng)


def particles_for(count: int) -> int:
    """Particles of one run for so many names."""
    return min(max(MIN_PARTICLES, PARTICLES_PER_NAME * count), MAX_PARTICLES)


def draw_by_scores(request: Request, rng: np.random.Generator) -> Draw:
    """Score all names that are possible, and draw among them."""
    options, predictor = request.options, request.predictor
    beginnings = request.prefixes.letters.astype(np.int64)
    letters = names_accepted(request.acceptor, beginnings, options.min_length, options.max_length)
    names = join(letters, predictor.vocabulary)
    kept = set(predictor.keep(names, predictor.fold(options.start)))
    weights = name_weights(request, letters) * np.array([name in kept for name in names])
    possible = int(np.count_nonzero(weights))
    if not possible:
        return Draw([], shortfall(0, len(names), options))
    if not options.unique:
        sums = weights.cumsum()
        chosen = np.searchsorted(sums, rng.random(request.count) * sums[-1], side="right")
        return Draw([names[place] for place in chosen], None)
    order = _without_replacement(weights, rng)[: request.count]
    reason = shortfall(possible, len(names), options, possible) if possible < request.count else None
    return Draw([names[place] for place in order], reason)


def name_weights(request: Request, letters: IntArray) -> FloatArray:
    """Probabilities (n,) of names (n, t), up to a constant, as the options bend them."""
    prefixes, predictor, given = request.prefixes, request.predictor, request.given
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
        weights = letter_weights(predictor.logits(state), request.options)
    return found


def draw_by_rejection(
    request: Request, rng: np.random.Generator, acceptance: float, lookahead: Lookahead | None = None
) -> Draw:
    """Draw freely, and drop what does not meet the constraints.

    Parameters
    ----------
    request
        What is wanted.
    rng
        Where the randomness comes from.
    acceptance
        How often the model meets the constraints, as far as is known.
    lookahead
        With which to go on where it meets them much more rarely.
    """
    found: list[str] = []
    seen: set[str] = set()
    count, attempts, began = request.count, 0, 0
    rows = math.ceil(count / acceptance * 1.25)
    while len(found) < count and attempts < MIN_ATTEMPTS + ATTEMPTS_PER_NAME * len(found):
        rows = min(rows, MAX_PARTICLES)
        began += 1
        attempts += rows
        before = len(found)
        for name in _drawn_freely(request, rows, rng):
            if not (request.options.unique and name in seen):
                seen.add(name)
                found.append(name)
        fresh = len(found) - before
        if lookahead is not None and len(found) < count and began >= 2 and attempts > 4 * particles_for(count):
            return draw_by_particles(request, lookahead, rng, found)
        if (not fresh and began >= MAX_RUNS) or (request.options.unique and len(found) >= request.possible):
            break
        rows = math.ceil((count - len(found)) * rows / fresh * 1.25) if fresh else 2 * rows
    reason = None if len(found) >= count else _shortfall(request, len(found), attempts)
    return Draw(found[:count], reason)


def _drawn_freely(request: Request, rows: int, rng: np.random.Generator) -> list[str]:
    """Begin `rows` names, and return those that meet the constraints, in the order in which they were begun."""
    options, predictor, prefixes, acceptor = request.options, request.predictor, request.prefixes, request.acceptor
    fewest = acceptor.letters_to_accept
    letters = np.full((rows, options.max_length), END, np.int64)
    is_met = np.zeros(rows, bool)
    origin = prefixes.choose(rows, rng)
    letters[:, : request.given] = prefixes.letters[origin]
    going = np.arange(rows)
    states = acceptor.read(prefixes.letters)[origin]
    state, weights = predictor.take(prefixes.state, origin), prefixes.following[:, origin]
    for length in range(request.given, options.max_length + 1):
        drawn = choose(weights, rng)
        ended = drawn == END
        is_met[going[ended]] = acceptor.accepting[states[ended]] & (length >= options.min_length)
        following = acceptor.next[states, drawn]
        stays = np.flatnonzero(~ended & (fewest[following] < options.max_length - length))
        if not stays.size:
            break
        going, drawn, states, state = going[stays], drawn[stays], following[stays], predictor.take(state, stays)
        letters[going, length] = drawn
        state = predictor.advance(state, drawn)
        weights = letter_weights(predictor.logits(state), options)
    return predictor.keep(join(letters[is_met], predictor.vocabulary), predictor.fold(options.start))


def draw_by_particles(
    request: Request, lookahead: Lookahead, rng: np.random.Generator, found: list[str] | None = None
) -> Draw:
    """Draw weighted particles, and choose names among them, after those that were found already."""
    options, count = request.options, request.count
    names = list(found or [])
    wanted = count - len(names)
    pool = Particles([], np.zeros(0), np.zeros(0, np.int64))
    rows = particles_for(wanted)
    runs = useless = distinct = 0
    while useless < MAX_RUNS and runs * rows < MIN_ATTEMPTS + ATTEMPTS_PER_NAME * distinct:
        pool += run(request.predictor, request.prefixes, request.acceptor, lookahead, rows, options, rng)
        runs += 1
        before, distinct = distinct, len(_merged(pool, names)[0])
        useless = 0 if distinct > before else useless + 1
        if options.unique and distinct + len(names) >= request.possible:
            break
        is_enough = pool.effective_sample_size >= SAMPLE_PER_NAME * wanted or runs >= MAX_RUNS_FOR_SAMPLE
        if is_enough and (distinct >= wanted if options.unique else distinct > 0):
            break
    size = pool.effective_sample_size
    if options.unique:
        candidates, weights = _merged(pool, names)
        names += [candidates[place] for place in _without_replacement(weights, rng)[:wanted]]
    elif size:
        names += [pool.names[place] for place in rng.permutation(systematic(pool.weights, wanted, rng))]
    reason = None if len(names) >= count else _shortfall(request, len(names), runs * rows)
    return Draw(names, reason, exact=False, effective_sample_size=size)


def _shortfall(request: Request, found: int, attempts: int) -> str:
    """Why there are too few names: there are no more, or they are rare."""
    is_all = request.options.unique and found >= request.possible
    return shortfall(found, attempts, request.options, found if is_all else None)


def _merged(pool: Particles, without: list[str]) -> tuple[list[str], FloatArray]:
    """Each name of the pool once, with its weight; without those of no weight, and some others."""
    merged: dict[str, float] = {}
    for name, weight in zip(pool.names, pool.weights.tolist(), strict=True):
        merged[name] = merged.get(name, 0) + weight
    for name in without:
        merged.pop(name, None)
    kept = {name: weight for name, weight in merged.items() if weight}
    return list(kept), np.array(list(kept.values()))


def _without_replacement(weights: FloatArray, rng: np.random.Generator) -> IntArray:
    """The order in which things come up that are drawn by their weights, each once (Efraimidis and Spirakis 2006)."""
    with np.errstate(divide="ignore"):
        keys = np.log(weights) + rng.gumbel(size=len(weights))
    order: IntArray = np.argsort(-keys)
    return order[: np.count_nonzero(weights)]
