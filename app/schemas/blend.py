"""The field of `/sample` that asks for a blend of models."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from app.schemas.fields import Schema
from model.corpus.normal_form import nfc
from model.generation.blend import MAX_PARTS, MIN_PARTS

Part = Annotated[str, Field(max_length=200), AfterValidator(nfc)]
"""A model: a name, or `name@version`."""

Share = Annotated[float, Field(gt=0, allow_inf_nan=False)]

DESCRIPTION = (
    "In place of `model`: names put together from two to five models. Each list has the share of the letters that its "
    "weight says, however many names it has; the weights need not sum to 1."
)


class BlendFields(Schema):
    """As a text, in queries."""

    blend: Annotated[str, Field(max_length=1000)] | None = Field(
        None,
        description=f"{DESCRIPTION} As `icelandic-girls:0.7,anglo-irish-girls:0.3`.",
        examples=[None],
    )


class PostedBlendFields(Schema):
    """As an object, in bodies."""

    blend: Annotated[dict[Part, Share], Field(min_length=MIN_PARTS, max_length=MAX_PARTS)] | None = Field(
        None,
        description=f'{DESCRIPTION} As `{{"icelandic-girls": 0.7, "anglo-irish-girls": 0.3}}`.',
        examples=[None],
    )
