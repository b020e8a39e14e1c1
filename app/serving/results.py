"""What comes of requests: names, scores, and the facts beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.schemas.full_names import Form
from model.generation.cast import Member
from model.generation.comparison import Likeness
from model.generation.details import Near, Other
from model.generation.explanation import Step
from model.generation.full_names import FullName
from model.generation.scoring import Score


@dataclass(frozen=True, slots=True)
class ScoredName:
    """How probable a name is, and what else there is to say of it."""

    score: Score
    letters: str  # as the model reads the name
    in_training_list: bool | None  # None where that is not disclosed
    percentile: float | None = None  # of 100 names of the model so many are less probable per letter
    others: Sequence[Sequence[Other]] | None = None  # letters that could stand instead of each, and of the end
    nearest: Sequence[Near] | None = None  # names of the bundled lists of its language and kind
    sounds_like: Sequence[Likeness] | None = None  # where it was asked for


@dataclass(frozen=True, slots=True)
class SampleResult:
    """Names that were drawn; `details` has one item for each, where they were asked for."""

    names: Sequence[str]
    model: str
    version: int | None
    seed: str | None
    shortfall: str | None
    exact: bool
    effective_sample_size: float | None
    left_out: Mapping[str, int]  # how many names, by the option that asked for it
    details: Sequence[ScoredName] | None
    top_p: float = 1.0  # the one used
    cast: Sequence[Member] | None = None  # where one was asked for
    parts: Sequence[FullName] | None = None  # of full names
    forms: Sequence[Mapping[Form, str]] | None = None  # those that were asked for
    note: str | None = None  # what to do with what was made of the names of `like`


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """Scores in the order of the names."""

    model: str
    version: int | None
    scores: Sequence[ScoredName]


@dataclass(frozen=True, slots=True)
class ExplainResult:
    """How a model reads a prefix, before its first letter and after each."""

    model: str
    version: int | None
    temperature: float
    letters: Sequence[str]  # that the model knows, in the order of the probabilities after that of the end
    steps: Sequence[Step]
    is_disclosed: bool = True  # whether more is told than the mixture
