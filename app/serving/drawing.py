"""What a request asks of names, and drawing them: for keys, of a seed, or of no seed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import Any

import numpy as np

from app.schemas.sample import SampleFields
from app.schemas.sequence import MAX_NEAR_NAMES, SeededNames
from app.serving.sequences import Asked, SequenceCache
from app.serving.source import Source
from model.constraints.constraints import Constraints
from model.errors import InvalidOption
from model.generation.drawn import Draw
from model.generation.keys import draw_for_keys
from model.generation.options import NO_CONSTRAINTS, Options
from model.generation.sampling import draw

SEED_BYTES = 8
"""Of a seed that is drawn for an answer."""

KEPT_OPTIONS = 256

OPTION_FIELDS = tuple(field.name for field in fields(Options) if field.name in SampleFields.model_fields)

option_values = attrgetter(*OPTION_FIELDS)
constraint_values = attrgetter(*(field.name for field in fields(Constraints)))


def seed_of(request: SampleFields) -> str | None:
    """The seed of a request, or one for it that the answer tells; None where none is wanted."""
    return secrets.token_hex(SEED_BYTES) if request.reproducible and not request.seed else request.seed or None


def draw_names(
    source: Source, request: SampleFields, seed: str | None, sequences: SequenceCache, at_once: int | None = None
) -> Draw:
    """Names for keys, of a seed, or of no seed: these at most `at_once` in a batch."""
    keys = keys_of(request)
    asked = asked_of(source, request, max(request.count, len(keys)))
    if keys:
        return draw_for_keys(source.predictor, keys, asked.options, asked.filters())
    avoided = avoided_by(asked, request, sequences)
    if seed is not None:
        return sequences.page(asked, seed, request.offset, request.count, avoided)
    filters = asked.filters(avoided)
    return draw(source.predictor, request.count, asked.options, np.random.default_rng(), filters, at_once=at_once)


def asked_of(source: Source, request: SampleFields, count: int) -> Asked:
    """What a request for so many names asks of them; raises InvalidOption where its fields don't go together."""
    check_fields(request, count)
    return Asked(source, options_of(request), request.novel, request.novel_distance)


def avoided_by(asked: Asked, request: SampleFields, sequences: SequenceCache) -> Sequence[str] | None:
    """The names that a request avoids, those of a seed drawn for it."""
    avoided: Sequence[str] | SeededNames | None = request.posted_value("avoid")
    if isinstance(avoided, SeededNames):
        return sequences.first(asked, avoided)
    return avoided


def options_of(request: SampleFields) -> Options:
    """What a request asks of names, as the core knows it."""
    return _options(constraints_of(request), option_values(request))


@lru_cache(maxsize=KEPT_OPTIONS)
def _options(constraints: Constraints, values: tuple[Any, ...]) -> Options:
    """Options, checked once where they come again and again."""
    return Options(**dict(zip(OPTION_FIELDS, values, strict=True)), constraints=constraints)


def keys_of(request: SampleFields) -> list[str]:
    """The keys that a request asks for; none where it asks for names of a seed, or of none."""
    return request.posted_value("keys") or ([request.key] if request.key else [])


def check_fields(request: SampleFields, count: int) -> None:
    """Raise InvalidOption for fields that need others, or fewer names."""
    if request.novel_distance and not request.novel:
        raise InvalidOption("novel_distance", "needs novel=true")
    if request.novel_distance and count > MAX_NEAR_NAMES:
        raise InvalidOption("novel_distance", f"goes with at most {MAX_NEAR_NAMES} names at once; take pages of a seed")
    if request.offset and not (request.seed or request.reproducible):
        raise InvalidOption("offset", "needs a seed, whose names it counts")


def constraints_of(request: SampleFields) -> Constraints:
    """What a request asks of the letters; an empty text is none, as an empty start is."""
    asked = constraint_values(request)
    if not any(asked):
        return NO_CONSTRAINTS
    suffix, contains, pattern, regex, exclude, syllables = (value or None for value in asked)
    return Constraints(suffix, contains, pattern, regex, tuple(exclude or ()), syllables)
