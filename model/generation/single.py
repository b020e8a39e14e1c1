"""Drawing one name, letter by letter: as `model.generation.free` does for many, without what it costs to batch.

Axes:  v vocabulary
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple, TypeAlias

import numpy as np

from model.corpus.vocabulary import END
from model.generation.beginnings import NONE
from model.generation.checkpoints import look
from model.generation.options import narrow
from model.generation.request import Request
from model.network.single import Reader

LARGE = 1_000_000
"""More weights take so long that a name alone is held up between its letters, and fewer names are begun at once."""


Name: TypeAlias = tuple[list[int], bool]
"""The letters of a name, and whether it ended as the lengths ask."""


class Begun(NamedTuple):
    """A name as far as the tree of beginnings leads.

    Attributes
    ----------
    letters
        Its letters.
    node
        Where it left the tree by its last letter, which is yet to be read; `NONE` where it has ended.
    is_kept
        Whether it ended as the lengths ask.
    """

    letters: list[int]
    node: int
    is_kept: bool


def draw_letters(request: Request, rng: np.random.Generator) -> Name:
    """Draw a name."""
    letters, node, is_kept = begin(request, rng)
    if node == NONE:
        return letters, is_kept
    reader = request.predictor.reader(request.prefixes.beginnings.state, node)
    rest, is_kept = run_on(request, reader, letters[-1], len(letters), rng)
    return letters + rest, is_kept


def begin(request: Request, rng: np.random.Generator) -> Begun:
    """Draw a name as far as the tree leads."""
    options, prefixes = request.options, request.prefixes
    tree, table = prefixes.beginnings, prefixes.beginnings.sums(options)
    (_, width), (_, size) = table.shape, tree.following.shape
    sums, following = table.reshape(-1).data, tree.following.reshape(-1).data  # numbers of these cost less than rows
    origin = 0 if len(prefixes.weights) == 1 else int(prefixes.choose(1, rng)[0])
    letters: list[int] = prefixes.letters[origin].tolist()
    node = int(prefixes.nodes[origin])
    for height in rng.random(options.max_length - len(letters) + (not options.truncate)).tolist():
        row = node * width
        letter = bisect_right(sums, height, row, row + width) - row
        if letter == END:
            return Begun(letters, NONE, len(letters) >= options.min_length)
        if len(letters) == options.max_length:
            return Begun(letters, NONE, is_kept=False)
        letters.append(letter)
        last, node = node, following[node * size + letter]
        if node == NONE:
            return Begun(letters, last, is_kept=False)
    return Begun(letters, NONE, is_kept=True)


def run_on(request: Request, read: Reader, letter: int, known: int, rng: np.random.Generator) -> Name:
    """The letters that follow the `known` first ones of a name, the last of which is yet to be read; and the same."""
    options, looks_often = request.options, request.predictor.size > LARGE
    look()  # once a name, which takes little alone, unless the network is large
    is_plain = options.temperature == 1 and options.top_k is None and options.top_p in (None, 1)
    letters: list[int] = []
    most = options.max_length - known
    for height in rng.random(most + (not options.truncate)).tolist():
        if looks_often:
            look()
        weights = read(letter)
        if not is_plain:
            bent = (weights / weights.max()) ** (1 / options.temperature)
            weights = narrow(bent[:, None], options)[:, 0]
        sums = np.add.accumulate(weights).tolist()
        letter = bisect_right(sums, height * sums[-1])
        if letter == END:
            return letters, known + len(letters) >= options.min_length
        if len(letters) == most:
            return letters, False
        letters.append(letter)
    return letters, True
