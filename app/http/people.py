"""What answers have beside names: parts of full names, other forms, and what names of a cast were kept apart from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.serving.results import SampleResult


def people_members(result: SampleResult) -> dict[str, Any]:
    """Members of a JSON answer, like `app.schemas.answers.SampleAnswer`."""
    members: dict[str, Any] = {}
    if result.cast is not None:
        members["cast"] = [
            {"name": member.name, "apart_from": member.apart_from, "distance": member.distance}
            for member in result.cast
        ]
    forms = result.forms
    if result.parts is not None:
        members["parts"] = [
            {"given": one.given, "surname": one.surname, **(forms[place] if forms else {})}
            for place, one in enumerate(result.parts)
        ]
    elif forms is not None:
        members |= _by_name(forms)
    return members


def people_columns(result: SampleResult) -> dict[str, list[Any]]:
    """Columns of a table, each with a value for each name; none where an answer has nothing beside the names."""
    columns: dict[str, list[Any]] = {}
    if result.parts is not None:
        columns |= {"given": [one.given for one in result.parts], "surname": [one.surname for one in result.parts]}
    if result.forms is not None:
        columns |= _by_name(result.forms)
    if result.cast is not None:
        columns |= {
            "apart_from": ["; ".join(member.apart_from) for member in result.cast],
            "distance": [member.distance for member in result.cast],
        }
    return columns


def _by_name(forms: Sequence[Mapping[Any, str]]) -> dict[str, list[str]]:
    """Forms as columns."""
    return {form: [one[form] for one in forms] for form in (forms[0] if forms else ())}
