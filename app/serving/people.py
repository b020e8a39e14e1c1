"""Which models full names are drawn from, and the one that a gender chooses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.schemas.full_names import AskedGender, Part, Parts
from app.serving.errors import UnknownValue
from app.serving.snapshots import Models
from model.errors import InvalidOption
from model.people.customs import COMMON, GENDERS, Custom, custom_of
from model.people.patronymics import Gender

KINDS: Mapping[Gender, str] = {"girl": "girls", "boy": "boys"}
GIVEN_NAMES = {"girls", "boys", "given"}

PREFERRED = {"English": "us"}
"""Of several peoples with one language, which one is meant; else the one that is called as the language is."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which models the parts are drawn from, by the gender of the person, or what they are locked to.

    Attributes
    ----------
    given, surname
        Names of models, or a locked name.
    genders
        Of the people; None where it does not matter.
    order
        The custom by which the parts are put together.
    endings
        The custom by which surnames agree with the gender.
    is_patronymic
        Whether the surname is made of the father's given name, by `endings`.
    """

    given: str | dict[Gender | None, str]
    surname: str | dict[Gender | None, str]
    genders: tuple[Gender | None, ...]
    order: Custom
    endings: Custom
    language: str
    is_patronymic: bool = False

    @property
    def models(self) -> tuple[str, ...]:
        """Every model, once."""
        named = [part for part in (self.given, self.surname) if not isinstance(part, str)]
        return tuple(dict.fromkeys(model for part in named for model in part.values()))


def model_of_gender(models: Models, reference: str, gender: AskedGender | None) -> str:
    """The model that is meant by a name and a gender: `us` and `girl` are `us-girls`.

    Raises
    ------
    InvalidOption
        There is no such model, or the named one has the other gender.
    """
    if gender is None or gender == "any":
        return reference
    base, _, _ = reference.partition("@")
    kind = _kind(models, base)
    if kind == KINDS[gender]:
        return reference
    if kind in KINDS.values():
        raise InvalidOption("gender", f"is {gender}, and {base} has {kind}' names; leave one of them out")
    found = f"{base}-{KINDS[gender]}"
    if _kind(models, found) is None:
        raise InvalidOption("gender", f"chooses between models where there are two; there is no model {found}")
    return found


def choose_models(models: Models, parts: Parts, gender: AskedGender | None) -> Choice:
    """The models of full names.

    Raises
    ------
    InvalidOption, UnknownValue
        Nothing says which model a part is drawn from, or there is none.
    """
    language = _language(models, parts)
    given_language = _language_of(models, parts.given.model) or language
    surname_language = _language_of(models, parts.surname.model) or language
    endings = custom_of(surname_language)
    given, genders = _given_names(models, parts.given, given_language, gender)
    surname, is_patronymic = _surnames(models, parts, surname_language, endings)
    depends = not isinstance(surname, str) and (endings.agrees or is_patronymic)
    if genders == (None,) and depends and not isinstance(given, dict):
        raise InvalidOption(
            "gender", f"is needed beside a locked given name: surnames in {surname_language} depend on it"
        )
    if genders == (None,) and is_patronymic:
        genders = GENDERS
    order = custom_of(given_language) if given_language == surname_language else COMMON
    return Choice(given, surname, genders, order, endings, given_language, is_patronymic)


def languages_of_full_names(models: Models) -> tuple[str, ...]:
    """The languages of which there are given names, and surnames or a custom to make them of the father's name."""
    described = {_described(models, name) for name in models.by_name}
    known = {language for language, kind in described if language and kind in GIVEN_NAMES}
    return tuple(sorted(one for one in known if (one, "surnames") in described or custom_of(one).from_father))


