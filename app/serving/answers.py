"""What one request gets: names, and what it wants to know of them. All of it is done in a thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.schemas.full_names import Form
from app.schemas.sample import SampleFields
from app.serving.casts import ChosenCast, draw_cast
from app.serving.cost import names_at_once, names_scored_in
from app.serving.drawing import check_fields, draw_names, keys_of, options_of
from app.serving.full_names import FullNames
from app.serving.results import SampleResult
from app.serving.scored import MAX_EXPLAINED, score_in_time
from app.serving.sequences import SequenceCache
from app.serving.source import Source
from model.generation.checkpoints import saving, unhurried
from model.generation.drawn import Draw, out_of_time
from model.generation.full_names import FullDraw
from model.people.forms import forms_of

DETAILS_SHARE = 0.6
"""Of the time of an answer, kept for its details."""

DETAILS_SECONDS = 0.05
"""What the details of so many names as are scored at once should take."""


def answer(
    source: Source, request: SampleFields, seed: str | None, sequences: SequenceCache, *, is_admin: bool
) -> SampleResult:
    """Draw alone, never in one batch with another request: float32 products depend on the size of the batch."""
    at_once, cast = names_at_once(request, source), None

    def draw(asked: SampleFields) -> Draw:
        return draw_names(source, asked, seed, sequences, at_once)

    with saving(DETAILS_SHARE if request.details else 0.0):
        if request.cast:
            drawn, cast = draw_cast(request, source.language, draw, lambda one: one.names)
        else:
            drawn = draw(request)
    if cast is None:
        return result_of(source, request, seed, drawn, is_admin=is_admin)
    chosen = replace(drawn, names=[drawn.names[place] for place in cast.places], shortfall=cast.shortfall)
    with unhurried():  # a cast has details of all its names, or they could be taken for others'
        return replace(result_of(source, request, seed, chosen, is_admin=is_admin), cast=cast.members)


def result_of(
    source: Source, request: SampleFields, seed: str | None, drawn: Draw, *, is_admin: bool, sent: int = 0
) -> SampleResult:
    """What was drawn, with what a request wants to know of it; `sent` counts the names of the answer before these.

    Where there is no time for details of all names, it has fewer names.
    """
    details = None
    if request.details:
        details = score_in_time(
            source,
            drawn.names,
            lambda left: names_scored_in(DETAILS_SECONDS, left, source),
            is_admin=is_admin,
            explained=max(MAX_EXPLAINED - sent, 0),
        )
        if len(details) < len(drawn.names):
            drawn = replace(drawn, names=drawn.names[: len(details)], shortfall=out_of_time(len(details)))
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


def answer_full_names(
    found: FullNames, request: SampleFields, seed: str | None, sequences: SequenceCache
) -> SampleResult:
    """Draw full names, alone too."""
    keys = keys_of(request)
    check_fields(request, max(request.count, len(keys)))

    def draw(asked: SampleFields) -> FullDraw:
        return found.draw(asked, options_of(asked), keys, seed, sequences)

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
