"""JSON that anyone may have written: bounded before it is parsed, and refused where an answer could not repeat it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

MAX_TEXT = 2000
"""Letters of one text."""

MAX_MEMBERS = 200
"""Of an object whose fields nobody knows beforehand."""

SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
"""How half a letter beyond the first 65,536 is escaped, of which the other half must follow."""


def parse(content: bytes, most_bytes: int, most_depth: int | None = None) -> Any:
    """The value of some JSON.

    Parameters
    ----------
    content
        UTF-8.
    most_bytes
        More are refused unread: Python takes some thirty times as much memory for them.
    most_depth
        How many arrays and objects may stand in each other, where no reader of the value finds out by itself.

    Raises
    ------
    ValueError
        It is too long or nested too deeply, is not UTF-8, names a member twice, has half a surrogate pair, or a number
        that is none or too large.
    """
    if len(content) > most_bytes:
        raise ValueError(f"its description has {len(content):,} bytes, and at most {most_bytes:,} are read")
    try:
        value = json.loads(
            content.decode(), object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_finite
        )
        if SURROGATE.search(content):
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        raise ValueError(f"its description is not UTF-8 at byte {error.start}") from None
    except UnicodeEncodeError:
        raise ValueError("its description has half a surrogate pair, which is no letter") from None
    except RecursionError:
        raise ValueError("its description is nested too deeply") from None
    if most_depth is not None:
        _check_depth(value, most_depth)
    return value


def check_flat(value: Mapping[str, Any]) -> None:
    """Refuse an object, of `parse`, that has another in it, or more or longer members than anyone needs: ValueError."""
    if len(value) > MAX_MEMBERS:
        raise ValueError(f"an object of its description has {len(value):,} members; at most {MAX_MEMBERS} are read")
    for name, member in value.items():
        check_text(name)
        if isinstance(member, str):
            check_text(member)
        elif member is not None and not isinstance(member, bool | int | float):
            raise ValueError(f"{name!r:.60} of its description is an array or an object, where a value belongs")


def check_text(text: str) -> None:
    """Refuse a text that is longer than any needs to be; raises ValueError."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"a text of its description has {len(text):,} letters; at most {MAX_TEXT:,} are read")


def _check_depth(value: Any, most: int) -> None:
    level = [value]
    for _ in range(most + 1):
        parts = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list))
        if not (level := [part for one in parts for part in one]):
            return
    raise ValueError("its description is nested too deeply")


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        raise ValueError("its description names a member of an object twice")
    return found


def _finite(text: str) -> float:
    """Python's parser reads 1e999 as infinity."""
    if not math.isfinite(number := float(text)):
        raise ValueError(f"{text:.20} is too large a number")
    return number


def _refuse_constant(constant: str) -> None:
    """Python's parser takes NaN and Infinity, which are no JSON."""
    raise ValueError(f"{constant} is no JSON")
