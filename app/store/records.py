"""Snapshots of what the store holds, each read in one transaction and immutable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypedDict

State = Literal["queued", "running", "succeeded", "failed", "cancelled"]
STATES: tuple[State, ...] = ("queued", "running", "succeeded", "failed", "cancelled")
ENDED: frozenset[State] = frozenset({"succeeded", "failed", "cancelled"})

Source = Literal["bundled", "names", "file"]
"""Where a list comes from: the software, a JSON array of strings, or a file."""

Publish = Literal["unless_worse", "always", "if_better", "never"]
"""Whether a new version goes into service: if it is no worse than an n-gram of its names, or better than the version in
service, or always, or never.
"""

RANDOM_WEIGHTS = "none"
"""What an order says instead of a version to start from, to start from none."""

WITHDRAWN = "the admin took the model out of service before this version was there"
"""Verdict on a version that is kept, of a model that is out of service."""

Point = tuple[int, float, float | None]
"""Step, training loss, and held-out loss where it was measured; in nats per letter."""


class Progress(TypedDict):
    """How far a training is."""

    step: int
    steps: int | None
    names_per_second: float | None
    seconds_left: float | None
    history: Iterable[Point]
    drawn: Sequence[str]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be trained, as it was accepted; it holds no name of the list.

    Attributes
    ----------
    model : str
        Name to publish under.
    source : {"bundled", "names", "file"}
        What the list is kept as: it comes with the software and is not kept; a JSON array of strings; a file.
    corpus : str
        Title: the name of the bundled list, or that of the model.
    preset : str
        Name of the preset.
    overrides : dict
        Hyperparameters that were given, by their field in `model.training.presets.Hyperparameters`.
    epochs, minutes : float, optional
        How long to train.
    seed : int
        What every draw of the training comes from.
    parent : str, optional
        Version to start from, as `name@version`, or `none` to start from random weights. Where nothing was said, the
        training chooses.
    publish : {"unless_worse", "always", "if_better", "never"}
        Whether the version is put into service.
    public_membership : bool
        Whether anyone may ask if a name stands in the list.
    language, kind : str
        What the names are, for the card; empty where nobody said. Jobs of before have neither.
    """

    model: str
    source: Source
    corpus: str
    preset: str
    overrides: dict[str, Any]
    epochs: float | None
    minutes: float | None
    seed: int
    parent: str | None
    publish: Publish
    public_membership: bool
    language: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """A training, as it stood at one instant.

    Attributes
    ----------
    promoted : bool, optional
        Whether the version was put into service, of a job that succeeded.
    verdict : str, optional
        One sentence on why it was or was not.
    revision : int
        Grows with every change of the job.
    drawn : tuple of str
        What the network drew when progress was last written, no name of the list among it; empty once the job has
        ended, and of jobs in a list.
    plan : dict, optional
        The hyperparameters, once a worker has chosen them; jobs in a list come without.
    """

    id: str
    order: Order
    report: dict[str, Any]
    state: State
    created: datetime
    started: datetime | None
    finished: datetime | None
    attempt: int
    worker: str | None
    step: int
    steps: int | None
    names_per_second: float | None
    seconds_left: float | None
    history: tuple[Point, ...]
    error: str | None
    version: int | None
    promoted: bool | None
    verdict: str | None
    revision: int
    plan: dict[str, Any] | None = None
    drawn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's right to write about a job, until another attempt at it begins or the job ends."""

    job: Job

    @property
    def attempt(self) -> int:
        """The number of the attempt."""
        return self.job.attempt


@dataclass(frozen=True, slots=True)
class Version:
    """A trained model, which never changes."""

    name: str
    version: int
    sha256: str
    content: bytes
    public_membership: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """The versions of one name.

    Attributes
    ----------
    champion : int, optional
        The version in service; nothing where that is the bundled one, or none.
    versions : tuple of int
        Ascending.
    is_withdrawn : bool
        Whether the name was taken out of service: no version of it may serve, the bundled one neither.
    """

    champion: int | None
    versions: tuple[int, ...]
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every trained version, what is in service and what was taken out; `sequence` grows with each change of it."""

    sequence: int
    models: Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class Change:
    """That another version came into service.

    Attributes
    ----------
    version : int, optional
        The one that came; 0 is the bundled one, where there is one. Nothing when the model was taken out of service.
    previous : int, optional
        The one before; nothing when that was the bundled one, or none.
    """

    sequence: int
    version: int | None
    previous: int | None
    at: datetime
    cause: str
