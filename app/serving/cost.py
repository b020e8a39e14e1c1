"""What requests cost, in processor seconds, estimated before the work.

A letter of one name takes the multiply-adds of the weights and some passes over small arrays, and a step of a batch has
costs of its own, whatever the batch. How many letters are read follows from the number of names and how long they are;
how many names are drawn in vain is not known before, and guessed. The rates are those of a machine for reference, which
`Speed` relates to this one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from app.schemas.sample import SampleFields
from app.serving.drawing import constraints_of, keys_of
from app.serving.scored import MAX_EXPLAINED
from app.serving.source import Source
from model.generation.cast import candidates_for
from model.generation.drawn import LETTERS_PER_NAME, MIN_LETTERS

SECONDS_PER_LETTER, SECONDS_PER_LETTER_AND_WEIGHT = 2e-6, 40e-12
SECONDS_PER_STEP, SECONDS_PER_STEP_AND_WEIGHT = 60e-6, 0.22e-9
"""Measured with `us` (762,000 weights) and `us-seed` (15,500) on one core."""

SECONDS_PER_LETTER_REPORTED = 1e-6
"""Measured with names of `us`; three times as much where each name has letters of its own."""

SECONDS_ALONE, SECONDS_PER_LETTER_AND_WEIGHT_ALONE = 100e-6, 0.25e-9
"""The same of a name that is drawn alone: to begin, and for each letter, for which the weights are read from memory."""

SECONDS_PER_LETTER_AND_WEIGHT_ABREAST = 0.04e-9
"""The same for names of keys, which share the way to the weights."""

USUAL_LETTERS = 8
"""Letters of a name and its end, where nothing is asked."""

ALL_AT_ONCE = 512
"""Names of a batch, about."""

SECONDS_PER_EXPLAINED = 1e-3
"""For the names of lists that are near, of 100,000; what else details tell of a name takes as much as its score."""

RARE = 8
"""Names drawn for each that is kept, where it is not known how rare they are."""

MAX_EXPLANATION = 250_000
"""Numbers of an answer that explains, some two megabytes: 64 letters with four layers of 512 units and 500 letters."""

BATCH_SECONDS = 0.1
"""Longest that a batch of names should take, each as long as may be."""

STEP = 1.02
"""How far one measurement moves the speed."""

MOST = 16.0
"""Times that this machine may be slower, or faster, than the one for reference."""


class Speed:
    """How much slower this process is than the reference, by the median of what was measured."""

    def __init__(self) -> None:
        self.factor = 1.0

    def expected(self, seconds: float) -> float:
        """What an estimate means here."""
        return seconds * self.factor

    def observe(self, seconds: float, used: float) -> None:
        """Learn from a piece of work that was estimated to take `seconds`, and took `used`."""
        moved = self.factor * STEP if used > self.expected(seconds) else self.factor / STEP
        self.factor = min(max(moved, 1 / MOST), MOST)


def weights_of(sources: Sequence[Source]) -> int:
    """Weights that a letter is multiplied with: of each model, where several are read for each name."""
    return sum(artifact.network.parameters.flat.size for source in sources for artifact in source.artifacts)


def seconds_to_sample(request: SampleFields, sources: Sequence[Source], ahead: int = 0) -> float:
    """Seconds that a request takes; `ahead` names of its seed come before those that it asks for."""
    weights, keys = weights_of(sources), keys_of(request)
    wanted = len(keys) or (candidates_for(request.count) if request.cast else request.count)
    letters = letters_of(request)
    drawn = min((wanted + ahead) * letters * tries_of(request), MIN_LETTERS + LETTERS_PER_NAME * (wanted + ahead))
    if keys or wanted + ahead == 1:
        rate = SECONDS_PER_LETTER_AND_WEIGHT_ALONE if wanted == 1 else SECONDS_PER_LETTER_AND_WEIGHT_ABREAST
        each = SECONDS_PER_LETTER + rate * weights
        seconds = wanted * SECONDS_ALONE + drawn * each
    else:
        seconds = _seconds(drawn, (1 + (wanted + ahead) // ALL_AT_ONCE) * 1.5 * letters, weights)
    if request.details:
        seconds += _scoring(wanted, letters, weights)
    return seconds


def seconds_to_score(names: Sequence[str], source: Source) -> float:
    """Seconds that scores of names take."""
    letters = sum(map(len, names)) / max(len(names), 1) + 1
    return _scoring(len(names), letters, weights_of([source]))


def names_scored_in(seconds: float, names: Sequence[str], source: Source) -> int:
    """How many of some names, from the first on, are scored in so many seconds."""
    return bisect_right(range(len(names) + 1), seconds, key=lambda most: seconds_to_score(names[:most], source)) - 1


def seconds_to_report(names: Sequence[str]) -> float:
    """Seconds that looking over a list takes."""
    return SECONDS_PER_LETTER_REPORTED * sum(map(len, names))


def seconds_to_explain(letters: int, source: Source) -> float:
    """Seconds that reading so many letters takes, one by one, with what is expected after each."""
    each = SECONDS_PER_STEP + SECONDS_PER_LETTER_AND_WEIGHT_ALONE * weights_of([source])
    return (letters + 1) * each


def most_explained(seconds: float, source: Source) -> int:
    """How many letters are read in so many seconds, and have room in an answer."""
    step = sum(artifact.network.shape.layers * artifact.network.hidden for artifact in source.artifacts)
    step += (3 if source.predictor.automaton else 2) * source.predictor.vocabulary.size
    return max(min(MAX_EXPLANATION // step, int(seconds / seconds_to_explain(0, source))) - 1, 0)


def names_at_once(request: SampleFields, source: Source) -> int:
    """How many names should be drawn in a batch, so that it does not take too long."""
    each = _seconds(request.max_length, 0, weights_of([source])) + SECONDS_PER_EXPLAINED * bool(request.novel_distance)
    return max(USUAL_LETTERS, int(BATCH_SECONDS / each))


def letters_of(request: SampleFields) -> float:
    """Letters that a drawn name has, its end included."""
    if request.temperature > 1.5:
        return request.max_length
    return max(min(USUAL_LETTERS, request.max_length), request.min_length)


def tries_of(request: SampleFields) -> float:
    """Names that are drawn for each that is kept."""
    return RARE if has_rare_lengths(request) or constraints_of(request) else 2 if request.novel else 1


def has_rare_lengths(request: SampleFields) -> bool:
    """Whether most names that are drawn may be too short or too long."""
    if request.temperature > 1.5 and not request.truncate:  # hardly a name ends by itself
        return True
    return request.min_length > USUAL_LETTERS or request.max_length < USUAL_LETTERS // 2


def _scoring(names: int, letters: float, weights: int) -> float:
    explained = min(names, MAX_EXPLAINED)
    steps = (1 + names // ALL_AT_ONCE) * 2 * letters
    return _seconds((names + explained) * letters, steps, weights) + explained * SECONDS_PER_EXPLAINED


def _seconds(letters: float, steps: float, weights: int) -> float:
    return letters * (SECONDS_PER_LETTER + SECONDS_PER_LETTER_AND_WEIGHT * weights) + steps * (
        SECONDS_PER_STEP + SECONDS_PER_STEP_AND_WEIGHT * weights
    )
