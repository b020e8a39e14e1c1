"""The fields of `/sample` that say which of a model's names are wanted: by a seed, by keys, and none of these."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from app.schemas.fields import MAX_SEED, KnownFields, Schema
from model.corpus.spelling import LONGEST_NAME_LETTERS
from model.generation.novelty import MAX_DISTANCE

MAX_SEQUENCE = 100_000
"""Names of a seed that can be asked for."""

MAX_KEYS = 1_000
MAX_AVOIDED = 10_000
MAX_NEAR_NAMES = 100
"""Names that can be asked for at once where each is compared with those of a list."""

LONGEST_SEED = 200
"""Characters."""


def to_text(value: Any) -> Any:
    """A whole number as text, so that 7 and "7" are one seed; refuses what UTF-8 cannot express."""
    if isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise PydanticCustomError("text", "give text without half surrogate pairs")
    return str(value) if type(value) is int and abs(value) <= MAX_SEED else value


Text = Annotated[str, BeforeValidator(to_text, json_schema_input_type=str | int), Field(max_length=LONGEST_SEED)]
"""What a generator's state is made from."""


class SequenceFields(Schema):
    """Fields of queries and bodies."""

    seed: Text | None = Field(
        None,
        description="Any text or whole number. The same request with the same seed and model version draws the same "
        "names, and ten names of it begin with the first five.",
        examples=["7"],
    )
    offset: int = Field(
        0,
        ge=0,
        lt=MAX_SEQUENCE,
        description="How many names of the seed to leave out first: pages of one seed have no name in common.",
        examples=[0],
    )
    reproducible: bool = Field(
        False, description="Draw a seed and tell it in the answer, where none is given.", examples=[False]
    )
    key: Text | None = Field(
        None,
        description="Draw one name, for this key, such as `npc-1207`: the same for ever for the same model version and "
        "options.",
        examples=[""],
    )
    novel: bool = Field(
        False,
        description="Leave out names of the training list, and of the bundled list of the same language and kind. "
        "Where the list is private, this takes the admin token.",
        examples=[False],
    )
    novel_distance: int = Field(
        0,
        ge=0,
        le=MAX_DISTANCE,
        description="With `novel`, leave out names too that become one of a bundled list by so many insertions, "
        "deletions and substitutions of letters. Not more than 100 names at once.",
        examples=[0],
    )


class SeededNames(KnownFields):
    """The first names of a seed, of a request that is otherwise the same."""

    model_config = ConfigDict(strict=True)

    seed: Text = Field(description="The seed.", examples=["world"])
    count: int = Field(ge=1, le=MAX_AVOIDED, description="How many names of it.", examples=[500])


AvoidedNames = Annotated[
    list[Annotated[str, Field(max_length=LONGEST_NAME_LETTERS)]], Field(max_length=MAX_AVOIDED, fail_fast=True)
]
Avoided = Annotated[
    Annotated[AvoidedNames, Tag("names")] | Annotated[SeededNames, Tag("sequence")],
    Discriminator(lambda value: "sequence" if isinstance(value, dict | SeededNames) else "names"),
]


class PostedSequenceFields(Schema):
    """Fields of bodies only: queries are too short for them, and reach logs."""

    keys: Annotated[list[Text], Field(min_length=1, max_length=MAX_KEYS, fail_fast=True)] | None = Field(
        None, description="Draw one name for each key, in their order.", examples=[None]
    )
    avoid: Avoided | None = Field(
        None,
        description="Names that are not drawn: a list, or the first ones of a seed, as "
        '`{"seed": "world", "count": 500}`, of this model and with the other options of this request.',
        examples=[None],
    )
