"""Drawing several names abreast, each from a generator of its own: the bits of each are those of the name drawn alone.

A name alone takes many calls of NumPy for each letter, and reads all weights from the memory. Names abreast share both;
only their products are made apart from each other, see `Predictor.apart`.

Axes:  b names   v vocabulary
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from model.corpus.vocabulary import END
from model.generation.beginnings import NONE
from model.generation.checkpoints import OutOfTime, look
from model.generation.options import narrow
from model.generation.predictor import Predictor
from model.generation.request import Request
from model.generation.single import Name, begin
from model.network.parameters import FloatArray, IntArray


def draw_abreast(request: Request, rngs: Sequence[np.random.Generator]) -> list[Name | None] | None:
    """What `model.generation.single.draw_letters` gives for each generator; None for a name that time ran out for.

    None for all, before any is drawn, where the predictor can't read names so, or not any quicker.
    """
    apart = request.predictor.apart
    if apart is None:
        return None
    begun = [begin(request, rng) for rng in rngs]
    names: list[Name | None] = [(one.letters, one.is_kept) if one.node == NONE else None for one in begun]
    going = [place for place, name in enumerate(names) if name is None]
    if going:
        nodes, letters = np.array([begun[place].node for place in going]), [begun[place].letters for place in going]
        found = _run_on(request, apart, nodes, letters, [rngs[place] for place in going])
        for place, name in zip(going, found, strict=True):
            names[place] = name
    return names


def _run_on(
    request: Request,
    apart: Predictor[Any],
    nodes: IntArray,
    names: list[list[int]],
    rngs: Sequence[np.random.Generator],
) -> list[Name | None]:
    """Draw names on to their ends, from where they left the tree of beginnings; as `model.generation.single.run_on`."""
    options, state, rows = request.options, request.prefixes.beginnings.state, nodes
    is_plain = options.temperature == 1 and options.top_k is None and options.top_p in (None, 1)
    heights = [
        rng.random(options.max_length - len(name) + (not options.truncate))
        for name, rng in zip(names, rngs, strict=True)
    ]
    found: list[Name | None] = [None if len(own) else (name, True) for name, own in zip(names, heights, strict=True)]
    going = np.array([place for place, name in enumerate(found) if name is None], np.intp)
    rows = rows[going]
    try:
        for drawn in range(max(map(len, heights))):
            look()
            state = apart.read(state, rows, np.array([names[place][-1] for place in going]))
            weights = np.asfortranarray(apart.weights(state))
            if not is_plain:
                weights = narrow((weights / weights.max(axis=0)) ** (1 / options.temperature), options)
            letters = _choose(weights, np.array([heights[place][drawn] for place in going]))
            stays = []
            for row, (place, letter) in enumerate(zip(going.tolist(), letters.tolist(), strict=True)):
                name = names[place]
                if letter == END or len(name) == options.max_length:
                    found[place] = (name, letter == END and len(name) >= options.min_length)
                    continue
                name.append(letter)
                if drawn + 1 == len(heights[place]):
                    found[place] = (name, True)
                else:
                    stays.append(row)
            rows = np.array(stays, np.intp)
            going = going[rows]
            if not stays:
                break
    except OutOfTime:
        pass
    return found


def _choose(weights: FloatArray, heights: FloatArray) -> IntArray:
    """The letter (b,) of each column (v, b) at a height of its own, from 0 to 1."""
    sums = np.add.accumulate(weights, axis=0)
    found: IntArray = (sums <= heights * sums[-1].astype(np.float64)).sum(axis=0)
    return found
