"""Requests, and how their answers are read: all that does not depend on how they are sent."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx

from namewright_client.answers import DeletedModel, Explanation, Job, Model, Models, Names, Report, Scores
from namewright_client.decoding import decode
from namewright_client.options import FileOptions, TrainOptions

T = TypeVar("T")

NDJSON = "application/x-ndjson"
EVENT_STREAM = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A request, and what its answer means."""

    method: str
    path: str
    read: Callable[[httpx.Response], T]
    params: Mapping[str, str | int] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, str] | None = None
    file: tuple[str, bytes] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def _answer(kind: type[T]) -> Callable[[httpx.Response], T]:
    return lambda response: decode(kind, response.json())


def _nothing(_: httpx.Response) -> None:
    """An answer without content."""


def sample(options: Mapping[str, Any]) -> Call[Names]:
    """Names in one answer."""
    return Call("POST", "/sample", _answer(Names), json=dict(options))


def stream(options: Mapping[str, Any]) -> Call[None]:
    """Names as they are drawn."""
    return Call("POST", "/sample", _nothing, json={**options, "format": "ndjson"}, headers={"Accept": NDJSON})


def score(names: Sequence[str], model: str | None, *, compare: bool) -> Call[Scores]:
    """How probable names are."""
    asked = {"names": list(names), "compare": compare} | _given(model=model)
    return Call("POST", "/score", _answer(Scores), json=asked)


def explain(prefix: str, model: str | None, temperature: float) -> Call[Explanation]:
    """How a model reads the beginning of a name."""
    asked = {"prefix": prefix, "temperature": temperature} | _given(model=model)
    return Call("POST", "/explain", _answer(Explanation), json=asked)


def report(names: Sequence[str]) -> Call[Report]:
    """What a training would make of a list."""
    return Call("POST", "/report", _answer(Report), json={"names": list(names)})


def models(language: str | None, kind: str | None, script: str | None) -> Call[Models]:
    """The models in service."""
    return Call("GET", "/models", _answer(Models), params=_given(language=language, kind=kind, script=script))


def model(reference: str) -> Call[Model]:
    """One model, by `name` or `name@version`."""
    return Call("GET", f"/models/{_segment(reference)}", _answer(Model))


def promote(name: str, version: int) -> Call[Model]:
    """Put a version into service."""
    return Call("PUT", f"/models/{_segment(name)}/alias/champion", _answer(Model), json={"version": version})


def withdraw(name: str) -> Call[None]:
    """Take a model out of service."""
    return Call("DELETE", f"/models/{_segment(name)}/alias/champion", _nothing)


def delete_model(name: str) -> Call[DeletedModel]:
    """Delete all trained versions of a model."""
    return Call("DELETE", f"/models/{_segment(name)}", _answer(DeletedModel))


def delete_version(name: str, version: int) -> Call[None]:
    """Delete a version that is not in service."""
    return Call("DELETE", f"/models/{_segment(name)}/versions/{version}", _nothing)


def train(model: str | None, options: TrainOptions) -> Call[Job]:
    """Order a training. Sent again, it is the same training, by its idempotency key."""
    asked = _given(model=model) | _with_from(options)
    return Call("POST", "/train", _answer(Job), json=asked, headers=_key())


def upload(file: bytes | str | os.PathLike[str], model: str, options: FileOptions) -> Call[Job]:
    """Order a training on a file: its content, or its path, which is read at once."""
    named = ("names.txt", file) if isinstance(file, bytes) else (Path(file).name, Path(file).read_bytes())
    form = {name: _text(value) for name, value in ({"model": model} | _with_from(options)).items()}
    return Call("POST", "/train/upload", _answer(Job), form=form, file=named, headers=_key())


def job(identity: str) -> Call[Job]:
    """A training."""
    return Call("GET", f"/train/{_segment(identity)}", _answer(Job))


def cancel(identity: str) -> Call[Job]:
    """End a training."""
    return Call("POST", f"/train/{_segment(identity)}/cancel", _answer(Job))


def events(identity: str, last_event_id: str) -> Call[None]:
    """The events of a training after one that has come; all of them after none."""
    headers = {"Accept": EVENT_STREAM} | ({"Last-Event-ID": last_event_id} if last_event_id else {})
    return Call("GET", f"/train/{_segment(identity)}/events", _nothing, headers=headers)


def _given(**values: str | None) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _with_from(options: Mapping[str, Any]) -> dict[str, Any]:
    return {"from" if name == "parent" else name: value for name, value in options.items()}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _key() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}


def _segment(text: str) -> str:
    """A text as one segment of a path."""
    return quote(text, safe="@")
