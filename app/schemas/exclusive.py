"""Fields of `/sample` that mean different things to do: of each pair, a request has one."""

from __future__ import annotations

from itertools import chain, combinations, product
from typing import Self

from pydantic import ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from app.schemas.fields import Schema

SOURCES = ("model", "like", "blend", "parts")
"""What to draw from."""

KEYS = ("key", "keys")
"""What has a name of its own."""

SEQUENCE = ("seed", "reproducible", "offset", "count", "cast", "avoid")
"""What concerns the names of an answer together."""

CONFLICTS = (
    *combinations(SOURCES, 2),
    KEYS,
    *product(KEYS, SEQUENCE),
    ("cast", "offset"),
    ("parts", "details"),
    ("like", "gender"),
    ("blend", "gender"),
)

EXCLUSIVE = frozenset(chain.from_iterable(CONFLICTS))


class ExclusiveFields(Schema):
    """Refuses both fields of a pair; one that has its default does not count, since forms send every field."""

    @model_validator(mode="after")
    def _refuse_conflicts(self) -> Self:
        fields = type(self).model_fields
        given = {
            name
            for name in self.model_fields_set & EXCLUSIVE
            if getattr(self, name) not in (None, "", fields[name].default)
        }
        if len(given) < 2:
            return self
        for first, second in CONFLICTS:
            if {first, second} <= given:
                reason = PydanticCustomError(
                    "exclusive", "it can't be combined with {other}; give one of them", {"other": first}
                )
                wrong = InitErrorDetails(type=reason, loc=(second,), input=getattr(self, second))
                raise ValidationError.from_exception_data(type(self).__name__, [wrong])
        return self
