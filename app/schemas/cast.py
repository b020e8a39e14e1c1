"""The fields of `/sample` that ask for a cast, and its names in the answer."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.schemas.fields import Schema
from model.corpus.spelling import LONGEST_NAME_LETTERS
from model.generation.cast import MAX_COUNT, MAX_EXISTING, MIN_COUNT

LONGEST_EXISTING = 3 * LONGEST_NAME_LETTERS
"""Characters; full names have several parts."""

MEMBERS = [
    {"name": "Chariy", "apart_from": ["Lexx"], "distance": 0.65},
    {"name": "Lexx", "apart_from": ["Chariy"], "distance": 0.65},
]


class CastFields(Schema):
    """Fields of queries and bodies."""

    cast: bool = Field(
        False,
        description=f"Choose names for one story that can't be confused: {MIN_COUNT} to {MAX_COUNT}, with different "
        "initials where possible, and as far apart as may be in letters, sound and rhythm.",
        examples=[False],
    )


class PostedCastFields(Schema):
    """Fields of bodies only."""

    existing: (
        Annotated[
            list[Annotated[str, Field(pattern=r"\S", max_length=LONGEST_EXISTING)]],
            Field(max_length=MAX_EXISTING, fail_fast=True),
        ]
        | None
    ) = Field(None, description="With `cast`: names that the story has already.", examples=[None])


class CastMember(Schema):
    """What a name of a cast was kept apart from."""

    name: str = Field(description="The name.", examples=["Chariy"])
    apart_from: list[str] = Field(
        description="The name of the cast, or existing one, that is nearest to it; several at the same distance.",
        examples=[["Lexx"]],
    )
    distance: float = Field(
        description="From there: 0 for names that are read alike, 1 for names that have nothing in common.",
        examples=[0.65],
    )
