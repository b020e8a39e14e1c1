"""Names for keys: each key is the seed of one name, whatever other keys are asked for beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from model.errors import InvalidOption
from model.generation.checkpoints import checkpoint
from model.generation.drawn import MIN_LETTERS, Draw, out_of_time
from model.generation.filters import Filter
from model.generation.options import Options
from model.generation.predictor import Predictor
from model.generation.sampling import Drawing
from model.generation.sequence import generator_of

LETTERS_PER_KEY = 64
"""Letters that may be drawn for each key, beside those that any request may draw; one draw of a name takes some 8."""

ABREAST = 32
"""Keys whose names are drawn at the same time: of more, none would have a name where time runs out early."""

PREFIX = "key:"
"""Begins the texts that keys are hashed as, so that a key and a seed of the same letters have nothing in common."""


def draw_for_keys(
    predictor: Predictor[Any], keys: Sequence[str], options: Options, filters: Sequence[Filter] = ()
) -> Draw:
    """Draw one name for each key.

    Names of different keys are independent draws from the model, so two keys may get the same name, however `unique`
    is set.

    Parameters
    ----------
    predictor, options, filters
        As of `model.generation.sampling.draw`, which documents the other errors.
    keys
        Any texts.

    Returns
    -------
    Draw
        The names in the order of the keys. Where none came up for a key, an empty text stands in its place, and the
        shortfall says why.

    Raises
    ------
    InvalidOption
        So many keys would take too long with these options.
    """
    nothing = generator_of("")
    drawing = Drawing(predictor, replace(options, unique=False), nothing, filters, sizes=())
    names: dict[str, str] = {}
    letters, size, reason = 0, 0.0, ""
    budget = MIN_LETTERS + LETTERS_PER_KEY * len(keys)
    different = list(dict.fromkeys(keys))
    for place in range(0, len(different), ABREAST):
        some = different[place : place + ABREAST]
        if place and not checkpoint():
            names |= dict.fromkeys(different[place:], "")
            reason = out_of_time(0)
            break
        drawn = drawing.one_of_each([generator_of(f"{PREFIX}{key}") for key in some])
        for key in some:
            if letters > budget:
                raise InvalidOption(
                    "keys",
                    f"are too many: names like this are so rare that only {len(names):,} keys can be asked for at once",
                )
            names[key] = next(drawn)
            letters += drawing.progress.letters
            if not names[key]:
                reason = drawing.result([], is_short=True).shortfall or ""
            size += drawing.progress.effective_sample_size or 0
    empty = sum(not name for name in names.values())
    shortfall = f"there is no name for {empty:,} of the keys: {reason}" if empty else None
    figures = drawing.result([], is_short=False)
    found = [names[key] for key in keys]
    return Draw(found, shortfall, not size, size or None, figures.left_out, figures.top_p)
