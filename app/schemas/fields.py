"""What requests of all kinds have in common: fields that are known, names of models, and texts cut short."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from model.corpus.normal_form import is_nfc, nfc

MAX_SEED = 2**53 - 1
"""The largest whole number that every JSON reader takes exactly."""

STYLE = "style:"
"""How what is made of the names of `like` is called as a model: this, and a random number."""

LONGEST_MODEL_NAME = 100
"""Letters; the name of a model travels in addresses and headers."""

SHOWN_CHARACTERS = 100
"""Most characters of a wrong value that an answer repeats."""

UNKNOWN_FIELD = "unknown field"
"""What a refusal calls a field whose name may be private."""

SHOWN_FIELDS = 10
"""Most unknown or repeated fields that a refusal names."""


def shorten(text: str) -> str:
    """A text that a client sent, cut short where it is too long to be repeated."""
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 3] + "..."


def is_model_name(name: str, *, is_file: bool = False) -> bool:
    """Whether a model can have this name: it can be asked for, stand in an address, and be logged on one line.

    The names of bundled files are the operator's, who may begin or end one with a space.
    """
    if not name.isprintable() or "@" in name or len(name) > LONGEST_MODEL_NAME or not is_nfc(name):
        return False
    return is_file or (
        name == name.strip() and not name.startswith(STYLE) and name not in (".", "..") and "/" not in name
    )


ModelName = Annotated[
    str,
    Field(max_length=200, description="The model to ask: a name, or `name@version`.", examples=["us"]),
    AfterValidator(nfc),
]


Kind = Literal["girls", "boys", "given", "surnames", "places", "invented"]
"""What names are of."""


class Schema(BaseModel):
    """Base of requests and answers: the validator of each is built when it is first used, not at the start.

    Bodies and queries override that (`defer_build=False`): the framework wraps them, and expects them to be built.
    """

    model_config = ConfigDict(defer_build=True)


class KnownFields(Schema):
    """A request that has no fields but those of its class."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=False)

    posted: ClassVar[frozenset[str]] = frozenset()
    """Fields that only a body may have."""

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_fields(cls, data: Any) -> Any:
        """Check the names first, and report a few: an error for each of thousands would hold up everybody."""
        if not isinstance(data, dict) or data.keys() <= cls.field_names():
            return data
        fields = [field.alias or name for name, field in cls.model_fields.items()]
        if unknown := [name for name in data if name not in fields]:
            wrong = [
                InitErrorDetails(type=cls._advice(name, fields), loc=(name,), input=data[name])
                for name in unknown[:SHOWN_FIELDS]
            ]
            raise ValidationError.from_exception_data(cls.__name__, wrong)
        return data

    @classmethod
    @cache
    def field_names(cls) -> frozenset[str]:
        """The names that a request may use."""
        return frozenset(field.alias or name for name, field in cls.model_fields.items())

    @classmethod
    def _advice(cls, name: str, fields: list[str]) -> PydanticCustomError:
        """What to do about a field that there is not."""
        if name in cls.posted:
            return PydanticCustomError("posted_field", "send it by POST, in a JSON object; a query is kept in logs")
        known = ", ".join(fields) or "none in a query here, so send a JSON object"
        if near := get_close_matches(name.casefold(), fields, 1):
            template = "there is no such field; did you mean {near}? There are: {known}"
            return PydanticCustomError("unknown_field", template, {"near": near[0], "known": known})
        return PydanticCustomError("unknown_field", "there is no such field; there are: {known}", {"known": known})


class NoQuery(KnownFields):
    """The query of a path that takes none: a field that stands there by mistake is refused, not ignored."""
