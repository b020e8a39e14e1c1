"""The report on a list of names: what is asked, and what is answered."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from app.schemas.fields import KnownFields, Schema
from app.schemas.like import ELVES

MAX_REPORTED_NAMES = 5000
"""As many are looked over in some hundredths of a second; in an unlucky script, in tenths."""

Lines = Annotated[
    list[int],
    Field(description="Places of the first few in the list, which begins with 1.", examples=[[7, 12]]),
]


class ReportRequest(KnownFields):
    """A list to look over."""

    model_config = ConfigDict(strict=True)

    names: list[str] = Field(
        min_length=1,
        max_length=MAX_REPORTED_NAMES,
        fail_fast=True,
        description="The names, as they would be learned from. Nothing is kept of them.",
        examples=[ELVES[:10]],
    )


class SkippedNames(Schema):
    """Names that would be left out, all for the same reason."""

    reason: str = Field(description="Why, in words.", examples=["digits and no letter"])
    count: int = Field(description="How many.", examples=[2])
    lines: Lines


class Advice(Schema):
    """Something to look at before a training."""

    text: str = Field(
        description="What, in words.",
        examples=["letters of two scripts that look alike in one name: retype those names"],
    )
    count: int = Field(description="How many names it is about; 0 where it is about the whole list.", examples=[1])
    lines: Lines


class ReportAnswer(Schema):
    """A list in figures, and what to look at before learning from it. It repeats no name."""

    names: int = Field(description="How many are names.", examples=[10])
    distinct: int = Field(description="Those that stand there for the first time.", examples=[10])
    duplicates: int = Field(description="The others.", examples=[0])
    skipped: list[SkippedNames] = Field(description="What would be left out, by reason.", examples=[[]])
    casing: str = Field(
        description="How the names are written: `title` with a capital at the beginning of each word, or `lower`.",
        examples=["title"],
    )
    case_rules: list[str] = Field(description="What they do otherwise than that.", examples=[[]])
    letters: list[tuple[str, int]] = Field(
        description="Each letter with how often it stands in the distinct names, the most frequent first.",
        examples=[[["i", 12], ["a", 11]]],
    )
    rare_letters: list[tuple[str, int]] = Field(
        description="Each letter that stands in fewer than five of them, with their number: it is hardly learned.",
        examples=[[["v", 2]]],
    )
    lengths: list[tuple[int, int]] = Field(
        description="Each length in letters with the number of distinct names that have it, the shortest first.",
        examples=[[[6, 1], [7, 3], [8, 6]]],
    )
    warnings: list[Advice] = Field(description="What to look at before a training.", examples=[[]])
