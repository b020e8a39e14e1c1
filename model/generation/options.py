"""What the drawn names should be like, and how that bends the odds of a letter.

Axes:  b names in the batch   v vocabulary
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.constraints.constraints import Constraints
from model.corpus.spelling import LONGEST_NAME_LETTERS
from model.errors import InvalidOption, Unsatisfiable
from model.network.parameters import FloatArray

MIN_TEMPERATURE = 0.01
MAX_TEMPERATURE = 100.0

NO_CONSTRAINTS = Constraints()


@dataclass(frozen=True, slots=True)
class Options:
    """What the drawn names should be like.

    Raises
    ------
    InvalidOption
        A number is out of range.
    Unsatisfiable
        No length can be met.
    """

    start: str = ""  # letters that every name begins with; case is ignored
    min_length: int = 1  # letters, the start included
    max_length: int = 20  # letters, the start included
    temperature: float = 1.0  # logits are divided by it: below 1 more of the usual, above 1 more of the unusual
    top_k: int | None = None  # draw from the k most probable letters only (Fan et al. 2018)
    top_p: float | None = None  # draw from the fewest letters that hold this probability (Holtzman et al. 2020);
    # 1 is all of them, None the predictor's default, see model.generation.served
    unique: bool = True  # no name twice
    truncate: bool = False  # cut names at max_length instead of drawing only names that end within it
    constraints: Constraints = NO_CONSTRAINTS  # on the letters of a name
    decent: bool = True  # leave out slurs and obscenities, see model.decency

    def __post_init__(self) -> None:
        if self.min_length < 1:
            raise InvalidOption("min_length", "must be at least 1")
        if self.max_length > LONGEST_NAME_LETTERS:
            raise InvalidOption(
                "max_length", f"must be at most {LONGEST_NAME_LETTERS}, the length of the longest names that lists have"
            )
        if self.max_length < self.min_length:
            raise Unsatisfiable(
                f"min_length {self.min_length} is more than max_length {self.max_length}", ("min_length", "max_length")
            )
        if self.truncate and self.constraints:
            raise InvalidOption("truncate", f"can't be combined with {', '.join(self.constraints.asked)}")
        if not MIN_TEMPERATURE <= self.temperature <= MAX_TEMPERATURE:
            raise InvalidOption("temperature", f"must be from {MIN_TEMPERATURE:g} to {MAX_TEMPERATURE:g}")
        if self.top_k is not None and self.top_k < 1:
            raise InvalidOption("top_k", "must be at least 1")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise InvalidOption("top_p", "must be above 0 and at most 1")


def letter_weights(scores: FloatArray, options: Options) -> FloatArray:
    """Logits (v, b) to weights (v, b) to draw by: the softmax, unnormalised, after temperature, top-k and top-p."""
    if options.temperature != 1:
        scores = scores / options.temperature
    return narrow(np.exp(scores - scores.max(axis=0)), options)


def narrow(weights: FloatArray, options: Options) -> FloatArray:
    """Weights (v, b) with 0 for the letters that top-k and top-p leave out, in place."""
    if options.top_k is not None and options.top_k < len(weights):
        weights[weights < np.partition(weights, -options.top_k, axis=0)[-options.top_k]] = 0
    if options.top_p is not None and options.top_p < 1:
        falling = -np.sort(-weights, axis=0)
        before = falling.cumsum(axis=0) - falling  # weight of all that are more probable
        kept = (before < options.top_p * falling.sum(axis=0)).sum(axis=0)  # (b,)
        last = np.maximum(kept, 1)[None] - 1  # a top_p that rounds to zero still keeps one letter
        weights[weights < np.take_along_axis(falling, last, axis=0)] = 0
    return weights
