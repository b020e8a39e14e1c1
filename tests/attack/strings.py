"""Hostile texts wherever a text comes in: none takes long before it is measured, and none is a failure of the service.

A row of combining marks is put in order in a time that grows with the square of its length: 400 kB take 35 seconds.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx
import numpy as np

from app.settings import Settings
from tests.attack.report import MEBIBYTE, Report, measured_async
from tests.support.admin import NAMES, Office, administering
from tests.support.services import write_models

MAX_CPU_SECONDS = 2.0
MAX_BYTES = 200 * MEBIBYTE
SERVER_ERROR = 500
OVER_CAPACITY = 503

MANY = 500_000
"""Letters of a text: as many as the largest body that is not a list may have."""

TEXTS: dict[str, str] = {
    "marks": "a" + "\u0301\u0323" * MANY,
    "marks alone": "\u0323\u0301" * MANY,
    "virama": "क\u094d" * MANY,
    "hangul": "\u1100\u1161\u11a8" * MANY,
    "joiners": "\u200d" * MANY,
    "spaces": " " * MANY + "a",
    "invisible": "\u200b" * MANY + "a",
    "long": "a" * MANY,
    "capitals": "İ" * MANY,
    "ligatures": "\ufdfa" * MANY,
    "quotes": '"' * MANY,
    "commas": "a," * MANY,
    "stars": "*?" * MANY,
    "brackets": "(" * MANY,
    "repeats": "(a{0,64}){0,64}" * (MANY // 15),
    "classes": "[^a]" * (MANY // 4),
    "garbled": "Ã©" * MANY,
    "half a letter": "\ud800" * MANY,
    "nothing": "\0" * MANY,
    "digits": "9" * MANY,
}
SHORTER = (60_000, 190, 64, 10)
"""Letters of the same texts that other bodies have room for, and that pass by the bounds of most fields."""

HEADERS = ("Accept", "Idempotency-Key", "Authorization", "X-Request-Id", "Last-Event-ID", "Range", "Content-Type")


def attack(attempts: int, rng: np.random.Generator) -> Report:
    """Send texts to every place that takes one, in an order of chance."""
    return anyio.run(partial(_attack, attempts, rng))


async def _attack(attempts: int, rng: np.random.Generator) -> Report:
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        write_models(Path(folder))
        settings = Settings(weights=Path(folder), worker="none", like=False)
        async with administering(settings, Path(folder)) as office:
            places = list(_places((await office.client.get("/openapi.json")).json()))
            every = [(place, text, size) for place in places for text in TEXTS for size in (MANY, *SHORTER)]
            for choice in rng.permutation(len(every))[:attempts]:
                place, text, size = every[choice]
                await _send(report, office, place, text, size)
    return report


Place = tuple[str, str, str]
"""Method, path, and the field: `query.`, `body.`, `header.`, `path` or `list`."""


def _places(document: dict[str, Any]) -> Iterator[Place]:
    """Every place of a request that a text may stand in."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "query":
                    yield method, path, f"query.{parameter['name']}"
            if "{" in path:
                yield method, path, "path"
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                schema = content["schema"]
                while "$ref" in schema or "anyOf" in schema or "allOf" in schema:
                    schema = schema.get("anyOf", schema.get("allOf", [schema]))[0]
                    if "$ref" in schema:
                        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
                form = "form" if kind.startswith("multipart") else "body"
                for name in (*schema.get("properties", {}), "unknown"):
                    yield method, path, f"{form}.{name}"
    yield "post", "/train/upload", "list"
    yield "post", "/train/upload", "list.header"
    for header in HEADERS:
        for path in ("/sample", "/models", "/train", "/static/app.js", "/train/" + "0" * 32 + "/events"):
            yield "get", path, f"header.{header}"


async def _send(report: Report, office: Office, place: Place, text: str, size: int) -> None:
    """Send one text to one place, in each of the shapes that a value may have there."""
    for request in _requests(office.client, place, TEXTS[text][:size]):
        answer, cost = await measured_async(partial(office.client.send, request))
        report.add(f"{answer.status_code // 100}xx", cost)
        what = f"{' '.join(place)}, {text} of {size:,}"
        if answer.status_code >= SERVER_ERROR and answer.status_code != OVER_CAPACITY:
            report.breaches.append(f"{what}: {answer.status_code} {answer.text:.200}")
        if cost.cpu_seconds > MAX_CPU_SECONDS or cost.peak_bytes > MAX_BYTES:
            dear = f"{cost.cpu_seconds:.1f} CPU-seconds and {cost.peak_bytes / MEBIBYTE:.0f} MiB"
            report.breaches.append(f"{what}: {answer.status_code} after {dear}")


def _requests(client: httpx.AsyncClient, place: Place, text: str) -> Iterator[httpx.Request]:
    method, path, field = place
    kind, _, name = field.partition(".")
    bare = path.replace("{name}", "us").replace("{version}", "1").replace("{id}", "0" * 32)
    raw = text.encode("utf-8", "surrogatepass")
    match kind:
        case "query":
            yield client.build_request(method, bare, params={name: raw[:2000].decode("utf-8", "ignore")})
        case "path":
            filled = path.replace("{name}", "%" + raw[:1000].hex("%")).replace("{id}", "%" + raw[:1000].hex("%"))
            yield client.build_request(method, filled.replace("{version}", "1"))
        case "header":
            yield client.build_request(method, bare, headers=[(name.encode(), raw.replace(b"\0", b" "))])
        case "list":
            lines = "\n".join(NAMES)
            whole = f"{text}\n{lines}" if name else f"{lines}\n{text}"
            file = {"file": ("names.txt", whole.encode("utf-8", "surrogatepass"))}
            yield client.build_request(method, bare, files=file, data={"model": "elves"})
        case "form":
            file = {"file": ("names.txt", "\n".join(NAMES).encode())}
            yield client.build_request(method, bare, files=file, data={"model": "elves", name: raw[:4000]})
        case _:
            for value in (text, [text], [*NAMES, text], {text: 1}, {"seed": text, "count": 1}):
                body = {"model": "elves"} | {name: value} if path == "/train" else {name: value}
                asked = {text: 1} if name == "unknown" else body
                content = json.dumps(asked, ensure_ascii="\ud800" in text).encode()
                yield client.build_request(method, bare, content=content, headers={"Content-Type": "application/json"})