def _language(models: Models, parts: Parts) -> str:
    """The language of parts that name no model, as its models spell it."""
    if parts.language is not None:
        described = [_described(models, name) for name in models.by_name]
        for language, kind in described:
            if language and kind in GIVEN_NAMES and language.casefold() == parts.language.strip().casefold():
                return language
        raise UnknownValue("language", parts.language, languages_of_full_names(models))
    for part in (parts.given, parts.surname):
        if language := _language_of(models, part.model):
            return language
    if not any(part.model or part.lock for part in (parts.given, parts.surname)):
        raise InvalidOption("parts", "needs a language, as German, or models, as icelandic-girls,german-surnames")
    return ""


def _given_names(
    models: Models, part: Part, language: str, gender: AskedGender | None
) -> tuple[str | dict[Gender | None, str], tuple[Gender | None, ...]]:
    """What given names are drawn from, and the genders of the people."""
    asked: tuple[Gender, ...] = GENDERS if gender is None or gender == "any" else (gender,)
    if part.lock is not None:
        return part.lock, (None,) if asked == GENDERS else asked
    if part.model is not None:
        base = part.model.partition("@")[0]
        own = next((one for one in GENDERS if _kind(models, base) == KINDS[one]), None)
        if own is not None:
            return {own: model_of_gender(models, part.model, gender)}, (own,)
        if _kind(models, base) is not None and asked == GENDERS:
            return {None: part.model}, (None,)
        if _kind(models, base) is not None or all(_kind(models, f"{base}-{KINDS[one]}") is not None for one in asked):
            return {one: model_of_gender(models, part.model, one) for one in asked}, asked
        return {None: part.model}, (None,)  # which says that there is none
    found = {one: _find(models, language, KINDS[one]) for one in asked}
    if all(found.values()):
        return {one: str(model) for one, model in found.items()}, asked
    either = _find(models, language, "given")
    if either is None or asked != GENDERS:
        missing = " and ".join(f"{KINDS[one]}'" for one in asked if not found[one])
        raise InvalidOption("parts", _none_of(f"{missing} names", language, "given"))
    return {None: either}, (None,)


def _surnames(
    models: Models, parts: Parts, language: str, custom: Custom
) -> tuple[str | dict[Gender | None, str], bool]:
    """What surnames are drawn from, and whether they are patronymics."""
    if parts.surname.lock is not None:
        return parts.surname.lock, False
    if parts.surname.model is not None:
        is_fathers = custom.from_father is not None and _kind(models, parts.surname.model.partition("@")[0]) == "boys"
        return {None: parts.surname.model}, is_fathers
    if model := _find(models, language, "surnames", _people(parts.given.model)):
        return {None: model}, False
    fathers = _find(models, language, "boys", _people(parts.given.model))
    if custom.from_father is None or fathers is None:
        raise InvalidOption("parts", _none_of("surnames", language, "surname"))
    return {None: fathers}, True


def _none_of(what: str, language: str, part: str) -> str:
    known = f"there is none in {language}" if language else "nothing says which"
    return f"need a model of {what}, and {known}; name one as parts.{part}.model, or keep a name as parts.{part}.lock"


def _find(models: Models, language: str, kind: str, people: str = "") -> str | None:
    """The model in service of a language and kind: of the same people, if there is one."""
    names = [
        one.name
        for one in models.in_service()
        if (one.card.description.language, one.card.description.kind) == (language, kind)
    ]
    ranks = (people, PREFERRED.get(language, ""), language.lower())
    return min(names, key=lambda name: ([_people(name) != rank for rank in ranks], name), default=None)


def _people(name: str | None) -> str:
    """`austrian` of `austrian-girls`."""
    return (name or "").partition("@")[0].rpartition("-")[0]


def _kind(models: Models, name: str) -> str | None:
    return _described(models, name)[1] if name in models.by_name else None


def _language_of(models: Models, name: str | None) -> str:
    return _described(models, (name or "").partition("@")[0])[0]


def _described(models: Models, name: str) -> tuple[str, str]:
    """Language and kind of a model; empty where they are not known, or there is no such model."""
    model = models.by_name.get(name)
    shown = model and (model.champion or model.bundled)
    return (shown.card.description.language, shown.card.description.kind) if shown else ("", "")
