"""From JSON to dataclasses, by the types of their fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

KEY = "key"
"""Metadata of a field whose key in JSON is no name that Python could have."""

T = TypeVar("T")


class _Member(NamedTuple):
    """A field, as it stands in JSON."""

    name: str
    key: str
    type: Any
    is_required: bool


def decode(kind: type[T], value: Any) -> T:
    """What JSON says, as an instance of a dataclass; what the dataclass has no field for is left out."""
    decoded: T = _decode(kind, value)
    return decoded


def _decode(kind: Any, value: Any) -> Any:
    if isinstance(kind, type) and is_dataclass(kind):
        members = {
            member.name: _decode(member.type, value[member.key])
            for member in _members(kind)
            if member.is_required or member.key in value
        }
        return kind(**members)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return None if value is None else _decode(next(one for one in inner if one is not NoneType), value)
    if origin is tuple:
        return tuple(_decode(inner[0], one) for one in value)
    if origin is Mapping:
        return {key: _decode(inner[1], one) for key, one in value.items()}
    if kind is datetime:
        return datetime.fromisoformat(value)
    return value


@cache
def _members(kind: type) -> tuple[_Member, ...]:
    types = get_type_hints(kind)
    return tuple(
        _Member(
            one.name,
            one.metadata.get(KEY, one.name),
            types[one.name],
            one.default is MISSING and one.default_factory is MISSING,
        )
        for one in fields(kind)
    )
