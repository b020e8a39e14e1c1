"""The fields of a request that are not valid, in words: pydantic's errors, with advice."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError

from app.schemas.constraints import REPEATABLE
from app.schemas.fields import SHOWN_FIELDS, shorten

SHOWN_ERRORS = 100
"""Most wrong fields that an answer lists."""

ADVICE: Mapping[str, str] = {
    "int_parsing_size": "give a whole number of fewer digits",
    "json_invalid": "send a JSON object; this is not JSON: {error}",
    "list_type": "send a JSON array",
    "missing": "it must be given",
    "model_attributes_type": "send a JSON object",
    "string_pattern_mismatch": "give at least 1 letter",
    "too_long": "give at most {max_length}",
    "too_short": "give at least {min_length}",
}
"""What to say where pydantic, by the type of its error, does not say what to do."""


def summarize(errors: Sequence[Any]) -> str:
    """The first wrong fields, in one sentence."""
    first = "; ".join(f"{wrong['field']}: {wrong['message']}" for wrong in list_fields(errors[:3]))
    return first + ("; ..." if len(errors) > 3 else "")


def list_fields(errors: Sequence[Any]) -> list[dict[str, str]]:
    """The wrong fields, as a problem lists them."""
    return [_field(wrong) for wrong in errors[:SHOWN_ERRORS]]


def refuse_repeated_fields(pairs: Sequence[tuple[str, str]]) -> None:
    """Most fields of a query take one value; of several, the framework would silently take the last."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    repeated = [name for name, given in values.items() if len(given) > 1 and name not in REPEATABLE]
    if repeated:
        wrong = {"type": "repeated_field", "msg": "give it once"}
        raise RequestValidationError(
            [wrong | {"loc": ("query", name), "input": values[name]} for name in repeated[:SHOWN_FIELDS]]
        )


def _field(wrong: Mapping[str, Any]) -> dict[str, str]:
    """One wrong field and its value, cut short: text as it is, anything else as Python shows it."""
    where, *path = wrong["loc"]
    advice = ADVICE.get(wrong["type"])
    message = advice.format_map(wrong.get("ctx", {})) if advice else wrong["msg"][:1].lower() + wrong["msg"][1:]
    if wrong["type"] == "json_invalid":
        return {"field": where, "message": message}  # its input is an empty object
    listed = {"field": shorten(".".join(map(str, path)) or where), "message": message}
    if "input" not in wrong or wrong["type"] == "missing":  # it is private, or stands around what is missing
        return listed
    value = wrong["input"]
    return listed | {"value": shorten(value if isinstance(value, str) else reprlib.repr(value))}
