"""Drawing one name, letter by letter: as `model.generation.free` does for many, without what it costs to batch.

Axes:  v vocabulary
"""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from model.corpus.vocabulary import END
from model.generation.beginnings import NONE
from model.generation.options import narrow
from model.generation.request import Request


def draw_letters(request: Request, rng: np.random.Generator) -> tuple[list[int], bool]:
    """The letters of a name, and whether it ended within the greatest length."""
    predictor, options, prefixes = request.predictor, request.options, request.prefixes
    tree, sums = prefixes.beginnings, prefixes.beginnings.sums(options)
    is_plain = options.temperature == 1 and options.top_k is None and options.top_p in (None, 1)
    origin = int(prefixes.choose(1, rng)[0])
    letters: list[int] = prefixes.letters[origin].tolist()
    node, read = int(prefixes.nodes[origin]), None
    places = options.max_length - len(letters) + (not options.truncate)
    for height in rng.random(places).tolist():
        if read is None:
            letter = bisect_right(sums[node].tolist(), height)
            if letter != END:
                last, node = node, int(tree.following[node, letter])
                if node == NONE:
                    read = predictor.reader(tree.state, last)
        else:
            weights = read(letter)
            if not is_plain:
                weights = narrow(weights[:, None] ** (1 / options.temperature), options)[:, 0]
            totals = np.add.accumulate(weights).tolist()
            letter = bisect_right(totals, height * totals[-1])
        if letter == END:
            return letters, True
        letters.append(letter)
    return letters, options.truncate
