"""Drawing names: many at once, each exactly as probable as the model makes it.

A batch of states takes one step a letter; names that end leave the batch. Lengths are met by rejection: names outside
them are drawn and dropped, so those that stay follow the model *conditioned* on the lengths, where forbidding the end
until `min_length` would bend the letters before it. What no list could hold is dropped likewise (`Predictor.keep`): a
hyphen at an end, two spaces in a row, a cluster that was cut, and what is not `decent`. The work is bounded, and
`Draw.shortfall` says why fewer names came back than were asked for.

Axes:  b names in the batch   s prefixes   t letters along a name   v vocabulary
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from model.corpus.vocabulary import END
from model.errors import InvalidOption
from model.generation.constrained import draw_constrained
from model.generation.decent import Decent
from model.generation.drawn import ATTEMPTS_PER_NAME, MIN_ATTEMPTS, Draw
from model.generation.drawn import shortfall as explain
from model.generation.letters import choose, join
from model.generation.options import Options, letter_weights
from model.generation.predictor import Predictor
from model.generation.prefixes import Prefixes, find_prefixes
from model.generation.request import Request, compile_options
from model.network.parameters import IntArray

ROWS_AT_ONCE = 4096

MIN_LETTERS = 65_536
"""Letters drawn before it is given up: 16 in each of these attempts, or 1,000 names of 64 letters."""

LETTERS_PER_NAME = 32
"""Further letters for each name found. A letter takes some 30 µs in a network of two layers."""


def draw(predictor: Predictor[Any], count: int, options: Options, rng: np.random.Generator) -> Draw:
    """Draw names.

    Parameters
    ----------
    predictor
        The model.
    count
        Names wanted, at least 1.
    options
        What they should be like.
    rng
        Where the randomness comes from: the same generator state gives the same names.

    Returns
    -------
    Draw
        `count` names, or fewer and the reason. There are at most 4,096 attempts, and 32 more for each name found; in
        all, they draw some 65,536 letters at most, and 32 more for each name found.

    Raises
    ------
    InvalidOption, Unsatisfiable
        `count` or an option is out of range, or no name can meet the options together.
    UnknownLetter
        The model never saw a letter of the start.
    """
    if count < 1:
        raise InvalidOption("count", "must be at least 1")
    options = _with_min_length(options, predictor.fewest_letters)
    if not options.decent:
        return _draw(predictor, count, options, rng)
    decent = Decent(predictor)
    drawn = _draw(decent, count, options, rng)
    shortfall = drawn.shortfall
    if shortfall and decent.left_out:
        shortfall += f"; {decent.left_out:,} more were left out as indecent, which decent=false keeps"
    return replace(drawn, shortfall=shortfall, left_out=decent.left_out)


def _draw(predictor: Predictor[Any], count: int, options: Options, rng: np.random.Generator) -> Draw:
    prefixes = find_prefixes(predictor, options)
    acceptor = compile_options(predictor, prefixes, options) if options.constraints else None
    if acceptor is not None:
        constrained = draw_constrained(Request(predictor, prefixes, acceptor, options, count), rng)
        return replace(constrained, names=[predictor.casing.restore_case(name) for name in constrained.names])
    found: list[str] = []
    seen: set[str] = set()
    attempts, letters, rows = 0, 0, count
    while len(found) < count and (left := _attempts_left(len(found), attempts, letters)) > 0:
        rows = min(rows, left, ROWS_AT_ONCE)
        before = len(found)
        names, drawn = _names(predictor, prefixes, rows, options, rng)
        attempts, letters = attempts + rows, letters + drawn
        for name in names:
            if not (options.unique and name in seen):
                seen.add(name)
                found.append(name)
        fresh = len(found) - before
        rows = math.ceil((count - len(found)) * rows / fresh) if fresh else 2 * rows
    shortfall = None if len(found) >= count else explain(len(found), attempts, options)
    return Draw([predictor.casing.restore_case(name) for name in found[:count]], shortfall)


def _with_min_length(options: Options, fewest: int) -> Options:
    """The options with at least this many letters, unless `max_length` is below them."""
    return replace(options, min_length=fewest) if options.min_length < fewest <= options.max_length else options


def _attempts_left(found: int, attempts: int, letters: int) -> int:
    """How many attempts may follow: so many that neither they nor their letters, if they are as long, are too many."""
    left = MIN_ATTEMPTS + ATTEMPTS_PER_NAME * found - attempts
    if not letters:
        return left
    letters_left = MIN_LETTERS + LETTERS_PER_NAME * found - letters
    return min(left, letters_left * attempts // letters)


def _names(
    predictor: Predictor[Any], prefixes: Prefixes, rows: int, options: Options, rng: np.random.Generator
) -> tuple[Sequence[str], int]:
    """Begin `rows` names; those that are to be kept, in the order in which they were begun, and the letters of all.

    That order, not the one in which they ended, is what keeps a cut after the first few from preferring short names.
    """
    letters, lengths = _letters(predictor, prefixes, rows, options, rng)
    names = join(letters[lengths >= options.min_length], predictor.vocabulary)
    return predictor.keep(names, predictor.fold(options.start)), int(np.count_nonzero(letters != END))


def _letters(
    predictor: Predictor[Any], prefixes: Prefixes, rows: int, options: Options, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Let a batch of names run freely, each from its prefix to its end.

    Returns
    -------
    letters : (rows, max_length)
        Indices, END after the last letter.
    lengths : (rows,)
        Letters of each name; 0 for names that would go on beyond `max_length`.
    """
    letters = np.full((rows, options.max_length), END, np.int64)
    lengths = np.zeros(rows, np.int64)
    origin = prefixes.choose(rows, rng)  # (rows,) the prefix of each name
    given = prefixes.letters.shape[1]
    letters[:, :given] = prefixes.letters[origin]
    going = np.arange(rows)  # names that have not ended
    weights = prefixes.following[:, origin]  # (v, b)
    state = predictor.take(prefixes.state, origin)
    for length in range(given, options.max_length):
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
