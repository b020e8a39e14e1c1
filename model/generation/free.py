"""Drawing freely: a batch of names, letter by letter, and no constraint but the start and the lengths.

A batch of names takes one step a letter, first within the tree of `model.generation.beginnings`, then with the
predictor; names that end leave the batch. Lengths are met by rejection: names outside
them are drawn and dropped, so those that stay follow the model *conditioned* on the lengths, where forbidding the end
until `min_length` would bend the letters before it. What no list could hold is dropped likewise (`Predictor.keep`): a
hyphen at an end, two spaces in a row, a cluster that was cut, and what a filter leaves out. The work is bounded.

Axes:  b names in the batch   s prefixes   t letters along a name   v vocabulary
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from model.corpus.vocabulary import END
from model.generation import beginnings
from model.generation.beginnings import ENDED, NONE
from model.generation.checkpoints import look
from model.generation.drawn import Progress, Steps, shortfall
from model.generation.letters import choose, code_points, spell
from model.generation.predictor import Predictor, weights_of
from model.generation.reading import WORK_AT_ONCE, read_letters
from model.generation.request import Request
from model.generation.single import LARGE, Name, draw_letters, run_on
from model.network.parameters import BoolArray, IntArray

ROWS_AT_ONCE = 4096
"""Of a network that is not `LARGE`; the names of seeds depend on it."""

ENOUGH = 16
"""Names of which some have probably come up before, or are left out."""

KNOWN_FROM = 64
"""Names begun from which on it is known how many of them come up."""


def draw_freely(
    request: Request,
    progress: Progress,
    sizes: Iterable[int],
    rng: np.random.Generator,
    first: Name | None = None,
) -> Steps[None]:
    """Names in batches, until there are as many as the sizes say; each size is drawn for by itself.

    A batch is sized by the names that those before it gave, and the names of one size depend on the sizes before it
    only. It ends early, with `Progress.shortfall`, when too many attempts or letters were in vain. The first
    attempt, where it is of one name, may have been drawn before.
    """
    for size in sizes:
        lacking = size
        while lacking:
            left = progress.attempts_left
            if left <= 0:
                progress.shortfall = shortfall(progress.found, progress.attempts, request.options)
                return
            rows = min(rows_for(lacking, progress), left, rows_at_once(request.predictor))
            if first is not None:
                names, letters = _kept(request, [first])
                first = None
            elif rows > request.predictor.few:
                names, letters = yield from _names(request, rows, rng)
            else:
                names, letters = _one_by_one(request, rows, rng)
            progress.attempts, progress.letters = progress.attempts + rows, progress.letters + letters
            taken = progress.add(progress.selection.keep(names), lacking)[0]
            lacking -= len(taken)
            yield taken


def rows_at_once(predictor: Predictor[Any]) -> int:
    """Most names that are begun in one batch."""
    return ROWS_AT_ONCE if predictor.size <= LARGE else max(WORK_AT_ONCE // predictor.size, 1)


def rows_for(lacking: int, progress: Progress) -> int:
    """How many names to begin for so many: a few more than as many came up of those begun so far.

    Names too many cost less than beginning again for the last few.
    """
    if progress.attempts < KNOWN_FROM:
        rows = lacking if lacking < ENOUGH or not progress.unique else math.ceil(lacking * 1.06)
        return rows if progress.came_up else max(rows, 2 * progress.attempts)
    share = max(progress.came_up, 1) / progress.attempts
    return math.ceil(lacking / share) + (math.isqrt(lacking) // 4 if share < 1 else 0)


def _names(request: Request, rows: int, rng: np.random.Generator) -> Steps[tuple[list[str], int]]:
    """Begin `rows` names; those that are to be kept, in the order in which they were begun, and the letters of all.

    That order, not the one in which they ended, is what keeps a cut after the first few from preferring short names.
    """
    predictor = request.predictor
    points, is_kept = yield from _letters(request, rows, rng)
    return predictor.keep(spell(points[is_kept]), request.prefixes.start), int(np.count_nonzero(points))


def _one_by_one(request: Request, rows: int, rng: np.random.Generator) -> tuple[list[str], int]:
    """The same, one after the other."""
    return _kept(request, [draw_letters(request, rng) for _ in range(rows)])


def _kept(request: Request, drawn: Sequence[Name]) -> tuple[list[str], int]:
    """Of names that were drawn, those that are to be kept, and the letters of all."""
    predictor = request.predictor
    names = [predictor.vocabulary.decode(letters) for letters, is_kept in drawn if is_kept]
    return predictor.keep(names, request.prefixes.start), sum(len(letters) for letters, _ in drawn)


def _letters(request: Request, rows: int, rng: np.random.Generator) -> Steps[tuple[IntArray, BoolArray]]:
    """Let a batch of names run freely, each from its prefix to its end.

    They go through the tree of beginnings first, all at the same length, then on from where each left it.

    Returns
    -------
    points : (rows, max_length)
        Code points of the letters, 0 after the last one.
    is_kept : (rows,)
        Whether each name ended as the lengths ask.
    """
    prefixes, options, given = request.prefixes, request.options, request.given
    spelling = code_points(request.predictor.vocabulary)
    points, is_kept = np.zeros((rows, options.max_length), np.uint32), np.zeros(rows, bool)
    origin = prefixes.choose(rows, rng)  # (rows,) the prefix of each name
    points[:, :given] = spelling[prefixes.letters[origin]]
    tree, sums, node = prefixes.beginnings, prefixes.beginnings.sums(options), prefixes.nodes[origin]
    following, size = tree.following.ravel(), tree.following.shape[1]
    going = np.arange(rows)  # names in the tree
    left = []  # names that left it, the place in `following` that they left it by, and their letters
    for length in range(given, options.max_length):
        drawn = beginnings.choose(sums, node, rng)
        points[going, length] = spelling.take(drawn)
        place = node * size + drawn
        node = following.take(place)
        if length >= options.min_length:
            is_kept[going[node == ENDED]] = True
        leaves, stays = np.flatnonzero(node == NONE), np.flatnonzero(node >= 0)
        left.append((going.take(leaves), place.take(leaves), np.full(len(leaves), length + 1)))
        going, node = going.take(stays), node.take(stays)
        if not going.size:
            break
    is_kept[going] = options.truncate or beginnings.choose(sums, node, rng) == END
    if left:
        going, place, lengths = (np.concatenate(each) for each in zip(*left, strict=True))
        yield from _run_on(request, going, place, lengths, points, is_kept, rng)
    return points, is_kept


def _run_on(
    request: Request,
    going: IntArray,
    place: IntArray,
    length: IntArray,
    points: IntArray,
    is_kept: BoolArray,
    rng: np.random.Generator,
) -> Steps[None]:
    """Let names that left the tree run to their ends, together though each has a length of its own."""
    predictor, options, tree = request.predictor, request.options, request.prefixes.beginnings
    spelling, most, few = code_points(predictor.vocabulary), options.max_length, predictor.few
    if options.truncate:
        is_kept[going] = True  # unless they end too early
        going, place, length = (each[length < most] for each in (going, place, length))
    origin: IntArray | None = None  # the row of each name's state, where several have the same
    if going.size > few:
        place, origin = np.unique(place, return_inverse=True)  # names that left the tree alike
    rows, drawn = np.divmod(place, predictor.vocabulary.size)  # where they left it, and by which letter
    state = tree.state
    while going.size > few:
        yield None
        state = read_letters(predictor, state, rows, drawn)
        look()
        weights = weights_of(predictor, state, options)
        drawn = choose(weights if origin is None else weights.take(origin, axis=1), rng)
        is_end = drawn == END
        ended = np.flatnonzero(is_end)
        is_kept[going.take(ended)] = length.take(ended) >= options.min_length
        on = np.flatnonzero(~is_end & (length < most))
        rows, origin = (on if origin is None else origin.take(on)), None
        going, drawn, length = going.take(on), drawn.take(on), length.take(on)
        points[going, length] = spelling.take(drawn)
        length += 1
        if options.truncate:
            rows, going, drawn, length = (each[length < most] for each in (rows, going, drawn, length))
    for row, name, letter, known in zip(*(each.tolist() for each in (rows, going, drawn, length)), strict=True):
        letters, is_kept[name] = run_on(request, predictor.reader(state, row), letter, known, rng)
        points[name, known : known + len(letters)] = spelling[letters]
