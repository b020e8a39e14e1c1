"""What can be asked for, as keyword arguments; `/docs` of a service says what each means, and within which bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

Gender = Literal["girl", "boy", "any"]
Form = Literal["latin", "initials", "username"]


class SeededNames(TypedDict):
    """The first names of a seed, to be avoided."""

    seed: str | int
    count: int


class PartOptions(TypedDict, total=False):
    """What one part of a full name is drawn from, and what it is to be like."""

    model: str
    lock: str
    start: str
    suffix: str
    contains: str
    pattern: str
    regex: str
    exclude: Sequence[str]
    syllables: int | str
    min_length: int
    max_length: int
    temperature: float
    top_k: int
    top_p: float


class PartsOptions(TypedDict, total=False):
    """What full names are made of."""

    given: PartOptions
    surname: PartOptions
    language: str


class _Options(TypedDict, total=False):
    """What any draw may ask for."""

    model: str
    start: str
    max_length: int
    min_length: int
    temperature: float
    top_k: int | None
    top_p: float | None
    unique: bool
    truncate: bool
    decent: bool
    suffix: str | None
    contains: str | None
    pattern: str | None
    regex: str | None
    exclude: Sequence[str] | None
    syllables: int | str | None
    blend: Mapping[str, float] | None
    reproducible: bool
    novel: bool
    novel_distance: int
    avoid: Sequence[str] | SeededNames | None
    gender: Gender | None
    like: Sequence[str] | None


class StreamOptions(_Options, total=False):
    """What a stream of names may ask for."""

    seed: str | int | None
    offset: int


class PageOptions(_Options, total=False):
    """What pages of a seed may ask for; the seed, and where a page begins, stand apart."""

    details: bool
    parts: PartsOptions | str | None
    latin: bool
    forms: Sequence[Form] | None


class SampleOptions(PageOptions, total=False):
    """What one answer with names may ask for."""

    count: int
    seed: str | int | None
    offset: int
    key: str | int | None
    keys: Sequence[str | int] | None
    cast: bool
    existing: Sequence[str] | None


class FileOptions(TypedDict, total=False):
    """How to learn from a list that is sent as a file."""

    preset: Literal["default", "best", "seed"]
    cell: Literal["vanilla", "gru"]
    hidden: int
    layers: int
    dropout: float
    recurrent_dropout: float
    between_dropout: float
    ngram: bool
    optimizer: Literal["sgd", "adam"]
    learning_rate: float
    batch: int
    epochs: float
    steps: int
    minutes: float
    seed: int
    parent: str  # `from`, which is a keyword of Python
    publish: Literal["unless_worse", "always", "if_better", "never"]
    public_membership: bool
    language: str
    kind: Literal["girls", "boys", "given", "surnames", "places", "invented"]


class TrainOptions(FileOptions, total=False):
    """How to learn, and from which list."""

    names: Sequence[str]
    corpus: str
