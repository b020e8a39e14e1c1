"""Drawing and scoring names with the models in service."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial

import numpy as np

from app.metrics import Metrics
from app.schemas.full_names import Form
from app.schemas.sample import SampleFields, ScoreFields
from app.schemas.sequence import MAX_NEAR_NAMES, SeededNames
from app.serving.blends import Blends
from app.serving.capacity import Capacity
from app.serving.casts import ChosenCast, check_existing, draw_cast
from app.serving.comparisons import Comparisons
from app.serving.errors import PrivateList
from app.serving.far_pages import FarPages
from app.serving.full_names import FullNames
from app.serving.like import Adapter, is_style
from app.serving.people import model_of_gender
from app.serving.registry import ModelRegistry
from app.serving.sequences import Asked, SequenceCache
from app.serving.source import Source
from model.constraints.constraints import Constraints
from model.corpus.examples import OPTION
from model.errors import InvalidOption
from model.generation.cast import Member
from model.generation.comparison import MAX_COMPARED, Likeness
from model.generation.details import Near, Other, nearest, others, percentiles
from model.generation.drawn import Draw
from model.generation.full_names import FullDraw, FullName
from model.generation.keys import draw_for_keys
from model.generation.novelty import lists_of
from model.generation.options import Options
from model.generation.sampling import draw
from model.generation.scoring import Score, score
from model.people.forms import forms_of

SEED_BYTES = 8
"""Of a seed that is drawn for an answer."""

MAX_EXPLAINED = 100
"""Names of one answer that are compared with those of lists, and whose other letters are told."""


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
class Generator:
    """Draws and scores names, in threads, and counts the names drawn.

    With `is_admin`, it is also disclosed whether a name stands in a private training list.
    """

    registry: ModelRegistry
    capacity: Capacity
    metrics: Metrics
    sequences: SequenceCache
    blends: Blends
    comparisons: Comparisons
    adapter: Adapter
    far_pages: FarPages

    async def sample(self, request: SampleFields, *, is_admin: bool) -> SampleResult:
        """Draw names."""
        check_existing(request)
        if request.parts:
            return await self._sample_full_names(request, is_admin=is_admin)
        source = await self.find(request, is_admin=is_admin)
        work = partial(_sample, source, request, self.sequences, is_admin=is_admin)
        result = await self.far_pages.run(work)
        self.metrics.names[source.label or source.model] += len(result.names)
        return replace(result, note=self.adapter.note) if getattr(request, OPTION, None) else result

    async def score(self, request: ScoreFields, *, is_admin: bool) -> ScoreResult:
        """Compute how probable names are, and which models they sound like."""
        if request.compare and len(request.names) > MAX_COMPARED:
            raise InvalidOption("names", f"should be at most {MAX_COMPARED} with compare, not {len(request.names):,}")
        source = await self._resolve(request.model)
        scores = await self.capacity.run(partial(_score, source, request.names, is_admin=is_admin))
        if request.compare:
            likely = await self.comparisons.compare(request.names)
            scores = [replace(one, sounds_like=each) for one, each in zip(scores, likely, strict=True)]
        return ScoreResult(source.model, source.version, scores)

    async def _sample_full_names(self, request: SampleFields, *, is_admin: bool) -> SampleResult:
        found = await FullNames.find(self.registry, request)
        if request.novel and found.private and not is_admin:
            raise PrivateList(found.private.model)
        result = await self.far_pages.run(partial(_sample_full_names, found, request, self.sequences))
        for source in found.sources.values():
            self.metrics.names[source.model] += len(result.names)
        return result

    async def find(self, request: SampleFields, *, is_admin: bool) -> Source:
        """What a request draws from."""
        source = await self._find(request)
        if request.novel and not (source.is_public or is_admin):
            raise PrivateList(source.model)
        return source

    async def _find(self, request: SampleFields) -> Source:
        if request.blend:
            return await self.blends.find(request.blend)
        if names := getattr(request, OPTION, None):
            return await self.adapter.adapt(names)
        return await self._resolve(model_of_gender(self.registry.models, request.model, request.gender))

    async def _resolve(self, reference: str) -> Source:
        """What is meant by `name`, `name@version` or `style:...`."""
        if is_style(reference):
            return self.adapter.find(reference)
        return (await self.registry.resolve(reference)).source


def _sample(source: Source, request: SampleFields, sequences: SequenceCache, *, is_admin: bool) -> SampleResult:
    """Draw alone, never in one batch with another request: float32 products depend on the size of the batch."""
    seed = seed_of(request)
    if not request.cast:
        return result_of(source, request, seed, _draw(source, request, seed, sequences), is_admin=is_admin)
    drawn, cast = draw_cast(
        request, source.language, lambda asked: _draw(source, asked, seed, sequences), lambda draw: draw.names
    )
    chosen = replace(drawn, names=[drawn.names[place] for place in cast.places], shortfall=cast.shortfall)
    return replace(result_of(source, request, seed, chosen, is_admin=is_admin), cast=cast.members)


def seed_of(request: SampleFields) -> str | None:
    """The seed of a request, or one for it that the answer tells; None where none is wanted."""
    return secrets.token_hex(SEED_BYTES) if request.reproducible and not request.seed else request.seed or None


def result_of(
    source: Source, request: SampleFields, seed: str | None, drawn: Draw, *, is_admin: bool, sent: int = 0
) -> SampleResult:
    """What was drawn, with what a request wants to know of it; `sent` counts the names of the answer before these."""
    details = None
    if request.details:
        details = _score(source, drawn.names, is_admin=is_admin, explained=max(MAX_EXPLAINED - sent, 0))
    size = drawn.effective_sample_size
    return SampleResult(
        drawn.names,
        source.model,
        source.version,
        seed,
        drawn.shortfall,
        drawn.exact,
        None if size is None else round(size, 1),
        {"decent": 0, **drawn.left_out},
        details,
        top_p=drawn.top_p,
        forms=_forms(request, [(name,) for name in drawn.names], source.language),
    )


def _sample_full_names(found: FullNames, request: SampleFields, sequences: SequenceCache) -> SampleResult:
    seed, keys = seed_of(request), _keys(request)
    _check(request, max(request.count, len(keys)))

    def draw(asked: SampleFields) -> FullDraw:
        return found.draw(asked, _options(asked), keys, seed, sequences)

    cast: ChosenCast | None = None
    if request.cast:
        drawn, cast = draw_cast(request, found.choice.language, draw, lambda each: [one.name for one in each.names])
        drawn = replace(drawn, names=[drawn.names[place] for place in cast.places], shortfall=cast.shortfall)
    else:
        drawn = draw(request)
    size = drawn.effective_sample_size
    return SampleResult(
        [one.name for one in drawn.names],
        found.model,
        None,
        seed,
        drawn.shortfall,
        drawn.exact,
        None if size is None else round(size, 1),
        {"decent": 0} | {option: number for option, number in drawn.left_out.items() if option != "gender"},
        None,
        top_p=drawn.top_p,
        cast=None if cast is None else cast.members,
        parts=drawn.names,
        forms=_forms(request, [(one.given, one.surname) for one in drawn.names], found.choice.language),
    )


def _forms(request: SampleFields, names: Sequence[Sequence[str]], language: str) -> list[Mapping[Form, str]] | None:
    """The forms of names, given by their parts, that a request asks for."""
    asked = request.asked_forms
    if not asked:
        return None
    return [{form: getattr(forms, form) for form in asked} for forms in forms_of(names, language)]


def _draw(source: Source, request: SampleFields, seed: str | None, sequences: SequenceCache) -> Draw:
    """Names for keys, of a seed, or of no seed."""
    keys = _keys(request)
    asked = asked_of(source, request, max(request.count, len(keys)))
    if keys:
        return draw_for_keys(source.predictor, keys, asked.options, asked.filters())
    avoided = avoided_by(asked, request, sequences)
    if seed is not None:
        return sequences.page(asked, seed, request.offset, request.count, avoided)
    return draw(source.predictor, request.count, asked.options, np.random.default_rng(), asked.filters(avoided))


def asked_of(source: Source, request: SampleFields, count: int) -> Asked:
    """What a request for so many names asks of them; raises InvalidOption where its fields don't go together."""
    _check(request, count)
    return Asked(source, _options(request), request.novel, request.novel_distance)


