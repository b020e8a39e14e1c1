"""The fields of `/sample` that say in which form names come."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.schemas.fields import Schema

Format = Literal["json", "csv", "txt", "ndjson"]


HELD_WHOLE = ("cast", "parts", "forms")
"""Fields of requests whose names are worked out together, so that none can be sent before the others."""


class FormatFields(Schema):
    """Fields of queries and bodies."""

    format: Format | None = Field(
        None,
        description="Format of the answer; goes before the `Accept` header. More names than a JSON answer holds are "
        "streamed as `csv`, `txt` or `ndjson`.",
        examples=["json"],
    )
    bom: bool = Field(
        False,
        description="Begin CSV with a byte-order mark, by which spreadsheets know that it is UTF-8.",
        examples=[False],
    )
