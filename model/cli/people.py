"""Full names, casts and Latin forms on the command line."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace

from model.artifact.bundled_models import find_model
from model.artifact.card import Description
from model.artifact.model_file import Artifact
from model.constraints.constraints import Constraints
from model.errors import InvalidOption
from model.generation.cast import check, choose_cast
from model.generation.drawn import Draw
from model.generation.full_names import FullName, FullNameSequence, Plan, full_names_for_keys
from model.generation.name_parts import Drawn, PartSource, agreement
from model.generation.novelty import novel
from model.generation.options import Options
from model.generation.served import predictor_of
from model.people.customs import COMMON, GENDERS, custom_of
from model.people.forms import forms_of
from model.people.patronymics import Gender

LOCK = "="
"""Begins a surname that is kept, in the place of a model."""

GENDER_OF: dict[str, Gender] = {"girls": "girl", "boys": "boy"}


def plan_full_names(
    given: Artifact, surname: str, options: Options, avoid: Sequence[str] = (), novel_distance: int | None = None
) -> Plan:
    """What full names are made of.

    Parameters
    ----------
    given
        The model of the given names, whose kind says which gender they have.
    surname
        The model of the surnames, or `=Braun` for one that is kept.
    options
        What given names are to be like; surnames too, except for what is asked of their letters.
    avoid
        Full names that do not come up.
    novel_distance
        Within how many edits no part may stand in the lists; None where they may.
    """
    described = given.card.description
    gender = GENDER_OF.get(described.kind)
    given_names: Drawn = {None: _part(given, options, novel_distance)}
    whole = Plan(given_names, "", (gender,), custom_of(described.language), options.unique, frozenset(avoid))
    if surname.startswith(LOCK):
        return Plan(given_names, surname.removeprefix(LOCK), (gender,), whole.custom, options.unique, whole.avoid)
    model = find_model(surname)
    other = model.card.description
    genders: tuple[Gender | None, ...] = GENDERS if gender is None and _is_fathers(other) else (gender,)
    plain = Options(
        max_length=options.max_length, temperature=options.temperature, top_k=options.top_k, top_p=options.top_p,
        decent=options.decent, constraints=Constraints(exclude=options.constraints.exclude),
    )  # fmt: skip
    surnames: Drawn = {one: _surname_part(model, plain, novel_distance, one) for one in genders}
    custom = whole.custom if described.language == other.language else COMMON
    return Plan(given_names, surnames, genders, custom, options.unique, whole.avoid)


def draw_full_names(
    plan: Plan, count: int, seed: str | None, offset: int, keys: Sequence[str] | None
) -> tuple[Draw, list[FullName]]:
    """Full names for keys, of a seed, or of none, and the parts of each."""
    if keys:
        drawn = full_names_for_keys(plan, keys)
    elif seed is None and offset:
        raise InvalidOption("offset", "needs a seed, whose names it counts")
    else:
        drawn = FullNameSequence(plan, secrets.token_hex() if seed is None else seed).page(offset, count)
    names = [one.name for one in drawn.names]
    figures = Draw(names, drawn.shortfall, drawn.exact, drawn.effective_sample_size, drawn.left_out, drawn.top_p)
    return figures, drawn.names


def _is_fathers(described: Description) -> bool:
    return described.kind == "boys" and custom_of(described.language).from_father is not None


def _part(model: Artifact, options: Options, novel_distance: int | None) -> PartSource:
    filters = () if novel_distance is None else (novel([model], novel_distance),)
    return PartSource(predictor_of(model), options, filters)


def _surname_part(model: Artifact, options: Options, novel_distance: int | None, gender: Gender | None) -> PartSource:
    part, described = _part(model, options, novel_distance), model.card.description
    custom = custom_of(described.language)
    if gender is None:
        return part
    if _is_fathers(described) and (form := custom.from_father):
        return PartSource(part.predictor, options, part.filters, lambda father: form(father, gender))
    agrees = (agreement(part.predictor, custom, gender),) if custom.agrees else ()
    return PartSource(part.predictor, options, (*part.filters, *agrees))


def gather(batches: Iterable[Draw]) -> Draw:
    """All the names of batches, and the figures of the last one."""
    drawn = list(batches)
    return replace(drawn[-1], names=[name for draw in drawn for name in draw.names])


def lines(
    drawn: Draw,
    language: str,
    *,
    parts: Sequence[FullName] | None = None,
    latin: bool = False,
    cast: int | None = None,
    existing: Sequence[str] = (),
) -> tuple[list[str], str | None]:
    """Names as lines with tabs: the name, its Latin form, and what it is kept apart from and how far.

    Parameters
    ----------
    parts
        Of full names.
    cast
        How many names a cast has that is chosen among those that were drawn.

    Returns
    -------
    lines, shortfall
        Without ends of lines, and why there are too few.
    """
    split = {one.name: (one.given, one.surname) for one in parts or ()}
    columns: list[Sequence[str]] = [drawn.names]
    shortfall = drawn.shortfall
    if cast is not None:
        check(cast, existing)
        chosen = choose_cast(drawn.names, cast, existing, language)
        shortfall = chosen.shortfall
        columns = [[one.name for one in chosen.members]]
        columns += [
            ["; ".join(one.apart_from) for one in chosen.members],
            [f"{one.distance:g}" for one in chosen.members],
        ]
    if latin:
        forms = forms_of([split.get(name, (name,)) for name in columns[0]], language)
        columns.insert(1, [one.latin for one in forms])
    return ["\t".join(row) for row in zip(*columns, strict=True)], shortfall
