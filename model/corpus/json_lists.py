"""Lists in JSON: an array of names, an array of objects with a name in each, or an object of names and counts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from model.corpus.columns import COUNT_HEADERS, choose_key
from model.corpus.tables import Row, Table
from model.errors import BadCorpus

BEGINNING = re.compile(r"""[\[{]\s*["\[{]""")


def read_json(text: str, source: str | None = None) -> Table | None:
    """The rows of a text that is JSON, or None if it is none.

    Raises
    ------
    BadCorpus
        It is damaged, or it is not clear which of its parts are the names.
    """
    bare = text.strip()
    if not BEGINNING.match(bare) and (bare[:1], bare[-1:]) not in {("[", "]"), ("{", "}")}:
        return None
    try:
        content = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError:
        raise BadCorpus("the JSON is nested too deeply; give an array of names", source=source) from None
    except json.JSONDecodeError as error:
        if bare.startswith("{") and (items := _objects(text)):
            return _table(items, source)
        reason = f"the list looks like JSON and is damaged ({error.msg}); repair it, or give one name a line"
        raise BadCorpus(reason, line=error.lineno, source=source) from None
    if isinstance(content, dict):
        arrays = [value for value in content.values() if isinstance(value, list)]
        if len(arrays) == 1:
            return _table(arrays[0], source)
        if content and all(isinstance(value, str) and value.isdecimal() for value in content.values()):
            return Table([Row(place, name, count) for place, (name, count) in enumerate(content.items(), start=1)])
        keys = ", ".join(f"{key:.40}" for key in list(content)[:10])
        raise BadCorpus(f"the JSON is an object with the keys {keys}; give an array of names", source=source)
    return _table(content, source)


def _objects(text: str) -> list[Any]:
    """The objects of a text that has one a line."""
    try:
        return [json.loads(line, parse_int=str, parse_float=str) for line in text.splitlines() if line.strip()]
    except (json.JSONDecodeError, RecursionError):
        return []


def _table(items: list[Any], source: str | None) -> Table:
    objects = [item for item in items if isinstance(item, dict)]
    if not objects:
        return Table([Row(place, _text(item)) for place, item in enumerate(items, start=1)])
    keys = list(dict.fromkeys(key for item in objects for key in item))
    place = choose_key(keys, source)
    if place is None:
        texts = [key for key in keys if not any(_text(item.get(key), "0").isdecimal() for item in objects)]
        if len(texts) != 1:
            named = ", ".join(f"{key:.40}" for key in keys[:10])
            raise BadCorpus(f"the objects have the keys {named}; call the one of the names 'name'", source=source)
        place = keys.index(texts[0])
    name = keys[place]
    count = next((key for key in keys if key.casefold() in COUNT_HEADERS and key != name), "")
    others = [key for key in keys if key not in (name, count)]
    note = f"the names are those of {name!r:.40}; left alone: {', '.join(others[:10])}" if others else ""
    return Table(list(_rows(items, name, count)), note)


def _rows(items: list[Any], name: str, count: str) -> Iterable[Row]:
    for place, item in enumerate(items, start=1):
        if isinstance(item, dict):
            yield Row(place, _text(item.get(name)), _text(item.get(count)))
        else:
            yield Row(place, _text(item))


def _text(value: Any, otherwise: str = "") -> str:
    return value if isinstance(value, str) else otherwise
