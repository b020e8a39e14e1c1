"""What requests to `/sample`, `/score` and `/models` look like, and within which bounds."""

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, ConfigDict, Field

from app.schemas.blend import BlendFields, PostedBlendFields
from app.schemas.cast import CastFields, PostedCastFields
from app.schemas.constraints import EXCLUDED, ConstraintFields, Exclude, PostedConstraintFields, split
from app.schemas.exclusive import ExclusiveFields
from app.schemas.fields import KnownFields, ModelName, Schema
from app.schemas.formats import FormatFields
from app.schemas.full_names import FullNameFields, PostedFullNameFields
from app.schemas.like import PostedLikeFields
from app.schemas.sequence import PostedSequenceFields, SequenceFields
from app.settings import Settings
from model.generation.comparison import MAX_COMPARED
from model.generation.options import MAX_TEMPERATURE, MIN_TEMPERATURE

Start = Annotated[
    str,
    Field(
        description="Letters that every name begins with; case is ignored. Empty: the model draws them too.",
        examples=["a"],
    ),
]
MaxLength = Annotated[
    int, Field(ge=1, description="Most letters that a name may have, the start included.", examples=[12])
]
MinLength = Annotated[
    int,
    Field(
        ge=1,
        description="Fewest letters that a name may have. None is shorter than the second shortest of the model's list "
        "anyway, unless `max_length` is.",
        examples=[3],
    ),
]
Count = Annotated[
    int,
    Field(
        ge=1,
        description="How many names to draw. Thousands come as CSV, plain text or NDJSON, see `format`.",
        examples=[5],
    ),
]


class DrawFields(Schema):
    """The fields that any draw has."""

    model: ModelName
    start: Start = ""
    max_length: MaxLength
    min_length: MinLength = 1
    count: Count
    temperature: float = Field(
        1.0,
        ge=MIN_TEMPERATURE,
        le=MAX_TEMPERATURE,
        description="Below 1 for more usual names (0.6 to 0.8 are easy to say), above 1 for more unusual ones.",
        examples=[0.8],
    )
    top_k: int | None = Field(None, ge=1, description="Draw from the k most probable letters only.", examples=[10])
    top_p: float | None = Field(
        None,
        gt=0,
        le=1,
        description="Draw from the fewest letters that hold this probability; 1 is all of them. By default the model's "
        "own, which `GET /models` lists and the answer tells: 0.9 for lists of fewer than 300 names, whose improbable "
        "letters are often mistakes, and 1 for others.",
        examples=[0.9],
    )
    unique: bool = Field(True, description="No name twice in one answer.", examples=[True])
    truncate: bool = Field(
        False,
        description="Cut names at `max_length`, instead of drawing only names that end by themselves within it.",
        examples=[False],
    )
    decent: bool = Field(
        True,
        description="Leave out slurs and obscenities, and the operator's own words; others are drawn in their place. "
        "`left_out` of the answer says how many there were.",
        examples=[True],
    )
    details: bool = Field(
        False,
        description="Tell each name's log-probability, letter by letter, how usual it is, and whether it stands in the "
        "training list; of the first hundred also which letters could stand instead, and which listed names are near.",
        examples=[False],
    )


class PostedFields(
    PostedLikeFields,
    PostedBlendFields,
    PostedSequenceFields,
    PostedConstraintFields,
    PostedCastFields,
    PostedFullNameFields,
):
    """The fields that a body of `POST /sample` has besides, or with other types."""


class SampleFields(
    KnownFields,
    ExclusiveFields,
    FormatFields,
    FullNameFields,
    CastFields,
    SequenceFields,
    BlendFields,
    ConstraintFields,
    DrawFields,
):
    """The fields of `GET /sample`, and of a body too; those of the last base come first."""

    model_config = ConfigDict(allow_inf_nan=False)

    posted: ClassVar[frozenset[str]] = frozenset(PostedFields.model_fields)

    def posted_value(self, field: str) -> Any:
        """What a field says that only bodies have; None in a query."""
        return self.__dict__.get(field)  # `getattr` takes microseconds to find that pydantic has no such field


class ScoreFields(KnownFields):
    """The fields of `/score`."""

    model_config = ConfigDict(strict=True)

    model: ModelName
    names: list[str]
    compare: bool = Field(
        False,
        description=f"Say for each name which bundled models it sounds like; with at most {MAX_COMPARED} names.",
        examples=[False],
    )


class ModelsQuery(KnownFields):
    """Which models to list; each value is one of the answer's, case ignored."""

    language: str | None = Field(None, max_length=100, description="Only of this language.", examples=["Icelandic"])
    kind: str | None = Field(
        None,
        max_length=100,
        description="Only of this kind. The answer lists those that there are, of girls, boys, given, surnames, places "
        "and invented.",
        examples=["girls"],
    )
    script: str | None = Field(None, max_length=100, description="Only of this script.", examples=["Latin"])


class Alias(KnownFields):
    """Which version an alias is to point to."""

    model_config = ConfigDict(strict=True)

    version: int = Field(ge=0, description="The version; 0 is the one that came with the software.", examples=[0])


def most_names(settings: Settings) -> int:
    """Names that a request may ask for, in a format that is streamed."""
    return max(settings.max_count, settings.max_stream_count)


def sample_query(settings: Settings) -> type[SampleFields]:
    """The query of `GET /sample`; bounds that stand in a class are both kept and documented."""
    longest = settings.max_length

    class SampleQuery(SampleFields, defer_build=False):
        """What names to draw."""

        model: Annotated[ModelName, Field(examples=[settings.default_model])] = settings.default_model
        start: Annotated[Start, Field(max_length=longest)] = ""
        max_length: Annotated[MaxLength, Field(le=longest)] = min(20, longest)
        min_length: Annotated[MinLength, Field(le=longest)] = 1
        count: Annotated[Count, Field(le=most_names(settings))] = min(5, settings.max_count)
        exclude: Annotated[Exclude, BeforeValidator(split, json_schema_input_type=list[str])] | None = Field(
            None,
            description="Letters that stand in no name; several parted by commas, or by giving it again.",
            examples=[EXCLUDED],
        )

    return SampleQuery


def sample_request(query: type[SampleFields]) -> type[SampleFields]:
    """The body of `POST /sample`, from the query; JSON has types of its own, so a number in quotes is refused."""

    class SampleRequest(PostedFields, query, defer_build=False):  # type: ignore[misc, valid-type]  # a base made from the settings
        """What names to draw."""

        model_config = ConfigDict(strict=True)

    return SampleRequest


def score_request(settings: Settings) -> type[ScoreFields]:
    """The body of `POST /score`."""

    class ScoreRequest(ScoreFields):
        """What names to score."""

        model: Annotated[ModelName, Field(examples=[settings.default_model])] = settings.default_model
        names: list[Annotated[str, Field(pattern=r"\S", max_length=settings.max_length)]] = Field(
            min_length=1,
            max_length=settings.max_score_names,
            fail_fast=True,  # one wrong name is reported, instead of some ten thousand
            description="Names to score; case is ignored as the model's list has it.",
            examples=[["anna", "brzk"]],
        )

    return ScoreRequest
