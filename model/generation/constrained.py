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
from collections.abc import Iterable, Iterator

import numpy as np

from model.corpus.vocabulary import END
from model.generation.checkpoints import checkpoint
from model.generation.drawn import ATTEMPTS_PER_NAME, MIN_ATTEMPTS, Progress, Steps, shortfall
from model.generation.letters import choose, join
from model.generation.particles import Particles, run, systematic
from model.generation.predictor import weights_of
from model.generation.request import Request
from model.generation.seen import SeenNames
from model.network.parameters import FloatArray, IntArray

MAX_SCORED = 100
"""Possible names that are all scored."""

MIN_PARTICLES = 96
PARTICLES_PER_NAME = 8
MAX_PARTICLES = 4096
"""Of one run; there are several where names or independent draws are lacking."""

FIRST_CONSTRAINED = MIN_PARTICLES // PARTICLES_PER_NAME
"""Names that are drawn for first when it is not known how many will be wanted."""

SAMPLE_PER_NAME = 2
"""Independent draws that particles should be worth, for each name wanted."""

MAX_RUNS = 8
"""Runs without a new name before a request is given up."""

MAX_RUNS_FOR_SAMPLE = 4
"""Runs for a request that has its names, but too few independent draws to choose them from."""


def draw_constrained(
    request: Request, progress: Progress, sizes: Iterable[int], rng: np.random.Generator
) -> Steps[None]:
    """Names in batches, by the way that suits; as `model.generation.free.draw_freely`."""
    if request.possible <= MAX_SCORED:
        yield from draw_by_scores(request, progress, sizes, rng)
        return
    acceptance = request.acceptance
    for size in sizes:
        if acceptance * particles_for(size) >= size:
            acceptance = yield from draw_by_rejection(request, progress, size, rng, acceptance)
        else:
            yield from draw_by_particles(request, progress, size, rng)
        if progress.shortfall:
            return


def particles_for(count: int) -> int:
    """Particles of one run for so many names."""
    return min(max(MIN_PARTICLES, PARTICLES_PER_NAME * count), MAX_PARTICLES)


def draw_by_scores(
    request: Request, progress: Progress, sizes: Iterable[int], rng: np.random.Generator
) -> Iterator[list[str]]:
    """Score all names that are possible, and draw among them."""
    options = request.options
    names, weights = request.scored
    possible = int(np.count_nonzero(weights))
    if not possible:
        progress.shortfall = shortfall(0, len(names), options)
    elif options.unique:
        yield [names[place] for place in _without_replacement(weights, rng)]
        progress.shortfall = shortfall(possible, len(names), options, possible)
    else:
        sums = weights.cumsum()
        for size in sizes:
            chosen = np.searchsorted(sums, rng.random(size) * sums[-1], side="right")
            yield [names[place] for place in chosen]


def draw_by_rejection(
    request: Request, progress: Progress, wanted: int, rng: np.random.Generator, acceptance: float
) -> Steps[float]:
    """Draw freely, and drop what does not meet the constraints.

    Parameters
    ----------
    request
        What is asked.
    progress
        What was drawn before.
    wanted
        How many names to draw.
    rng
        Where the randomness comes from.
    acceptance
        How often the model meets the constraints, as far as is known. Where it does much more rarely, particles go on.

    Yields
    ------
    list of str
        Names.

    Returns
    -------
    float
        The same as `acceptance`, as far as is known now.
    """
    lacking, attempts, began = wanted, 0, 0
    rows = math.ceil(wanted / acceptance * 1.25)
    while lacking and progress.attempts < MIN_ATTEMPTS + ATTEMPTS_PER_NAME * progress.found:
        rows = min(rows, MAX_PARTICLES)
        began, attempts, progress.attempts = began + 1, attempts + rows, progress.attempts + rows
        names, letters = yield from _drawn_freely(request, rows, rng)
        progress.letters += letters
        taken, fresh = progress.add(names, lacking)
        lacking -= len(taken)
        yield taken
        if lacking and began >= 2 and attempts > 4 * particles_for(wanted):
            yield from draw_by_particles(request, progress, lacking, rng)
            return (wanted - lacking) / attempts
        if (not fresh and began >= MAX_RUNS) or _are_all_found(request, progress):
            break
        rows = math.ceil(lacking * rows / fresh * 1.25) if fresh else 2 * rows
    if lacking:
        progress.shortfall = _shortfall(request, progress, progress.attempts)
    return acceptance


