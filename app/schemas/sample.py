"""What requests to `/sample`, `/score` and `/models` look like, and within which bounds."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from app.schemas.fields import MAX_SEED, KnownFields, ModelName
from app.settings import Settings
from model.constraints.constraints import MAX_EXCLUDED
from model.constraints.regular import MAX_TEXT
from model.constraints.syllables import MAX_SYLLABLES
from model.corpus.spelling import LONGEST_NAME_LETTERS
from model.generation.options import MAX_TEMPERATURE, MIN_TEMPERATURE

Format = Literal["json", "csv", "txt", "ndjson"]

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
Count = Annotated[int, Field(ge=1, description="How many names to draw.", examples=[5])]


Piece = Annotated[str, Field(max_length=LONGEST_NAME_LETTERS)]
"""Some letters of a name."""

Exclude = Annotated[list[Annotated[Piece, Field(min_length=1)]], Field(max_length=MAX_EXCLUDED, fail_fast=True)]
EXCLUDED = ["nn", "x"]
REPEATABLE = frozenset({"exclude"})
"""Fields of a query that may be given several times."""

Syllables = Annotated[str, Field(max_length=20)]
Number = Annotated[int, Field(ge=0, le=MAX_SYLLABLES)]
SYLLABLES = Field(
    None,
    description="How many syllables names have: `3`, or from `2-3`. Approximate, by groups of vowels; in Latin, Greek, "
    "Cyrillic, Armenian and Georgian letters.",
    examples=["2-4"],
)


def _split(values: Any) -> Any:
    """Items of a query field, of which each may be several, parted by commas."""
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        return values
    return [item for value in values for item in value.split(",") if item]


def _to_text(value: Any) -> Any:
    """A whole number as text; whether it is too large is found where texts are read."""
    return str(value) if type(value) is int and abs(value) < 1000 else value


class SampleFields(KnownFields):
    """The fields of `/sample`."""

    model_config = ConfigDict(allow_inf_nan=False)

    model: ModelName
    start: Start = ""
    max_length: MaxLength
    min_length: MinLength = 1
    count: Count
    temperature: float = Field(
        1.0,
        ge=MIN_TEMPERATURE,
        le=MAX_TEMPERATURE,
        description="Below 1 for more usual names, above 1 for more unusual ones.",
        examples=[0.8],
    )
    top_k: int | None = Field(None, ge=1, description="Draw from the k most probable letters only.", examples=[10])
    top_p: float | None = Field(
        None, gt=0, le=1, description="Draw from the fewest letters that hold this probability.", examples=[0.9]
    )
    seed: int | None = Field(
        None,
        ge=0,
        le=MAX_SEED,
        description="The same request with the same seed and model version draws the same names. "
        "Without one, a seed is drawn; the answer always has it.",
        examples=[7],
    )
    suffix: Piece | None = Field(None, description="Letters that every name ends with.", examples=["a"])
    contains: Piece | None = Field(None, description="Letters that stand in every name.", examples=["n"])
    pattern: Piece | None = Field(
        None,
        description="What the whole name is like: `?` is one letter, `*` any number of them, as in `Mar??a` or `*iel`.",
        examples=["A?*a"],
    )
    regex: Annotated[str, Field(max_length=MAX_TEXT)] | None = Field(
        None,
        description="A regular expression for the whole name: letters, `.`, `[aeiou]`, `[^x]`, groups, `|`, `*`, `+`, "
        "`?`, `{2,3}`.",
        examples=["a[^q]+"],
    )
    exclude: Exclude | None = Field(None, description="Pieces that stand in no name.", examples=[EXCLUDED])
    syllables: Syllables | None = SYLLABLES
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
        description="Tell each name's log-probability, letter by letter, and whether it stands in the training list.",
        examples=[False],
    )
    format: Format | None = Field(
        None, description="Format of the answer; goes before the `Accept` header.", examples=["json"]
    )


class ScoreFields(KnownFields):
    """The fields of `/score`."""

    model_config = ConfigDict(strict=True)

    model: ModelName
    names: list[str]


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


def sample_query(settings: Settings) -> type[SampleFields]:
    """The query of `GET /sample`; bounds that stand in a class are both kept and documented."""
    longest = settings.max_length

    class SampleQuery(SampleFields):
        """What names to draw."""

        model: Annotated[ModelName, Field(examples=[settings.default_model])] = settings.default_model
        start: Annotated[Start, Field(max_length=longest)] = ""
        max_length: Annotated[MaxLength, Field(le=longest)] = min(20, longest)
        min_length: Annotated[MinLength, Field(le=longest)] = 1
        count: Annotated[Count, Field(le=settings.max_count)] = min(5, settings.max_count)
        exclude: Annotated[Exclude, BeforeValidator(_split)] | None = Field(
            None,
            description="Letters that stand in no name; several parted by commas, or by giving it again.",
            examples=[EXCLUDED],
        )

    return SampleQuery


def sample_request(settings: Settings) -> type[SampleFields]:
    """The body of `POST /sample`; JSON has types of its own, so a number in quotes is refused."""

    class SampleRequest(sample_query(settings)):  # type: ignore[misc]  # a base made from the settings
        """What names to draw."""

        model_config = ConfigDict(strict=True)

        exclude: Exclude | None = Field(None, description="Pieces that stand in no name.", examples=[EXCLUDED])
        syllables: Annotated[Syllables, BeforeValidator(_to_text, json_schema_input_type=Number | Syllables)] | None = (
            SYLLABLES
        )

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
