"""How a model reads the beginning of a name: what is asked, and what is answered."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from app.schemas.fields import KnownFields, ModelName, Schema
from app.schemas.scores import ServedModel, ServedVersion
from app.settings import Settings
from model.generation.options import MAX_TEMPERATURE, MIN_TEMPERATURE

Prefix = Annotated[
    str,
    Field(
        description="Letters that a name begins with, read one after the other; case is ignored. May be empty.",
        examples=["ann"],
    ),
]

HIDDEN = [[0.1535, -0.0264], [-0.02199, -0.02985]]
NEXT = {
    "": {"network": 0.005136, "ngram": 0.01193, "mixture": 0.007173},
    "a": {"network": 0.3579, "ngram": 0.4978, "mixture": 0.3999},
}


class ExplainFields(KnownFields):
    """The fields of `/explain`."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    model: ModelName
    prefix: Prefix = ""
    temperature: float = Field(
        1.0,
        ge=MIN_TEMPERATURE,
        le=MAX_TEMPERATURE,
        description="Below 1 what is probable becomes more so, above 1 less, as when names are drawn.",
        examples=[1.0],
    )


class NextLetter(Schema):
    """How probable a letter is as the next one, at the temperature."""

    network: float | None = Field(
        description="By the network alone; null where the list is private, unless the request carries the admin token.",
        examples=[0.3579],
    )
    ngram: float | None = Field(
        description="By the n-gram alone; null where the model has none, and where `network` is.", examples=[0.4978]
    )
    mixture: float = Field(
        description="By what names are drawn from: the mean of both, weighted, and 0 for what the patterns of the list "
        "rule out here.",
        examples=[0.3999],
    )


class ExplainStep(Schema):
    """Where the model stands before the first letter, or after one of them."""

    letter: str | None = Field(
        description="The letter just read, as the model reads it; null before the first.", examples=["n"]
    )
    hidden: list[list[float]] | None = Field(
        description="The state of the network, from -1 to 1: a list for each layer, a number for each of its units. "
        "Null where the list is private, unless the request carries the admin token.",
        examples=[HIDDEN],
    )
    next: dict[str, NextLetter] = Field(
        description="What may follow, by the letter as the model reads it; the empty text is the end of the name.",
        examples=[NEXT],
    )


class ExplainAnswer(Schema):
    """How a model reads a prefix. Numbers have four significant digits."""

    model: ServedModel
    version: ServedVersion | None = Field(description="Version of the model; null for a style.", examples=[0])
    temperature: float = Field(description="Of the probabilities, as asked for.", examples=[1.0])
    steps: list[ExplainStep] = Field(
        description="One before the first letter, and one after each.",
        examples=[[{"letter": "n", "hidden": HIDDEN, "next": NEXT}]],
    )


def explain_request(settings: Settings) -> type[ExplainFields]:
    """The body of `POST /explain`, within the bounds of `settings`."""

    class ExplainRequest(ExplainFields):
        """What to read."""

        model: Annotated[ModelName, Field(examples=[settings.default_model])] = settings.default_model
        prefix: Annotated[Prefix, Field(max_length=settings.max_length)] = ""

    return ExplainRequest