def avoided_by(asked: Asked, request: SampleFields, sequences: SequenceCache) -> Sequence[str] | None:
    """The names that a request avoids, those of a seed drawn for it."""
    avoided: Sequence[str] | SeededNames | None = getattr(request, "avoid", None)
    if isinstance(avoided, SeededNames):
        return sequences.page(asked, avoided.seed, 0, avoided.count).names
    return avoided


def _options(request: SampleFields) -> Options:
    return Options(
        **{field.name: getattr(request, field.name) for field in fields(Options) if hasattr(request, field.name)},
        constraints=_constraints(request),
    )


def _keys(request: SampleFields) -> list[str]:
    return getattr(request, "keys", None) or ([request.key] if request.key else [])


def _check(request: SampleFields, count: int) -> None:
    """Raise InvalidOption for fields that need others, or fewer names."""
    if request.novel_distance and not request.novel:
        raise InvalidOption("novel_distance", "needs novel=true")
    if request.novel_distance and count > MAX_NEAR_NAMES:
        raise InvalidOption("novel_distance", f"goes with at most {MAX_NEAR_NAMES} names at once; take pages of a seed")
    if request.offset and not (request.seed or request.reproducible):
        raise InvalidOption("offset", "needs a seed, whose names it counts")


def _constraints(request: SampleFields) -> Constraints:
    """What a request asks of the letters; an empty text is none, as an empty start is."""
    return Constraints(
        suffix=request.suffix or None,
        contains=request.contains or None,
        pattern=request.pattern or None,
        regex=request.regex or None,
        exclude=tuple(request.exclude or ()),
        syllables=request.syllables or None,
    )


def _score(source: Source, names: Sequence[str], *, is_admin: bool, explained: int = MAX_EXPLAINED) -> list[ScoredName]:
    predictor, is_disclosed = source.predictor, source.is_public or is_admin
    scores = score(predictor, names)
    lists = dict.fromkeys(name for artifact in source.artifacts for name in lists_of(artifact))
    near = nearest(names[:explained], lists) if lists else []
    known = [place for place, one in enumerate(scores) if math.isfinite(one.log_probability)]
    usual = dict(zip(known, percentiles(predictor, [scores[place].nats_per_letter for place in known]), strict=True))
    folded = [predictor.fold(name) for name in names]
    spelled = [place for place, one in enumerate(scores[:explained]) if one.log_probabilities]
    instead = dict(zip(spelled, others(predictor, [folded[place] for place in spelled]), strict=True))
    return [
        ScoredName(
            one,
            folded[place],
            is_listed if is_disclosed else None,
            usual.get(place),
            instead.get(place),
            near[place] if place < len(near) else None,
        )
        for place, (one, is_listed) in enumerate(zip(scores, source.contains(names), strict=True))
    ]
