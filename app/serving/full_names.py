"""Drawing full names with the models in service."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.schemas.full_names import PART_CONSTRAINTS, PART_OPTIONS, Part
from app.schemas.sample import SampleFields
from app.schemas.sequence import SeededNames
from app.serving.people import Choice, choose_models
from app.serving.registry import ModelRegistry
from app.serving.sequences import Asked, SequenceCache
from app.serving.source import Source
from model.constraints.constraints import Constraints
from model.generation.filters import Filter
from model.generation.full_names import FullDraw, FullNameSequence, Plan, full_names_for_keys
from model.generation.name_parts import Drawn, PartSource, agreement, errors_of
from model.generation.options import Options
from model.people.patronymics import Gender

SHARED_CONSTRAINTS = ("exclude",)
"""Constraints beside `parts` that hold for both parts; the others hold for the given name."""


@dataclass(frozen=True, slots=True)
class FullNames:
    """What full names are drawn from.

    Attributes
    ----------
    choice
        The models of the parts.
    sources
        Each of them, by the name that it has there.
    """

    choice: Choice
    sources: Mapping[str, Source]

    @classmethod
    async def find(cls, registry: ModelRegistry, request: SampleFields) -> FullNames:
        """Load the models that a request asks for; raises what `choose_models` and the registry do."""
        choice = choose_models(registry.models, request.asked_parts, request.gender)
        return cls(choice, {name: (await registry.resolve(name)).source for name in choice.models})

    @property
    def model(self) -> str:
        """All models and their versions, as an answer names them."""
        return " + ".join(f"{source.model}@{source.version}" for source in self.sources.values())

    @property
    def private(self) -> Source | None:
        """One whose list is private."""
        return next((source for source in self.sources.values() if not source.is_public), None)

    def draw(
        self, request: SampleFields, options: Options, keys: list[str], seed: str | None, sequences: SequenceCache
    ) -> FullDraw:
        """Draw full names of a seed, of none, or for keys.

        Parameters
        ----------
        request
            What is asked of each part, and which names of the seed are wanted.
        options
            What is asked of both parts, as far as the part does not say otherwise.
        """
        avoided = request.posted_value("avoid")
        if isinstance(avoided, SeededNames):
            plan, key = self._plan(request, options, frozenset())
            avoided = [one.name for one in sequences.first_full_names(plan, key, avoided)]
        plan, key = self._plan(request, options, frozenset(avoided or ()))
        if keys:
            return full_names_for_keys(plan, keys)
        if seed is None:
            return FullNameSequence(plan, secrets.token_hex()).page(0, request.count)
        return sequences.full_names(plan, key, seed, request.offset, request.count)

    def _plan(self, request: SampleFields, options: Options, avoid: frozenset[str]) -> tuple[Plan, tuple[object, ...]]:
        """What is drawn, and something that is equal for equal plans."""
        choice, parts = self.choice, request.asked_parts
        given = _options("given", parts.given, options)
        plain = replace(options, start="", constraints=_kept(options.constraints, SHARED_CONSTRAINTS))
        surname = _options("surname", parts.surname, plain)

        def source(model: str, options: Options, gender: Gender | None = None) -> PartSource:
            source = self.sources[model]
            filters: list[Filter] = Asked(source, options, request.novel, request.novel_distance).filters()
            if gender is None:
                return PartSource(source.predictor, options, tuple(filters))
            if choice.is_patronymic and (form := choice.endings.from_father):
                return PartSource(source.predictor, options, tuple(filters), lambda father: form(father, gender))
            agrees = [agreement(source.predictor, choice.endings, gender)] if choice.endings.agrees else []
            return PartSource(source.predictor, options, (*filters, *agrees))

        given_names: Drawn = (
            choice.given
            if isinstance(choice.given, str)
            else {gender: source(model, given) for gender, model in choice.given.items()}
        )
        surnames: Drawn = (
            choice.surname
            if isinstance(choice.surname, str)
            else {gender: source(choice.surname[None], surname, gender) for gender in choice.genders}
        )
        predictors = tuple(self.sources[model].predictor for model in choice.models)
        key = (
            predictors, str(choice.given), str(choice.surname), choice.genders, given, surname, request.novel,
            request.novel_distance, request.unique, avoid,
        )  # fmt: skip
        return Plan(given_names, surnames, choice.genders, choice.order, request.unique, avoid), key


def _options(name: str, part: Part, base: Options) -> Options:
    """What a part is to be like: what it says itself, and the rest as the base has it."""
    own = {option: value for option in PART_OPTIONS if (value := getattr(part, option)) is not None}
    asked = {option: value for option in PART_CONSTRAINTS if (value := getattr(part, option) or None) is not None}
    if "exclude" in asked:
        asked["exclude"] = tuple(asked["exclude"])
    with errors_of(name):
        return replace(base, **own, constraints=replace(base.constraints, **asked))


def _kept(constraints: Constraints, options: tuple[str, ...]) -> Constraints:
    return Constraints(**{option: getattr(constraints, option) for option in options})
