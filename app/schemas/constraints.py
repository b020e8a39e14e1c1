"""The fields of `/sample` that say what the letters of names are to be like."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from app.schemas.fields import Schema
from model.constraints.constraints import MAX_EXCLUDED
from model.constraints.regular import MAX_TEXT
from model.constraints.syllables import MAX_SYLLABLES
from model.corpus.spelling import LONGEST_NAME_LETTERS

Piece = Annotated[str, Field(max_length=LONGEST_NAME_LETTERS)]
"""Some letters of a name."""

Exclude = Annotated[list[Annotated[Piece, Field(min_length=1)]], Field(max_length=MAX_EXCLUDED, fail_fast=True)]
EXCLUDED = ["nn", "x"]
REPEATABLE = frozenset({"exclude", "forms"})
"""Fields of a query that may be given several times."""

Syllables = Annotated[str, Field(max_length=20)]
Number = Annotated[int, Field(ge=0, le=MAX_SYLLABLES)]
SYLLABLES = Field(
    None,
    description="How many syllables names have: `3`, or from `2-3`. Approximate, by groups of vowels; in Latin, Greek, "
    "Cyrillic, Armenian and Georgian letters; in Hangul each letter, in kana each mora.",
    examples=["2-4"],
)


def split(values: Any) -> Any:
    """Items of a query field, of which each may be several, parted by commas."""
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        return values
    return [item for value in values for item in value.split(",") if item]


def to_text(value: Any) -> Any:
    """A whole number as text; whether it is too large is found where texts are read."""
    return str(value) if type(value) is int and abs(value) < 1000 else value


class ConstraintFields(Schema):
    """Fields of queries and bodies."""

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


class PostedConstraintFields(Schema):
    """The same in bodies, which have types of their own."""

    exclude: Exclude | None = Field(None, description="Pieces that stand in no name.", examples=[EXCLUDED])
    syllables: Annotated[Syllables, BeforeValidator(to_text, json_schema_input_type=Number | Syllables)] | None = (
        SYLLABLES
    )
