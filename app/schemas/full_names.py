"""The fields of `/sample` that ask for full names and for other forms of names, and what answers have of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from app.schemas.constraints import SYLLABLES, Exclude, Number, Piece, Syllables, split, to_text
from app.schemas.fields import KnownFields, ModelName, Schema
from model.constraints.regular import MAX_TEXT
from model.corpus.spelling import LONGEST_NAME_LETTERS
from model.generation.options import MAX_TEMPERATURE, MIN_TEMPERATURE

AskedGender = Literal["girl", "boy", "any"]
Form = Literal["latin", "initials", "username"]
Forms = Annotated[list[Form], Field(max_length=3)]
QueriedForms = list[Annotated[str, Field(pattern="^(latin|initials|username)?(,(latin|initials|username)?)*$")]]
"""As a query has them: several in one, or none."""

PART_OPTIONS = ("start", "min_length", "max_length", "temperature", "top_k", "top_p")
PART_CONSTRAINTS = ("suffix", "contains", "pattern", "regex", "exclude", "syllables")

SHORT_FORM = (
    "A language, as `German`; or two models, as `icelandic-girls,german-surnames`, where `=Braun` in the place of one "
    "keeps a name"
)


class Part(KnownFields):
    """What one part of a full name is drawn from, and what it is to be like."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    model: ModelName | None = Field(
        None,
        description="The model. Without one, it is chosen by the language of the other part, and by `gender`.",
        examples=["german-surnames"],
    )
    lock: Annotated[str, Field(pattern=r"\S", max_length=LONGEST_NAME_LETTERS)] | None = Field(
        None, description="Keep this name, and draw the other part only.", examples=["Braun"]
    )
    start: Piece | None = Field(None, description="Letters that it begins with.", examples=["A"])
    suffix: Piece | None = Field(None, description="Letters that it ends with.", examples=["a"])
    contains: Piece | None = Field(None, description="Letters that stand in it.", examples=["n"])
    pattern: Piece | None = Field(None, description="`?` is one letter, `*` any number of them.", examples=["A?*a"])
    regex: Annotated[str, Field(max_length=MAX_TEXT)] | None = Field(
        None, description="A regular expression for the whole part.", examples=["a[^q]+"]
    )
    exclude: Exclude | None = Field(None, description="Pieces that do not stand in it.", examples=[["x"]])
    syllables: Annotated[Syllables, BeforeValidator(to_text, json_schema_input_type=Number | Syllables)] | None = (
        SYLLABLES
    )
    min_length: int | None = Field(None, ge=1, le=LONGEST_NAME_LETTERS, description="Fewest letters.", examples=[3])
    max_length: int | None = Field(None, ge=1, le=LONGEST_NAME_LETTERS, description="Most letters.", examples=[12])
    temperature: float | None = Field(
        None, ge=MIN_TEMPERATURE, le=MAX_TEMPERATURE, description="Below 1 for more usual names.", examples=[0.8]
    )
    top_k: int | None = Field(None, ge=1, description="Draw from the k most probable letters only.", examples=[10])
    top_p: float | None = Field(
        None, gt=0, le=1, description="Draw from the fewest letters that hold this probability.", examples=[0.9]
    )


class Parts(KnownFields):
    """What full names are made of."""

    model_config = ConfigDict(strict=True)

    given: Part = Field(Part(), description="The given name.", examples=[{"model": "icelandic-girls", "start": "A"}])
    surname: Part = Field(Part(), description="The surname.", examples=[{"lock": "Braun"}])
    language: str | None = Field(
        None,
        max_length=100,
        description="The language of the parts that name no model; `GET /models` lists those that there are.",
        examples=["German"],
    )


def parts_of(value: Any) -> Any:
    """The short form in full; anything else as it is."""
    if not isinstance(value, str):
        return value
    given, comma, surname = (text.strip() for text in value.partition(","))
    return {"given": _part_of(given), "surname": _part_of(surname)} if comma else {"language": given}


def _part_of(text: str) -> dict[str, str]:
    if not text:
        return {}
    return {"lock": text[1:]} if text.startswith("=") else {"model": text}


def _checked(short_form: str) -> str:
    """The short form; raises ValidationError where something is wrong with a part of it."""
    if not short_form:
        return short_form
    Parts.model_validate(parts_of(short_form))
    return short_form


class FullNameFields(Schema):
    """Fields of queries and bodies."""

    parts: Annotated[str, Field(max_length=400), AfterValidator(_checked)] | None = Field(
        None, description=f"Draw full names. {SHORT_FORM}.", examples=[None]
    )
    gender: AskedGender | None = Field(
        None,
        description="Girls' names or boys': the model is chosen where there are two, and the surname agrees. `any` is "
        "both, where full names are drawn.",
        examples=["any"],
    )
    latin: bool = Field(
        False, description="Tell each name in Latin letters too; short for `forms=latin`.", examples=[False]
    )
    forms: Annotated[Forms, BeforeValidator(split, json_schema_input_type=QueriedForms)] | None = Field(
        None,
        description="Other forms of each name: `latin` (A to Z), `initials`, `username` (for addresses; unique in "
        "the answer). Several parted by commas, or by giving it again.",
        examples=[["latin"]],
    )

    @property
    def asked_parts(self) -> Parts:
        """The parts, in full; raises ValidationError where there are none."""
        parts: Any = self.parts
        return parts if isinstance(parts, Parts) else Parts.model_validate(parts_of(parts))

    @property
    def asked_forms(self) -> tuple[Form, ...]:
        """The forms that are asked for, in the order of the answer."""
        asked = {*(self.forms or ()), *(("latin",) if self.latin else ())}
        return tuple(form for form in ("latin", "initials", "username") if form in asked)


class PostedFullNameFields(Schema):
    """The same in bodies."""

    parts: Annotated[Parts, BeforeValidator(parts_of, json_schema_input_type=Parts | str)] | None = Field(
        None,
        description=f"Draw full names: a model and options for each part; options beside it hold for both parts, those "
        f"on letters for the given name, where the part has none of its own. {SHORT_FORM}.",
        examples=[None],
    )
    forms: Forms | None = Field(
        None,
        description="Other forms of each name: `latin` (A to Z), `initials`, `username` (for addresses; unique in "
        "the answer).",
        examples=[["latin"]],
    )


class FullNameParts(Schema):
    """The parts of a full name, and its other forms where they were asked for."""

    given: str = Field(description="The given name.", examples=["Ásta"])
    surname: str = Field(description="The surname, or the patronymic.", examples=["Jónsdóttir"])
    latin: str | None = Field(None, description="The whole name in the letters A to Z.", examples=["Asta Jonsdottir"])
    initials: str | None = Field(None, description="The first letter of each word.", examples=["ÁJ"])
    username: str | None = Field(None, description="For addresses.", examples=["asta.jonsdottir"])