def _drawn_freely(request: Request, rows: int, rng: np.random.Generator) -> Steps[tuple[list[str], int]]:
    """Begin `rows` names; those that meet the constraints, in the order in which they were begun, and all letters."""
    options, predictor, prefixes, acceptor = request.options, request.predictor, request.prefixes, request.constraints
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
        going, drawn, states = going[stays], drawn[stays], following[stays]
        letters[going, length] = drawn
        yield None
        state = predictor.read(state, stays, drawn)
        weights = weights_of(predictor, state, options)
    names = join(letters[is_met], predictor.vocabulary)
    return predictor.keep(names, prefixes.start), int(np.count_nonzero(letters != END))


def draw_by_particles(request: Request, progress: Progress, wanted: int, rng: np.random.Generator) -> Steps[None]:
    """Draw weighted particles, and choose names among them."""
    options = request.options
    pool = Particles([], np.zeros(0), np.zeros(0, np.int64))
    rows = particles_for(wanted)
    runs = useless = distinct = 0
    while useless < MAX_RUNS and runs * rows < MIN_ATTEMPTS + ATTEMPTS_PER_NAME * distinct:
        pool += yield from run(
            request.predictor, request.prefixes, request.constraints, request.lookahead, rows, options, rng
        )
        runs += 1
        checkpoint()
        before, distinct = distinct, len(_merged(pool, progress.seen)[0])
        useless = 0 if distinct > before else useless + 1
        if options.unique and distinct + progress.found >= request.possible:
            break
        is_enough = pool.effective_sample_size >= SAMPLE_PER_NAME * wanted or runs >= MAX_RUNS_FOR_SAMPLE
        if is_enough and (distinct >= wanted if options.unique else distinct > 0):
            break
    checkpoint()
    size = pool.effective_sample_size
    progress.attempts += runs * rows
    progress.letters += sum(map(len, pool.names))
    progress.effective_sample_size = (progress.effective_sample_size or 0) + size
    names: list[str] = []
    if options.unique:
        candidates, weights = _merged(pool, progress.seen)
        names = [candidates[place] for place in _without_replacement(weights, rng)]
    elif size:
        names = [pool.names[place] for place in rng.permutation(systematic(pool.weights, wanted, rng))]
    taken, _ = progress.add(names, wanted)
    if len(taken) < wanted:
        progress.shortfall = _shortfall(request, progress, progress.attempts)
    yield taken


def _are_all_found(request: Request, progress: Progress) -> bool:
    return request.options.unique and progress.found >= request.possible


def _shortfall(request: Request, progress: Progress, attempts: int) -> str:
    """Why there are too few names: there are no more, or they are rare."""
    possible = progress.found if _are_all_found(request, progress) else None
    return shortfall(progress.found, attempts, request.options, possible)


def _merged(pool: Particles, seen: SeenNames) -> tuple[list[str], FloatArray]:
    """Each name of the pool once, with its weight; without those of no weight, and those that came up before."""
    merged: dict[str, float] = {}
    for name, weight in zip(pool.names, pool.weights.tolist(), strict=True):
        merged[name] = merged.get(name, 0) + weight
    kept = seen.new(name for name, weight in merged.items() if weight)
    return kept, np.array([merged[name] for name in kept])


def _without_replacement(weights: FloatArray, rng: np.random.Generator) -> IntArray:
    """The order in which things come up that are drawn by their weights, each once (Efraimidis and Spirakis 2006)."""
    with np.errstate(divide="ignore"):
        keys = np.log(weights) + rng.gumbel(size=len(weights))
    order: IntArray = np.argsort(-keys)
    return order[: np.count_nonzero(weights)]
