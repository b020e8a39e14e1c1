"""What there is to say of a name beside its probability: what else could stand at each place, how usual it is among the
names of its model, and which listed names are near to it.

Axes:  g names that have not ended   n listed names   v vocabulary
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from model.corpus.spelling import LONGEST_NAME_LETTERS
from model.generation.checkpoints import make_once
from model.generation.listed import edit_distances, read_list
from model.generation.options import Options
from model.generation.predictor import Predictor
from model.generation.sampling import Drawing
from model.generation.scoring import encode, places, score
from model.network.parameters import FloatArray

OTHERS = 3
"""Letters that are named for each place, beside the one that stands there."""

LEAST_PROBABILITY = 1e-6
"""Less probable letters are not named: those that a list never has there count as 1e-9."""

USUAL = 2000
"""Most draws that a name is compared with: the standard error of a percentile is 1.1 at most, and 5 of a hundred."""

FEWEST_USUAL = 25
"""Fewer draws say nothing: the standard error of a percentile is 10."""

USUAL_WORK = 4e9
"""Letters of all draws times weights: some 0.2 s of a core, to draw them and to score them."""

ENOUGH = 1 / 3
"""Share of the work after which no more is drawn: for a few more names, the weights would be read as often again."""

LETTER_WORK = 200_000
"""What a letter takes beside its product with the weights, as though there were so many more of them."""

MAX_DISTANCE = 3
"""Edits to a listed name that is still near."""

NEAREST = 3
"""Listed names that are named."""

PURE = Options(max_length=LONGEST_NAME_LETTERS, top_p=1, unique=False, decent=False)
"""The model itself."""


class Other(NamedTuple):
    """A letter that could stand at a place; empty for the end of the name."""

    letter: str
    probability: float


class Near(NamedTuple):
    """A listed name, and how many letters to insert, delete or replace to come to it."""

    name: str
    distance: int


def others(predictor: Predictor[Any], folded: Sequence[str]) -> list[list[list[Other]]]:
    """For each name, for each of its letters and its end, the most probable letters that do not stand there.

    Parameters
    ----------
    predictor
        The model.
    folded
        Names as it reads them, with letters that it knows.
    """
    found: list[list[list[Other]]] = [[] for _ in folded]
    if not folded:
        return found
    letters = ("", *predictor.vocabulary.letters)
    for place in places(predictor, encode(predictor, folded)):
        logs = place.log_probabilities.copy()
        logs[place.read, np.arange(len(place.read))] = -np.inf
        most = np.argsort(-logs, axis=0, kind="stable")[:OTHERS]  # (3, g)
        probabilities = np.exp(np.take_along_axis(logs, most, axis=0))
        for name, row, own in zip(place.going.tolist(), most.T.tolist(), probabilities.T.tolist(), strict=True):
            found[name].append(
                [Other(letters[index], one) for index, one in zip(row, own, strict=True) if one >= LEAST_PROBABILITY]
            )
    return found


def percentiles(predictor: Predictor[Any], nats_per_letter: Sequence[float]) -> list[float | None]:
    """How usual names are: how many of 100 names of the model are less probable per letter.

    None where the model draws hardly any name, or too few in the time for it, being so large and its names so long.

    Raises
    ------
    ValueError
        A figure is not finite.
    """
    if not np.isfinite(nats_per_letter).all():
        raise ValueError("nats per letter are finite, unless a name has letters that the model doesn't know")
    usual = usual_nats(predictor)
    if len(usual) < FEWEST_USUAL:
        return [None] * len(nats_per_letter)
    places = np.searchsorted(usual, np.round(nats_per_letter, 4), side="right")
    return [float(round(100 * (1 - place / len(usual)), 1)) for place in places]


def usual_nats(predictor: Predictor[Any]) -> FloatArray:
    """Nats per letter (n,) of names drawn from the model itself, ascending; the same each time, and drawn once.

    They are `USUAL`, or as many as are drawn and scored in some 0.2 s: 600 of a model like `us`. The time counts as
    that of the answer that needs them first.
    """

    def make() -> None:
        scores = score(predictor, _usual_names(predictor))
        predictor.usual_nats = np.sort([round(one.nats_per_letter, 4) for one in scores])

    make_once(predictor.lock, lambda: predictor.usual_nats is not None, make, is_counted=True)
    return np.asarray(predictor.usual_nats)


def _usual_names(predictor: Predictor[Any]) -> list[str]:
    """Names of the model itself, as many as the work allows: few at first, since they may be long or in vain."""
    most = USUAL_WORK / (predictor.size + LETTER_WORK)  # letters
    names: list[str] = []

    def sizes() -> Iterator[int]:
        while True:
            letters = drawing.progress.letters / drawing.progress.attempts if names else LONGEST_NAME_LETTERS
            left = (most - drawing.progress.letters) / max(letters, 1)
            yield min(USUAL - len(names), max(int(left), 1))

    drawing = Drawing(predictor, PURE, np.random.default_rng(1), sizes=sizes())
    for batch in drawing:
        names += batch
        if len(names) >= USUAL or drawing.progress.letters >= ENOUGH * most:
            break
    return names


def nearest(names: Sequence[str], lists: Iterable[str]) -> list[list[Near]]:
    """For each name the nearest ones of bundled lists, within `MAX_DISTANCE`; case does not count.

    Parameters
    ----------
    names
        In any case; a hundred, in a list of 100,000 names, take a seventh of a second.
    lists
        By their names.
    """
    found: list[dict[Near, None]] = [{} for _ in names]
    queries = [name.casefold() for name in names]
    for one in lists:
        listed = read_list(one)
        blocks = [edit_distances(queries, block, MAX_DISTANCE) for block in listed.blocks()]
        distances = np.concatenate(blocks, axis=1)  # (b, n)
        for near, row in zip(found, distances, strict=True):
            for place in np.argpartition(row, range(min(NEAREST, len(row))))[:NEAREST].tolist():
                if row[place] <= MAX_DISTANCE:
                    near[Near(listed.written[place], int(row[place]))] = None
    return [sorted(near, key=lambda each: (each.distance, each.name))[:NEAREST] for near in found]
