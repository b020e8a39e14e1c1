"""Drawing freely: a batch of names, letter by letter, and no constraint but the start and the lengths.

A batch of states takes one step a letter; names that end leave the batch. Lengths are met by rejection: names outside
them are drawn and dropped, so those that stay follow the model *conditioned* on the lengths, where forbidding the end
until `min_length` would bend the letters before it. What no list could hold is dropped likewise (`Predictor.keep`): a
hyphen at an end, two spaces in a row, a cluster that was cut, and what a filter leaves out. The work is bounded.

Axes:  b names in the batch   s prefixes   t letters along a name   v vocabulary
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np

from model.corpus.vocabulary import END
from model.generation.drawn import Progress, shortfall
from model.generation.letters import choose, join
from model.generation.options import letter_weights
from model.generation.request import Request
from model.network.parameters import IntArray

ROWS_AT_ONCE = 4096


def draw_freely(
    request: Request, progress: Progress, sizes: Iterable[int], rng: np.random.Generator
) -> Iterator[list[str]]:
    """Names in batches, until there are as many as the sizes say; each size is drawn for by itself.

    The next batch is sized by the names that the last one gave, and the names of one size depend on the sizes before
    it only. It ends early, with `Progress.shortfall`, when too many attempts or letters were in vain.
    """
    for size in sizes:
        lacking = rows = size
        while lacking:
            left = progress.attempts_left
            if left <= 0:
                progress.shortfall = shortfall(progress.found, progress.attempts, request.options)
                return
            rows = min(rows, left, ROWS_AT_ONCE)
            names, letters = _names(request, rows, rng)
            progress.attempts, progress.letters = progress.attempts + rows, progress.letters + letters
            taken, fresh = progress.add(names, lacking)
            lacking -= len(taken)
            yield taken
            rows = math.ceil(lacking * rows / fresh) if fresh else 2 * rows


def _names(request: Request, rows: int, rng: np.random.Generator) -> tuple[list[str], int]:
    """Begin `rows` names; those that are to be kept, in the order in which they were begun, and the letters of all.

    That order, not the one in which they ended, is what keeps a cut after the first few from preferring short names.
    """
    predictor, options = request.predictor, request.options
    letters, lengths = _letters(request, rows, rng)
    names = join(letters[lengths >= options.min_length], predictor.vocabulary)
    return predictor.keep(names, predictor.fold(options.start)), int(np.count_nonzero(letters != END))


def _letters(request: Request, rows: int, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Let a batch of names run freely, each from its prefix to its end.

    Returns
    -------
    letters : (rows, max_length)
        Indices, END after the last letter.
    lengths : (rows,)
        Letters of each name; 0 for names that would go on beyond `max_length`.
    """
    predictor, prefixes, options = request.predictor, request.prefixes, request.options
    letters = np.full((rows, options.max_length), END, np.int64)
    lengths = np.zeros(rows, np.int64)
    origin = prefixes.choose(rows, rng)  # (rows,) the prefix of each name
    letters[:, : request.given] = prefixes.letters[origin]
    going = np.arange(rows)  # names that have not ended
    weights = prefixes.following[:, origin]  # (v, b)
    state = predictor.take(prefixes.state, origin)
    for length in range(request.given, options.max_length):
        drawn = choose(weights, rng)
        ended = drawn == END
        if ended.any():
            lengths[going[ended]] = length
            stays = ~ended
            going, drawn, state = going[stays], drawn[stays], predictor.take(state, stays)
            if not going.size:
                return letters, lengths
        letters[going, length] = drawn
        state = predictor.advance(state, drawn)
        weights = letter_weights(predictor.logits(state), options)
    if options.truncate:
        lengths[going] = options.max_length
    else:
        lengths[going[choose(weights, rng) == END]] = options.max_length
    return letters, lengths
