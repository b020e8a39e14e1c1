"""How probable names are under a model, letter by letter.

Axes:  b names in the batch   t letters along a name   v vocabulary
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from model.corpus.vocabulary import END
from model.errors import BadCorpus
from model.generation.checkpoints import checkpoint
from model.generation.predictor import Predictor
from model.network.parameters import FloatArray, IntArray

NAMES_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class Score:
    """One name's log-probability, nats."""

    name: str
    log_probabilities: tuple[float, ...] | None  # of each letter and then of the end; None if a letter is unknown
    unknown: tuple[str, ...]  # letters that the model never saw

    @property
    def log_probability(self) -> float:
        """Of the whole name, its end included; -inf if a letter is unknown."""
        return math.fsum(self.log_probabilities) if self.log_probabilities else -math.inf

    @property
    def nats_per_letter(self) -> float:
        """Mean negative log-probability over the letters and the end."""
        return -self.log_probability / len(self.log_probabilities) if self.log_probabilities else math.inf


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well a model predicts a list of names; lower is better."""

    names: int
    skipped: int  # names with letters that the model never saw
    letters: int  # letters and ends
    nats_per_letter: float
    nats_per_name: float


def score(predictor: Predictor[Any], names: Sequence[str]) -> list[Score]:
    """Score names in the order given; tidied and folded as the lines of the model's list were."""
    folded = [predictor.fold(name) for name in names]
    unknown = [predictor.vocabulary.unknown(name) for name in folded]
    known = [place for place in range(len(names)) if not unknown[place]]
    rows: dict[int, tuple[float, ...]] = {}
    for start in range(0, len(known), NAMES_AT_ONCE):
        batch = known[start : start + NAMES_AT_ONCE]
        letters = encode(predictor, [folded[place] for place in batch])
        scores = letter_log_probabilities(predictor, letters).T.tolist()
        rows |= {place: tuple(row[: len(folded[place]) + 1]) for place, row in zip(batch, scores, strict=True)}
    return [Score(name, rows.get(place), unknown[place]) for place, name in enumerate(names)]


def letter_log_probabilities(predictor: Predictor[Any], letters: IntArray) -> FloatArray:
    """Log-probability of every letter and of the end, from the empty prefix on.

    Parameters
    ----------
    letters : (t, b)
        Names as indices, with END after the last letter of those that are shorter than others.

    Returns
    -------
    (t + 1, b)
        Nats; 0 after the end of a name.
    """
    result = np.zeros((len(letters) + 1, letters.shape[1]))
    for t, place in enumerate(places(predictor, letters)):
        result[t, place.going] = place.log_probabilities[place.read, np.arange(len(place.going))]
    return result


class Place(NamedTuple):
    """A place in names: what stands there, and what could."""

    going: IntArray  # (g,) which names have it
    read: IntArray  # (g,) their letters there, or the end
    log_probabilities: FloatArray  # (v, g) of every letter


def places(predictor: Predictor[Any], letters: IntArray) -> Iterator[Place]:
    """The places of names (t, b), from the first letter to the end of the longest, as the predictor reads them."""
    going = np.arange(letters.shape[1])  # names that have not ended
    state = predictor.start(len(going))
    for t in range(len(letters) + 1):
        read = letters[t, going] if t < len(letters) else np.full(len(going), END)
        checkpoint()
        yield Place(going, read, predictor.log_probabilities(state))
        stays = read != END
        if not stays.any():
            return
        if not stays.all():
            going, read, state = going[stays], read[stays], predictor.take(state, stays)
        state = predictor.advance(state, read)


def encode(predictor: Predictor[Any], folded: Sequence[str]) -> IntArray:
    """Names that the predictor can spell as indices (t, b), with END after the last letter."""
    letters = np.full((max(map(len, folded)), len(folded)), END, np.int64)
    for column, name in enumerate(folded):
        letters[: len(name), column] = predictor.vocabulary.encode(name)
    return letters


def evaluate(predictor: Predictor[Any], names: Sequence[str]) -> Evaluation:
    """Mean negative log-likelihood over letters and over names; raises BadCorpus if the model can spell none of them.

    Names with letters that it never saw are left out and counted.
    """
    known = [name.log_probabilities for name in score(predictor, names) if name.log_probabilities]
    if not known:
        raise BadCorpus(
            f"the model can spell none of the {len(names):,} names; it knows {' '.join(predictor.vocabulary.letters)}"
        )
    letters = sum(map(len, known))
    nats = -math.fsum(value for row in known for value in row)
    return Evaluation(
        names=len(known),
        skipped=len(names) - len(known),
        letters=letters,
        nats_per_letter=nats / letters,
        nats_per_name=nats / len(known),
    )
