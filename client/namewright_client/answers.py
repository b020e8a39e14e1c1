"""What the service answers, as frozen dataclasses; `/docs` of a service says what each field means.

Fields that a newer service has besides are left out, and those that an older one lacks have their defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from namewright_client.decoding import KEY

State = Literal["queued", "running", "succeeded", "failed", "cancelled"]
ENDED: frozenset[State] = frozenset({"succeeded", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class OtherLetter:
    """A letter that could stand at a place instead; empty where the name could end."""

    letter: str
    probability: float


@dataclass(frozen=True, slots=True)
class NearName:
    """A listed name near to another."""

    name: str
    distance: int


@dataclass(frozen=True, slots=True)
class ModelLikeness:
    """How probable a name is under a model: lower is more probable."""

    model: str
    nats_per_letter: float


@dataclass(frozen=True, slots=True)
class LetterScore:
    """One letter of a name, and its log-probability in nats."""

    letter: str
    log_probability: float | None
    others: tuple[OtherLetter, ...] | None = None


@dataclass(frozen=True, slots=True)
class NameScore:
    """How probable a name is under a model, and how usual."""

    name: str
    log_probability: float | None
    nats_per_letter: float | None
    letters: tuple[LetterScore, ...]
    end: float | None
    end_others: tuple[OtherLetter, ...] | None
    percentile: float | None
    in_training_list: bool | None
    nearest: tuple[NearName, ...] | None
    unknown_letters: tuple[str, ...]
    sounds_like: tuple[ModelLikeness, ...] | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores, in the order of the names."""

    model: str
    version: int | None
    scores: tuple[NameScore, ...]


@dataclass(frozen=True, slots=True)
class NextLetter:
    """How probable a letter is as the next one, by network and n-gram alone and by what names are drawn from."""

    network: float | None
    ngram: float | None
    mixture: float


@dataclass(frozen=True, slots=True)
class ExplanationStep:
    """Where a model stands before the first letter (None), or after one; the key "" of `next` is the end."""

    letter: str | None
    hidden: tuple[tuple[float, ...], ...] | None
    next: Mapping[str, NextLetter]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a model reads a prefix."""

    model: str
    version: int | None
    temperature: float
    steps: tuple[ExplanationStep, ...]


@dataclass(frozen=True, slots=True)
class SkippedNames:
    """Names that would be left out, all for the same reason; `lines` are the places of the first few, from 1."""

    reason: str
    count: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """Something to look at before a training; of the whole list where `count` is 0."""

    text: str
    count: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A list in figures, and what to look at before learning from it."""

    names: int
    distinct: int
    duplicates: int
    skipped: tuple[SkippedNames, ...]
    casing: str
    case_rules: tuple[str, ...]
    letters: tuple[tuple[str, int], ...]
    rare_letters: tuple[tuple[str, int], ...]
    lengths: tuple[tuple[int, int], ...]
    warnings: tuple[Advice, ...]


@dataclass(frozen=True, slots=True)
class CastMember:
    """What a name of a cast was kept apart from."""

    name: str
    apart_from: tuple[str, ...]
    distance: float


@dataclass(frozen=True, slots=True)
class FullNameParts:
    """The parts of a full name, and its other forms where they were asked for."""

    given: str
    surname: str
    latin: str | None = None
    initials: str | None = None
    username: str | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """Names, and where they come from."""

    names: tuple[str, ...]
    model: str
    version: int | None
    seed: str | None
    shortfall: str | None
    exact: bool
    effective_sample_size: float | None
    top_p: float
    left_out: Mapping[str, int]
    cast: tuple[CastMember, ...] | None = None
    parts: tuple[FullNameParts, ...] | None = None
    latin: tuple[str, ...] | None = None
    initials: tuple[str, ...] | None = None
    username: tuple[str, ...] | None = None
    note: str | None = None
    details: tuple[NameScore, ...] | None = None


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """One version of a model."""

    name: str
    version: int
    versions: tuple[int, ...]
    default: bool
    language: str | None
    kind: str | None
    script: str | None
    examples: tuple[str, ...]
    corpus: str
    names: int | None
    source: str | None
    licence: str | None
    letters: tuple[str, ...]
    default_top_p: float
    nats_per_letter: float
    ngram_nats_per_letter: float | None


@dataclass(frozen=True, slots=True)
class AliasChange:
    """That another version was put into service."""

    version: int | None
    previous: int | None
    at: datetime
    cause: str


@dataclass(frozen=True, slots=True)
class Model(ModelSummary):
    """One version of a model, where it comes from, and which was in service when."""

    champion: int | None
    history: tuple[AliasChange, ...]
    card: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Models:
    """The models in service, and what there is besides."""

    models: tuple[ModelSummary, ...]
    not_in_service: Mapping[str, tuple[int, ...]]
    withdrawn: Mapping[str, tuple[int, ...]]
    languages: tuple[str, ...]
    kinds: tuple[str, ...]
    scripts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeletedModel:
    """Which versions were deleted, and which one serves in their place."""

    deleted: tuple[int, ...]
    version: int | None


@dataclass(frozen=True, slots=True)
class LossPoint:
    """One point of the loss curve, in nats per letter."""

    step: int
    train: float
    held_out: float | None


@dataclass(frozen=True, slots=True)
class JobLoss:
    """The loss so far."""

    train: float | None
    held_out: float | None
    history: tuple[LossPoint, ...]


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a training is."""

    step: int
    steps: int | None
    phase: str | None
    fraction: float
    names_per_second: float | None
    seconds_left: float | None
    drawn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What was asked for; never the names."""

    source: str
    corpus: str | None
    preset: str
    hyperparameters: Mapping[str, Any]
    epochs: float | None
    minutes: float | None
    seed: int
    parent: str | None = field(metadata={KEY: "from"})
    publish: str
    public_membership: bool
    language: str | None
    kind: str | None


@dataclass(frozen=True, slots=True)
class JobSummary:
    """A training, in a list."""

    id: str
    model: str
    state: State
    created: datetime
    started: datetime | None
    finished: datetime | None
    progress: JobProgress
    error: str | None
    version: int | None
    published: bool | None
    verdict: str | None
    request: JobRequest

    @property
    def has_ended(self) -> bool:
        """Whether its state is for good."""
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class Job(JobSummary):
    """A training, with its loss curve and the report on its list."""

    loss: JobLoss
    report: Mapping[str, Any]
